//! Changes of rows.

use crate::formats::sql::name::{Name, ObjectName};
use crate::model::Span;

/// Rows are added, changed or removed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataChange {
    /// How.
    pub verb: DataVerb,
    /// The tables; `TRUNCATE` and `DELETE` of MySQL can name several. Empty where the name is no plain one.
    pub tables: Vec<ObjectName>,
    /// The columns that are written, where they are named.
    pub columns: Vec<Name>,
    /// The condition behind `WHERE`, or behind `ON` of a `MERGE`.
    pub filter: Option<Span>,
    /// `LIMIT` or `TOP`: how many rows at most.
    pub limit: Option<Span>,
    /// `CASCADE` of `TRUNCATE`.
    pub cascade: Option<Span>,
}

/// How rows change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[expect(missing_docs, reason = "each is called as SQL calls it")]
pub enum DataVerb {
    Insert,
    Replace,
    Update,
    Delete,
    Merge,
    Truncate,
}

/// Rows are moved in or out in bulk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Copy {
    /// The table; nothing where a query is copied.
    pub table: Option<ObjectName>,
    /// The columns, where they are named.
    pub columns: Vec<Name>,
    /// `FROM`, `INFILE`: rows come in. Nothing where they go out.
    pub into_table: Option<Span>,
}
