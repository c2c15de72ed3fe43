//! Sessions, transactions, locks, and work on what is stored.

use super::ObjectKind;
use crate::formats::sql::name::ObjectName;
use crate::model::Span;

/// A step of a transaction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Transaction {
    /// `BEGIN`, `START TRANSACTION`
    Begin,
    /// `COMMIT`, `END`
    Commit,
    /// `ROLLBACK`, `ABORT`
    Rollback,
    /// `SAVEPOINT`
    Savepoint,
    /// `RELEASE SAVEPOINT`
    Release,
    /// `ROLLBACK TO SAVEPOINT`
    RollbackTo,
}

/// A setting is changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Set {
    /// For how long.
    pub scope: SetScope,
    /// The setting, in lower case: `lock_timeout`, `search_path`, `foreign_keys`, `role`.
    pub name: String,
    /// Where its name stands.
    pub span: Span,
    /// The new value; nothing for `RESET` and for a `PRAGMA` that only asks.
    pub value: Option<Span>,
}

/// How long a setting holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SetScope {
    /// Until the session ends.
    Session,
    /// Until the transaction ends.
    Local,
    /// For every session to come.
    Global,
}

/// Tables are locked, or unlocked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lock {
    /// The tables; empty for `UNLOCK TABLES`.
    pub tables: Vec<ObjectName>,
    /// The mode, as it is written.
    pub mode: Option<Span>,
}

/// Work on what is stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Maintenance {
    /// What is done.
    pub kind: MaintenanceKind,
    /// What the names are: tables, but for `REINDEX` and `REFRESH`.
    pub object: ObjectKind,
    /// On what; empty means on everything.
    pub names: Vec<ObjectName>,
    /// `CONCURRENTLY`.
    pub concurrently: Option<Span>,
}

/// What is done to what is stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MaintenanceKind {
    /// `VACUUM`
    Vacuum,
    /// `VACUUM FULL`
    VacuumFull,
    /// `ANALYZE`, `UPDATE STATISTICS`
    Analyze,
    /// `CLUSTER`
    Cluster,
    /// `REPACK`
    Repack,
    /// `REINDEX`
    Reindex,
    /// `REFRESH MATERIALIZED VIEW`
    Refresh,
    /// `OPTIMIZE TABLE`
    Optimize,
    /// `CHECK TABLE`, `REPAIR TABLE`, `CHECKPOINT`, `FLUSH`, `KILL`, `DBCC`
    Administer,
}

/// Code is run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Execute {
    /// The routine; nothing for a `DO` block and for a statement in a text.
    pub name: Option<ObjectName>,
    /// The statement is put together at run time from more than one literal, so that nobody can read it here.
    pub dynamic: Option<Span>,
}
