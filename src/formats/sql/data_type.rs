//! Types of columns.

use super::cursor::Cursor;
use super::dialect::Dialect;
use super::name::Name;
use super::token::TokenKind;
use crate::model::Span;

/// The type of a column, as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataType {
    /// Where it stands.
    pub span: Span,
    /// The name in lower case, one blank between its words, without length, modifiers and quotes, with its schema
    /// where one was written and is not the default: `character varying`, `timestamp with time zone`, `bigint`.
    pub name: String,
    /// What stands in the brackets behind the name, as it is written: `20`, `10` and `2`, `'a'` and `'b'`.
    pub arguments: Vec<String>,
    /// Whether it is an array of such values.
    pub is_array: bool,
    /// `UNSIGNED` of MySQL.
    pub unsigned: Option<Span>,
    /// `CHARACTER SET x` of MySQL.
    pub charset: Option<Name>,
}

/// Names of types that are several words, the longest first.
const SEVERAL_WORDS: [&str; 16] = [
    "NATIONAL CHARACTER VARYING",
    "NATIONAL CHAR VARYING",
    "NATIONAL CHARACTER",
    "NATIONAL VARCHAR",
    "NATIONAL CHAR",
    "NCHAR VARYING",
    "CHARACTER VARYING",
    "CHAR VARYING",
    "BIT VARYING",
    "BINARY VARYING",
    "DOUBLE PRECISION",
    "LONG VARCHAR",
    "LONG VARBINARY",
    "LONG TEXT",
    "UNSIGNED BIG INT",
    "NATIVE CHARACTER",
];

/// Other spellings of a type, each with the one that the server shows.
const SPELLINGS: [(Dialect, &str, &str); 40] = [
    (Dialect::Postgres, "int", "integer"),
    (Dialect::Postgres, "int4", "integer"),
    (Dialect::Postgres, "int8", "bigint"),
    (Dialect::Postgres, "int2", "smallint"),
    (Dialect::Postgres, "serial4", "serial"),
    (Dialect::Postgres, "serial8", "bigserial"),
    (Dialect::Postgres, "serial2", "smallserial"),
    (Dialect::Postgres, "bool", "boolean"),
    (Dialect::Postgres, "float4", "real"),
    (Dialect::Postgres, "float8", "double precision"),
    (Dialect::Postgres, "float", "double precision"),
    (Dialect::Postgres, "decimal", "numeric"),
    (Dialect::Postgres, "dec", "numeric"),
    (Dialect::Postgres, "varchar", "character varying"),
    (Dialect::Postgres, "char varying", "character varying"),
    (Dialect::Postgres, "char", "character"),
    (Dialect::Postgres, "bpchar", "character"),
    (Dialect::Postgres, "varbit", "bit varying"),
    (Dialect::Postgres, "timestamptz", "timestamp with time zone"),
    (Dialect::Postgres, "timestamp", "timestamp without time zone"),
    (Dialect::Postgres, "timetz", "time with time zone"),
    (Dialect::Postgres, "time", "time without time zone"),
    (Dialect::MySql, "integer", "int"),
    (Dialect::MySql, "int4", "int"),
    (Dialect::MySql, "int8", "bigint"),
    (Dialect::MySql, "int2", "smallint"),
    (Dialect::MySql, "bool", "tinyint"),
    (Dialect::MySql, "boolean", "tinyint"),
    (Dialect::MySql, "dec", "decimal"),
    (Dialect::MySql, "numeric", "decimal"),
    (Dialect::MySql, "fixed", "decimal"),
    (Dialect::MySql, "character", "char"),
    (Dialect::MySql, "character varying", "varchar"),
    (Dialect::MySql, "double precision", "double"),
    (Dialect::MySql, "real", "double"),
    (Dialect::SqlServer, "integer", "int"),
    (Dialect::SqlServer, "dec", "decimal"),
    (Dialect::SqlServer, "character", "char"),
    (Dialect::SqlServer, "character varying", "varchar"),
    (Dialect::SqlServer, "double precision", "float"),
];

