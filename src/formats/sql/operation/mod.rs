//! What statements do: the vocabulary that checks of migrations are written in.
//!
//! An operation is what one statement asks of the database. Readers of SQL make them, and readers of
//! migrations in other languages can make the same ones, with spans in their own files. A part that may be
//! absent and says something by its presence (`CONCURRENTLY`, `IF EXISTS`, `CASCADE`) is an
//! `Option<Span>`: it is there or not, and a finding can point at it.

mod action;
mod data;
mod index;
mod object;
mod session;
mod table;

pub use action::{Action, ActionKind, ColumnChange, DroppedConstraint, PartitionChange, Toggle, TypeChange};
pub use data::{Copy, DataChange, DataVerb};
pub use index::{CreateIndex, IndexKey, IndexKind};
pub use object::{
    AlterObject, CreateObject, CreateRoutine, CreateTrigger, CreateType, CreateView, Drop, EnumValue, ObjectChange,
    ObjectKind, Privileges, Rename,
};
pub use session::{Execute, Lock, Maintenance, MaintenanceKind, Set, SetScope, Transaction};
pub use table::{
    AlterTable, Column, ColumnRule, ColumnRuleKind, Constraint, ConstraintKind, CreateTable, Generated, Reference,
    ReferentialAction,
};

/// What a statement asks of the database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operation {
    /// `CREATE TABLE`, foreign and virtual tables among them.
    CreateTable(CreateTable),
    /// `ALTER TABLE`: one or more actions on one table.
    AlterTable(AlterTable),
    /// `CREATE INDEX`.
    CreateIndex(CreateIndex),
    /// `CREATE VIEW`, materialized ones among them.
    CreateView(CreateView),
    /// `CREATE TYPE` and `CREATE DOMAIN`.
    CreateType(CreateType),
    /// `CREATE FUNCTION` and `CREATE PROCEDURE`; also where an existing one is replaced or altered.
    CreateRoutine(CreateRoutine),
    /// `CREATE TRIGGER`.
    CreateTrigger(CreateTrigger),
    /// `CREATE` of any other object.
    Create(CreateObject),
    /// `ALTER` of anything but a table.
    Alter(AlterObject),
    /// `DROP` of one or more objects of one kind.
    Drop(Drop),
    /// A new name for an object; those of columns, constraints and tables by `ALTER TABLE` are actions.
    Rename(Rename),
    /// `COMMENT ON`.
    Comment(ObjectKind),
    /// `GRANT`, `REVOKE` and `DENY`.
    Privileges(Privileges),
    /// `INSERT`, `UPDATE`, `DELETE`, `MERGE`, `TRUNCATE` and `COPY … FROM`.
    Data(DataChange),
    /// `COPY`, `LOAD DATA`, `BULK INSERT`.
    Copy(Copy),
    /// `SELECT`, `VALUES`, `EXPLAIN` and the like: nothing is changed, but for what functions do.
    Query,
    /// `BEGIN`, `COMMIT` and the like.
    Transaction(Transaction),
    /// `SET`, `PRAGMA`, `USE`, `set_config(…)`.
    Set(Set),
    /// `LOCK TABLE` and `UNLOCK TABLES`.
    Lock(Lock),
    /// Work on what is stored: `VACUUM`, `REINDEX`, `OPTIMIZE`, `REFRESH`.
    Maintenance(Maintenance),
    /// Code is run: `DO`, `CALL`, `EXEC`, `EXECUTE`, `PREPARE`.
    Execute(Execute),
    /// A word, a condition or an assignment of a procedural language.
    Control,
    /// A line for the client program, or data that it sends.
    Client,
    /// Nobody here knows what it does.
    Unknown,
}
