//! Objects other than tables and indexes.

use super::table::{Column, Constraint};
use crate::formats::sql::data_type::DataType;
use crate::formats::sql::expression::Expression;
use crate::formats::sql::name::{Name, ObjectName};
use crate::model::Span;

/// The kinds of object that statements are about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
#[expect(missing_docs, reason = "each is called as SQL calls it")]
pub enum ObjectKind {
    Table,
    ForeignTable,
    VirtualTable,
    View,
    MaterializedView,
    Index,
    Sequence,
    Schema,
    Database,
    Type,
    Domain,
    Function,
    Procedure,
    Aggregate,
    Operator,
    Trigger,
    EventTrigger,
    Event,
    Policy,
    Rule,
    Extension,
    Role,
    Publication,
    Subscription,
    Server,
    Tablespace,
    Collation,
    Cast,
    Language,
    Statistics,
    TextSearch,
    Synonym,
    PartitionScheme,
    Fulltext,
    DefaultPrivileges,
    System,
    Column,
    Constraint,
    /// Whatever else a server knows: certificates, queues, conversions.
    Other,
}

/// `CREATE VIEW`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateView {
    /// Its name.
    pub name: ObjectName,
    /// `MATERIALIZED`.
    pub materialized: Option<Span>,
    /// `OR REPLACE`, `OR ALTER`, or `ALTER VIEW … AS` itself.
    pub replaces: Option<Span>,
    /// `IF NOT EXISTS`.
    pub if_not_exists: Option<Span>,
    /// The names of its columns, where they are written.
    pub columns: Vec<Name>,
    /// The query.
    pub query: Option<Span>,
}

/// `CREATE TYPE` and `CREATE DOMAIN`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateType {
    /// Its name.
    pub name: ObjectName,
    /// A type or a domain.
    pub kind: ObjectKind,
    /// The values of an enumeration, in order.
    pub values: Vec<EnumValue>,
    /// The columns of a composite type or a table type.
    pub columns: Vec<Column>,
    /// The type that a domain rests on.
    pub base: Option<DataType>,
    /// What a domain demands: `NOT NULL`, `CHECK`, a default.
    pub rules: Vec<super::ColumnRule>,
}

/// A value of an enumeration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnumValue {
    /// The value without its quotes.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A function or a procedure is created, replaced or altered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateRoutine {
    /// Its name.
    pub name: ObjectName,
    /// A function or a procedure.
    pub kind: ObjectKind,
    /// `OR REPLACE`, `OR ALTER`, `ALTER`.
    pub replaces: Option<Span>,
    /// The list of its arguments, with the brackets where it has some.
    pub arguments: Option<Span>,
    /// The language, in lower case.
    pub language: Option<String>,
}

/// `CREATE TRIGGER`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateTrigger {
    /// Its name.
    pub name: ObjectName,
    /// The table or view that it watches; nothing for triggers of a database.
    pub table: Option<ObjectName>,
    /// `OR REPLACE`, `OR ALTER`, `ALTER`.
    pub replaces: Option<Span>,
}

/// `CREATE` of an object that has no type of its own here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateObject {
    /// What it is.
    pub kind: ObjectKind,
    /// Its name, where it has one.
    pub name: Option<ObjectName>,
    /// The table that it belongs to, as of a policy or a rule.
    pub table: Option<ObjectName>,
    /// `OR REPLACE`.
    pub replaces: Option<Span>,
    /// `IF NOT EXISTS`.
    pub if_not_exists: Option<Span>,
}

/// `ALTER` of anything but a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlterObject {
    /// What it is.
    pub kind: ObjectKind,
    /// Its name; nothing for `ALTER SYSTEM` and the like.
    pub name: Option<ObjectName>,
    /// The table that it belongs to: of a policy, a trigger, an index of Transact-SQL.
    pub table: Option<ObjectName>,
    /// What changes.
    pub change: ObjectChange,
}

/// What `ALTER` changes about an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ObjectChange {
    /// `ADD VALUE 'x'` of an enumeration
    AddValue {
        /// The value.
        value: EnumValue,
        /// `BEFORE x` or `AFTER x`.
        position: Option<Span>,
        /// `IF NOT EXISTS`.
        if_not_exists: Option<Span>,
    },
    /// `RENAME VALUE 'a' TO 'b'` of an enumeration
    RenameValue {
        /// The value so far.
        from: EnumValue,
        /// The new value.
        to: EnumValue,
    },
    /// `ADD CONSTRAINT` of a domain
    AddConstraint(Box<Constraint>),
    /// `DROP CONSTRAINT` of a domain
    DropConstraint(Name),
    /// `VALIDATE CONSTRAINT` of a domain
    ValidateConstraint(Name),
    /// `SET NOT NULL` of a domain
    SetNotNull,
    /// `DROP NOT NULL` of a domain
    DropNotNull,
    /// `SET DEFAULT x`
    SetDefault(Expression),
    /// `DROP DEFAULT`
    DropDefault,
    /// `SET SCHEMA s`
    SetSchema(Name),
    /// `OWNER TO`
    Owner,
    /// `REBUILD` or `REORGANIZE` of an index of Transact-SQL
    Rebuild {
        /// `ONLINE = ON`.
        online: Option<Span>,
    },
    /// `ATTACH PARTITION p` of an index
    AttachPartition(ObjectName),
    /// Anything else: options, values of sequences, members of roles.
    Settings,
}

/// `DROP`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drop {
    /// What they are.
    pub kind: ObjectKind,
    /// What goes. Empty for what has no name, as a cast.
    pub names: Vec<ObjectName>,
    /// The table that it belongs to: of a trigger, a policy, an index of MySQL.
    pub table: Option<ObjectName>,
    /// `IF EXISTS`.
    pub if_exists: Option<Span>,
    /// `CONCURRENTLY`.
    pub concurrently: Option<Span>,
    /// `CASCADE`.
    pub cascade: Option<Span>,
}

/// A new name for an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rename {
    /// What it is.
    pub kind: ObjectKind,
    /// The name so far.
    pub from: ObjectName,
    /// The new name.
    pub to: ObjectName,
    /// The table that it belongs to: of a trigger or a policy.
    pub table: Option<ObjectName>,
}

/// `GRANT`, `REVOKE`, `DENY`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Privileges {
    /// Given or taken away.
    pub toggle: super::Toggle,
    /// What for: the privileges, or the roles.
    pub what: Span,
    /// The objects; empty for roles and for all objects of a schema.
    pub objects: Vec<ObjectName>,
    /// Who: `PUBLIC` among them means everybody.
    pub grantees: Vec<Name>,
}