/// Words behind a type of MySQL that say more about it.
const MODIFIERS: [&str; 6] = ["SIGNED", "ZEROFILL", "BINARY", "ASCII", "UNICODE", "BYTE"];
/// Words that can stand where a type could, in SQLite, and begin something else.
const NO_TYPES: [&str; 13] = [
    "NOT",
    "NULL",
    "DEFAULT",
    "PRIMARY",
    "UNIQUE",
    "CHECK",
    "REFERENCES",
    "CONSTRAINT",
    "COLLATE",
    "GENERATED",
    "AS",
    "IDENTITY",
    "FIRST",
];

impl DataType {
    /// The name that the server shows for this type.
    #[must_use]
    pub fn canonical(&self, dialect: Dialect) -> &str {
        let found = SPELLINGS.iter().find(|(of, spelt, _)| *of == dialect && *spelt == self.name);
        found.map_or(self.name.as_str(), |(_, _, canonical)| canonical)
    }
}

impl Cursor<'_> {
    /// A type; nothing where none stands.
    pub(super) fn data_type(&mut self) -> Option<DataType> {
        let start = *self;
        self.eat("SETOF");
        let mut name = self.type_name()?;
        let arguments = self.type_arguments();
        if let Some(zone) = self.eat_any(&["WITH TIME ZONE", "WITH LOCAL TIME ZONE", "WITHOUT TIME ZONE"]) {
            name = format!("{name} {}", self.text(zone).to_ascii_lowercase());
        }
        if name == "interval" {
            while self.eat_any(&["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "TO"]).is_some() {}
        }
        let mut read =
            DataType { span: Span::default(), name, arguments, is_array: false, unsigned: None, charset: None };
        self.type_modifiers(&mut read);
        while self.array() {
            read.is_array = true;
        }
        read.span = self.since(&start);
        Some(read)
    }

    fn type_name(&mut self) -> Option<String> {
        if self.at_any(&NO_TYPES) && self.peek_kind(1) != Some(TokenKind::Dot) {
            return None;
        }
        if let Some(words) = self.eat_any(&SEVERAL_WORDS) {
            let words = self.text(words).to_ascii_lowercase();
            return Some(words.split_ascii_whitespace().collect::<Vec<_>>().join(" "));
        }
        let object = self.object()?;
        let schema = object.schema.filter(|it| it.text != "pg_catalog" && it.text != "sys");
        let name = if object.name.is_quoted { object.name.text } else { object.name.text.to_lowercase() };
        Some(schema.map_or(name.clone(), |schema| format!("{}.{name}", schema.text)))
    }

    fn type_arguments(&mut self) -> Vec<String> {
        let mut arguments = Vec::new();
        let Some(mut group) = self.group() else { return arguments };
        while !group.is_empty() {
            let item = group.item();
            arguments.push(item.text(item.span()).to_owned());
        }
        arguments
    }

    fn type_modifiers(&mut self, read: &mut DataType) {
        if self.dialect != Dialect::MySql {
            // SQLite takes any words for a type.
            while self.dialect == Dialect::Sqlite && self.at_any(&["UNSIGNED", "INT", "SIGNED"]) {
                self.bump();
            }
            if self.dialect == Dialect::Sqlite && read.arguments.is_empty() {
                read.arguments = self.type_arguments();
            }
            return;
        }
        loop {
            if let Some(span) = self.eat("UNSIGNED") {
                read.unsigned = Some(span);
            } else if self.eat_any(&["CHARACTER SET", "CHARSET", "CHAR SET"]).is_some() {
                self.eat("=");
                read.charset = self.name();
                // `CHARACTER SET 'ascii'` says the same in quotes.
                self.eat_kind(TokenKind::Text);
            } else if self.eat_any(&MODIFIERS).is_none() {
                return;
            }
        }
    }

    /// `[]`, `[3]` or `ARRAY` of PostgreSQL.
    fn array(&mut self) -> bool {
        if self.dialect != Dialect::Postgres {
            return false;
        }
        if self.eat("ARRAY").is_some() {
            return true;
        }
        if self.eat("[").is_none() {
            return false;
        }
        self.eat_kind(TokenKind::Number);
        self.eat("]").is_some()
    }
}
