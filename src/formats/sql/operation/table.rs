//! Tables, their columns and constraints.

use super::index::{CreateIndex, IndexKey};
use super::{Action, ObjectKind};
use crate::formats::sql::data_type::DataType;
use crate::formats::sql::expression::Expression;
use crate::formats::sql::name::{Name, ObjectName};
use crate::model::Span;

/// `CREATE TABLE`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateTable {
    /// Its name.
    pub name: ObjectName,
    /// A plain, foreign or virtual table.
    pub kind: ObjectKind,
    /// `IF NOT EXISTS`.
    pub if_not_exists: Option<Span>,
    /// `TEMPORARY`, or a name that begins with `#` in Transact-SQL.
    pub temporary: Option<Span>,
    /// `UNLOGGED`.
    pub unlogged: Option<Span>,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Constraints of the table; those of columns stand there.
    pub constraints: Vec<Constraint>,
    /// Indexes that MySQL and Transact-SQL declare with the table.
    pub indexes: Vec<CreateIndex>,
    /// Tables whose shape is taken over: `LIKE t`, `INHERITS (t)`.
    pub like: Vec<ObjectName>,
    /// The table that it becomes a partition of.
    pub partition_of: Option<ObjectName>,
    /// `PARTITION BY …`.
    pub partition_by: Option<Span>,
    /// The query that fills it: `AS SELECT …`.
    pub query: Option<Span>,
    /// What stands behind the columns and was not named above: `ENGINE=InnoDB`, `WITH (…)`, `STRICT`.
    pub options: Option<Span>,
}

/// A column as it is declared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// The whole declaration.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// Its type; SQLite and computed columns need none.
    pub data_type: Option<DataType>,
    /// What is said about it, in order.
    pub rules: Vec<ColumnRule>,
}

impl Column {
    /// Where it is said that the column holds no NULL; a primary key says so too.
    #[must_use]
    pub fn not_null(&self) -> Option<Span> {
        self.rule(|it| matches!(it, ColumnRuleKind::NotNull | ColumnRuleKind::PrimaryKey)).map(|it| it.span)
    }

    /// Its default, if it has one.
    #[must_use]
    pub fn default(&self) -> Option<&Expression> {
        self.rules.iter().find_map(|it| match &it.kind {
            ColumnRuleKind::Default(value) => Some(value),
            _ => None,
        })
    }

    /// Whether the server fills it in by itself: generated, an identity, or counted up.
    #[must_use]
    pub fn generated(&self) -> Option<&ColumnRule> {
        self.rule(|it| {
            matches!(it, ColumnRuleKind::Generated(_) | ColumnRuleKind::Identity | ColumnRuleKind::AutoIncrement)
        })
    }

    /// The first rule whose kind fits.
    pub fn rule(&self, fits: impl Fn(&ColumnRuleKind) -> bool) -> Option<&ColumnRule> {
        self.rules.iter().find(|it| fits(&it.kind))
    }
}

/// One thing that is said about a column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ColumnRule {
    /// Where it stands, the name of a constraint included.
    pub span: Span,
    /// The name after `CONSTRAINT`.
    pub name: Option<Name>,
    /// What it is.
    pub kind: ColumnRuleKind,
}

/// What can be said about a column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ColumnRuleKind {
    /// `NULL`
    Null,
    /// `NOT NULL`
    NotNull,
    /// `DEFAULT x`
    Default(Expression),
    /// `PRIMARY KEY`
    PrimaryKey,
    /// `UNIQUE`
    Unique,
    /// `CHECK (x)`
    Check(Expression),
    /// `REFERENCES t (c)`; MySQL before 9 reads it and forgets it.
    References(Reference),
    /// `GENERATED ALWAYS AS (x)`, `AS (x)`
    Generated(Generated),
    /// `GENERATED … AS IDENTITY`, `IDENTITY (1, 1)`
    Identity,
    /// `AUTO_INCREMENT`, `AUTOINCREMENT`
    AutoIncrement,
    /// `COLLATE x`
    Collate(ObjectName),
    /// `ON UPDATE x` of MySQL
    OnUpdate(Expression),
    /// `FIRST`
    First,
    /// `AFTER x`
    After(Name),
    /// What changes neither its values nor its locks: comments, storage, visibility.
    Option,
    /// Not understood.
    Other,
}

/// A column whose values are computed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Generated {
    /// From what.
    pub value: Expression,
    /// `STORED` or `PERSISTED`: its values are written down.
    pub stored: Option<Span>,
    /// `VIRTUAL`. With neither word the server's version decides.
    pub computed: Option<Span>,
}

/// What a foreign key points at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    /// From `REFERENCES` to its end.
    pub span: Span,
    /// The table.
    pub table: ObjectName,
    /// Its columns; none means its primary key.
    pub columns: Vec<Name>,
    /// `ON DELETE`.
    pub on_delete: Option<ReferentialAction>,
    /// `ON UPDATE`.
    pub on_update: Option<ReferentialAction>,
}

/// What happens to rows that point at a row which goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ReferentialAction {
    /// `NO ACTION`
    NoAction,
    /// `RESTRICT`
    Restrict,
    /// `CASCADE`
    Cascade,
    /// `SET NULL`
    SetNull,
    /// `SET DEFAULT`
    SetDefault,
}

/// A constraint of a table or a domain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Constraint {
    /// All of it.
    pub span: Span,
    /// Its name, where it has one.
    pub name: Option<Name>,
    /// What it demands.
    pub kind: ConstraintKind,
    /// `NOT VALID`, or `WITH NOCHECK` of Transact-SQL: rows that exist are not looked at.
    pub not_valid: Option<Span>,
    /// `NOT ENFORCED`.
    pub not_enforced: Option<Span>,
    /// `DEFERRABLE`.
    pub deferrable: Option<Span>,
}

/// What a constraint demands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ConstraintKind {
    /// `PRIMARY KEY`, over columns or by an index that exists.
    PrimaryKey {
        /// Its columns.
        columns: Vec<IndexKey>,
        /// `USING INDEX x`.
        using_index: Option<Name>,
    },
    /// `UNIQUE`, likewise.
    Unique {
        /// Its columns.
        columns: Vec<IndexKey>,
        /// `USING INDEX x`.
        using_index: Option<Name>,
    },
    /// `FOREIGN KEY`.
    ForeignKey {
        /// Its columns.
        columns: Vec<Name>,
        /// What it points at.
        reference: Reference,
    },
    /// `CHECK (x)`
    Check(Expression),
    /// `EXCLUDE`
    Exclude,
    /// `NOT NULL c`
    NotNull(Name),
    /// `DEFAULT x FOR c` of Transact-SQL.
    Default {
        /// The default.
        value: Expression,
        /// The column that gets it.
        column: Option<Name>,
    },
    /// Not understood.
    Other,
}

/// `ALTER TABLE`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlterTable {
    /// The table. `ALTER TABLE ALL IN TABLESPACE` names none and is no such operation.
    pub table: ObjectName,
    /// What it is called: a table, a view, an index… PostgreSQL takes `ALTER TABLE` for most of them.
    pub kind: ObjectKind,
    /// `IF EXISTS`.
    pub if_exists: Option<Span>,
    /// `ONLY`: partitions and children are left alone.
    pub only: Option<Span>,
    /// What is to be done, in order.
    pub actions: Vec<Action>,
}
