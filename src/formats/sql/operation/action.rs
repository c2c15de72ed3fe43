//! What `ALTER TABLE` can do.

use super::index::CreateIndex;
use super::table::{Column, Constraint};
use crate::formats::sql::data_type::DataType;
use crate::formats::sql::expression::Expression;
use crate::formats::sql::name::{Name, ObjectName};
use crate::model::Span;

/// One action of an `ALTER TABLE`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Action {
    /// All of it, without the comma.
    pub span: Span,
    /// What it does.
    pub kind: ActionKind,
}

/// What an action does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ActionKind {
    /// `ADD COLUMN`
    AddColumn {
        /// The new column.
        column: Column,
        /// `IF NOT EXISTS`.
        if_not_exists: Option<Span>,
    },
    /// `DROP COLUMN`
    DropColumn {
        /// The column.
        name: Name,
        /// `IF EXISTS`.
        if_exists: Option<Span>,
        /// `CASCADE`.
        cascade: Option<Span>,
    },
    /// `ALTER COLUMN`
    AlterColumn {
        /// The column.
        name: Name,
        /// What changes.
        change: ColumnChange,
    },
    /// `MODIFY COLUMN` and `CHANGE COLUMN` of MySQL, `ALTER COLUMN c type` of Transact-SQL: declared anew.
    RedefineColumn {
        /// The name so far; equal to the new one unless `CHANGE` gives another.
        from: Name,
        /// The column as it will be.
        column: Column,
    },
    /// `RENAME COLUMN a TO b`
    RenameColumn {
        /// The name so far.
        from: Name,
        /// The new name.
        to: Name,
    },
    /// `RENAME TO b`
    RenameTable {
        /// The new name.
        to: ObjectName,
    },
    /// `RENAME CONSTRAINT a TO b`
    RenameConstraint {
        /// The name so far.
        from: Name,
        /// The new name.
        to: Name,
    },
    /// `RENAME INDEX a TO b`
    RenameIndex {
        /// The name so far.
        from: Name,
        /// The new name.
        to: Name,
    },
    /// `ADD CONSTRAINT`, with a name or without
    AddConstraint(Constraint),
    /// `DROP CONSTRAINT`, `DROP PRIMARY KEY`, `DROP FOREIGN KEY`
    DropConstraint {
        /// What kind the statement says it is.
        kind: DroppedConstraint,
        /// Its name; a primary key of MySQL has none.
        name: Option<Name>,
        /// `IF EXISTS`.
        if_exists: Option<Span>,
        /// `CASCADE`.
        cascade: Option<Span>,
    },
    /// `VALIDATE CONSTRAINT`
    ValidateConstraint(Name),
    /// `ALTER CONSTRAINT`
    AlterConstraint(Name),
    /// `[WITH CHECK | WITH NOCHECK] CHECK | NOCHECK CONSTRAINT` of Transact-SQL
    CheckConstraint {
        /// The constraint; nothing for all of them.
        name: Option<Name>,
        /// Checked from now on, or no more.
        toggle: Toggle,
        /// `WITH CHECK`: the rows that exist are looked at.
        with_check: Option<Span>,
    },
    /// `ADD INDEX` of MySQL
    AddIndex(Box<CreateIndex>),
    /// `DROP INDEX` of MySQL
    DropIndex {
        /// The index.
        name: Name,
        /// `IF EXISTS`.
        if_exists: Option<Span>,
    },
    /// `ALTER INDEX i VISIBLE | INVISIBLE`, `IGNORED | NOT IGNORED`
    ShowIndex {
        /// The index.
        name: Name,
        /// Seen by queries from now on, or no more.
        toggle: Toggle,
    },
    /// What changes about partitions
    Partition(PartitionChange),
    /// `SET SCHEMA`
    SetSchema(Name),
    /// `SET TABLESPACE`
    SetTablespace,
    /// `SET LOGGED`, `SET UNLOGGED`
    SetLogged(Toggle),
    /// `SET ACCESS METHOD`
    SetAccessMethod,
    /// `SET (…)`, `RESET (…)`: parameters of storage
    SetParameters(Vec<Name>),
    /// `OWNER TO`
    Owner,
    /// `REPLICA IDENTITY`
    ReplicaIdentity,
    /// `ENABLE | DISABLE ROW LEVEL SECURITY`
    RowSecurity(Toggle),
    /// `FORCE | NO FORCE ROW LEVEL SECURITY`
    ForceRowSecurity(Toggle),
    /// `ENABLE | DISABLE TRIGGER | RULE`
    Trigger(Toggle),
    /// `CLUSTER ON i`, `SET WITHOUT CLUSTER`
    ClusterOn,
    /// `INHERIT`, `NO INHERIT`
    Inherit(Toggle),
    /// `CONVERT TO CHARACTER SET`
    ConvertCharset,
    /// `ENGINE = x`
    Engine,
    /// `FORCE` and `REBUILD`: the table is written anew.
    Rebuild,
    /// Any other option of the table: `COMMENT = x`, `AUTO_INCREMENT = x`, `ROW_FORMAT = x`
    TableOption(Name),
    /// `ALGORITHM = x` of MySQL, in lower case
    Algorithm(String),
    /// `LOCK = x` of MySQL, in lower case
    LockOption(String),
    /// What changes neither data nor what programs see: `OF`, `NOT OF`, `ORDER BY`, `ENABLE KEYS`
    Neutral,
    /// Not understood.
    Other,
}

