//! The dialects of SQL and what differs between them before any statement is understood.

/// A family of SQL, as its server reads it with its default settings.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Dialect {
    /// PostgreSQL and what speaks its language: CockroachDB, YugabyteDB, Redshift.
    Postgres,
    /// MySQL and MariaDB.
    MySql,
    /// SQLite and libSQL.
    Sqlite,
    /// Microsoft SQL Server and Azure SQL: Transact-SQL.
    SqlServer,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 4] = [Self::Postgres, Self::MySql, Self::Sqlite, Self::SqlServer];

    /// The schema that a name without one belongs to by default; MySQL has none.
    #[must_use]
    pub fn default_schema(self) -> Option<&'static str> {
        match self {
            Self::Postgres => Some("public"),
            Self::MySql => None,
            Self::Sqlite => Some("main"),
            Self::SqlServer => Some("dbo"),
        }
    }

    /// Whether a block comment may hold another one.
    pub(super) fn nests_comments(self) -> bool {
        matches!(self, Self::Postgres | Self::SqlServer)
    }

    /// Whether `"x"` is a name; in MySQL it is a string.
    pub(super) fn names_in_double_quotes(self) -> bool {
        self != Self::MySql
    }

    /// Whether `` `x` `` is a name.
    pub(super) fn names_in_backticks(self) -> bool {
        matches!(self, Self::MySql | Self::Sqlite)
    }

    /// Whether `[x]` is a name; elsewhere brackets belong to arrays.
    pub(super) fn names_in_brackets(self) -> bool {
        matches!(self, Self::Sqlite | Self::SqlServer)
    }

    /// A name as it is compared: quotes are gone, case is folded where the server folds it.
    pub(super) fn fold(self, text: &str, is_quoted: bool) -> String {
        match self {
            Self::Postgres if is_quoted => text.to_owned(),
            // PostgreSQL folds ASCII only; the others compare without regard to case.
            Self::Postgres => text.to_ascii_lowercase(),
            Self::MySql | Self::Sqlite | Self::SqlServer => text.to_lowercase(),
        }
    }
}
