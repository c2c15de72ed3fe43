//! Indexes.

use crate::formats::sql::expression::Expression;
use crate::formats::sql::name::{Name, ObjectName};
use crate::model::Span;

/// `CREATE INDEX`, and an index that is declared with its table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateIndex {
    /// Its name; PostgreSQL and MySQL make one up where none is given.
    pub name: Option<ObjectName>,
    /// The table.
    pub table: ObjectName,
    /// `ONLY`: partitions get none.
    pub only: Option<Span>,
    /// `UNIQUE`.
    pub unique: Option<Span>,
    /// `CONCURRENTLY`.
    pub concurrently: Option<Span>,
    /// `IF NOT EXISTS`.
    pub if_not_exists: Option<Span>,
    /// What kind of index it is.
    pub kind: IndexKind,
    /// `USING x`: the access method, in lower case.
    pub method: Option<Name>,
    /// What is indexed, in order.
    pub keys: Vec<IndexKey>,
    /// `INCLUDE (…)`.
    pub include: Vec<Name>,
    /// `WHERE x`.
    pub filter: Option<Expression>,
    /// `ONLINE = ON` of Transact-SQL.
    pub online: Option<Span>,
    /// `ALGORITHM = x` of MySQL, in lower case.
    pub algorithm: Option<String>,
    /// `LOCK = x` of MySQL, in lower case.
    pub lock: Option<String>,
}

/// What kind of index it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum IndexKind {
    /// One that orders rows.
    Plain,
    /// `FULLTEXT`.
    Fulltext,
    /// `SPATIAL`.
    Spatial,
    /// `CLUSTERED` of Transact-SQL: the table itself is ordered by it.
    Clustered,
    /// `COLUMNSTORE`, `XML`, `VECTOR` and others.
    Special,
}

/// One part of what an index is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndexKey {
    /// Where it stands, with its order and operator class.
    pub span: Span,
    /// The column; nothing for an expression.
    pub column: Option<Name>,
    /// How many characters of the column count, in MySQL: `a(10)`.
    pub prefix: Option<Span>,
}