/// What `DROP CONSTRAINT` says the constraint is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DroppedConstraint {
    /// Of any kind.
    Any,
    /// A primary key.
    PrimaryKey,
    /// A foreign key.
    ForeignKey,
    /// A check.
    Check,
}

/// On or off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Toggle {
    /// `ENABLE`, `LOGGED`, `VISIBLE`, `CHECK`…
    On,
    /// `DISABLE`, `UNLOGGED`, `INVISIBLE`, `NOCHECK`…
    Off,
}

/// What changes about a column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ColumnChange {
    /// `TYPE t`
    Type(Box<TypeChange>),
    /// `SET NOT NULL`
    SetNotNull,
    /// `DROP NOT NULL`
    DropNotNull,
    /// `SET DEFAULT x`
    SetDefault(Expression),
    /// `DROP DEFAULT`
    DropDefault,
    /// `ADD GENERATED … AS IDENTITY`, `SET GENERATED`, `RESTART`
    Identity,
    /// `DROP IDENTITY`
    DropIdentity,
    /// `SET EXPRESSION AS (x)`
    SetExpression(Expression),
    /// `DROP EXPRESSION`
    DropExpression,
    /// What changes no value: statistics, storage, compression, visibility.
    Option,
    /// Not understood.
    Other,
}

/// A column gets another type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeChange {
    /// The new type.
    pub data_type: DataType,
    /// `USING x`.
    pub using: Option<Expression>,
    /// `COLLATE x`.
    pub collate: Option<ObjectName>,
}

/// What changes about partitions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PartitionChange {
    /// `ATTACH PARTITION p`, of a table or an index
    Attach(ObjectName),
    /// `DETACH PARTITION p`
    Detach {
        /// The partition.
        partition: ObjectName,
        /// `CONCURRENTLY`.
        concurrently: Option<Span>,
        /// `FINALIZE`.
        finalize: Option<Span>,
    },
    /// `PARTITION BY …` of MySQL: the table is cut anew
    By,
    /// `REMOVE PARTITIONING`
    Remove,
    /// `ADD PARTITION`
    Add,
    /// `DROP PARTITION`
    Drop,
    /// `TRUNCATE PARTITION`
    Truncate,
    /// `REORGANIZE`, `COALESCE`, `EXCHANGE`, `REBUILD`, `SWITCH`, `SPLIT`, `MERGE` and the like
    Reorganize,
}
