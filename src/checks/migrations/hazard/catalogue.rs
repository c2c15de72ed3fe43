//! Every hazard of migrations, as data: what it is, why it matters, the safe form, where it holds.

use crate::formats::sql::Dialect;

/// What a person must know about a kind of hazard.
#[derive(Debug)]
pub(in crate::checks::migrations) struct Entry {
    /// The suffix of its id.
    pub(in crate::checks::migrations) id: &'static str,
    /// What is wrong, in general.
    pub(in crate::checks::migrations) title: &'static str,
    /// Why it matters; a sentence without a full stop.
    pub(in crate::checks::migrations) why: &'static str,
    /// What to do instead; likewise.
    pub(in crate::checks::migrations) safe: &'static str,
    /// Where in a rollout it belongs.
    pub(in crate::checks::migrations) phase: Phase,
    /// The servers that it holds for.
    pub(in crate::checks::migrations) engines: &'static [Dialect],
}

/// What is reported only where the settings ask for it.
const ASKED_FOR: [&str; 1] = ["missing-lock-timeout"];

impl Entry {
    /// Whether it is reported without being asked for.
    pub(in crate::checks::migrations) fn is_default(&self) -> bool {
        !ASKED_FOR.contains(&self.id)
    }
}

/// Where in a rollout a step belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::checks::migrations) enum Phase {
    /// The running program keeps working.
    Expand,
    /// Rows are brought over, or what was added is validated.
    Migrate,
    /// What the running program may use goes, or is made stricter.
    Contract,
    /// Both at once.
    Mixed,
    /// The program does not see it; locks and time are what it costs.
    Neutral,
}

impl Phase {
    pub(in crate::checks::migrations) fn name(self) -> &'static str {
        match self {
            Self::Expand => "expand",
            Self::Migrate => "migrate",
            Self::Contract => "contract",
            Self::Mixed => "expand and contract at once",
            Self::Neutral => "neutral",
        }
    }
}

const PG: &[Dialect] = &[Dialect::Postgres];
const MY: &[Dialect] = &[Dialect::MySql];
const PG_MY: &[Dialect] = &[Dialect::Postgres, Dialect::MySql];
const PG_MS: &[Dialect] = &[Dialect::Postgres, Dialect::SqlServer];
const NOT_LITE: &[Dialect] = &[Dialect::Postgres, Dialect::MySql, Dialect::SqlServer];
const ALL_ENGINES: &[Dialect] = &Dialect::ALL;

macro_rules! catalogue {
    ($($name:ident: $id:literal, $title:literal, $phase:ident, $engines:ident, $why:literal, $safe:literal;)*) => {
        $(pub(in crate::checks::migrations) static $name: Entry = Entry {
            id: $id,
            title: $title,
            why: $why,
            safe: $safe,
            phase: Phase::$phase,
            engines: $engines,
        };)*

        /// Every hazard.
        pub(in crate::checks::migrations) static ALL: &[&Entry] = &[$(&$name),*];
    };
}

catalogue! {
    DROP_TABLE: "drop-table", "a table is dropped", Contract, ALL_ENGINES,
        "the release that still runs may read or write it, and its rows are gone for good",
        "release code that no longer uses the table first, then drop it in a later release";
    DROP_COLUMN: "drop-column", "a column is dropped", Contract, ALL_ENGINES,
        "the release that still runs may name it in every query, and its values are gone for good",
        "release code that no longer uses the column first, then drop it in a later release";
    DROP_VIEW: "drop-view", "a view is dropped", Contract, ALL_ENGINES,
        "the release that still runs may read it",
        "release code that no longer reads the view first, then drop it in a later release";
    DROP_TYPE: "drop-type", "a type is dropped", Contract, PG,
        "columns and functions of the release that still runs may use it, and `CASCADE` takes them along",
        "move every column off the type in an earlier release, and drop it without `CASCADE`";
    DROP_EXTENSION: "drop-extension", "an extension is dropped", Contract, PG,
        "types, indexes and functions of the extension go with it",
        "remove what rests on the extension first, and drop it without `CASCADE`";
    DROP_SCHEMA: "drop-schema", "a schema is dropped", Contract, ALL_ENGINES,
        "every table in it goes at once, also those that nobody thought of",
        "drop what lies in it step by step, then the empty schema without `CASCADE`";
    DROP_DATABASE: "drop-database", "a database is dropped", Contract, ALL_ENGINES,
        "everything in it is gone for good",
        "do it by hand, with a backup that was restored once, never in a migration";
    DROP_DEFAULT: "drop-default", "a column loses its default", Contract, NOT_LITE,
        "the release that still runs may insert rows without the column and rely on the default",
        "release code that always sets the column first, then drop the default";
    RENAME_TABLE: "rename-table", "a table is renamed or moved", Mixed, ALL_ENGINES,
        "the release that still runs uses the old name, the next one the new name, and both run during a rollout",
        "rename it and leave a view with the old name in the same transaction, or make a new table and move over in steps";
    RENAME_COLUMN: "rename-column", "a column is renamed", Mixed, ALL_ENGINES,
        "the release that still runs uses the old name, the next one the new name, and both run during a rollout",
        "keep the name in the database and map it in the code, or add a column, write both, fill it, switch, and drop the old \
         one in a later release";
    RENAME_ENUM_VALUE: "rename-enum-value", "a value of an enumeration is renamed", Mixed, PG,
        "the release that still runs writes and compares the old value",
        "add the new value, move the rows, and stop using the old one in a later release";
    ADD_REQUIRED_COLUMN: "add-required-column", "a required column is added without a default", Mixed, ALL_ENGINES,
        "inserts of the release that still runs do not name it and fail, and on a table with rows so does the migration (MySQL \
         fills in zero or an empty text instead)",
        "give it a default in the database, or add it without `NOT NULL`, fill it, and require it in a later release";
    SET_NOT_NULL: "set-not-null", "a column is made required", Contract, ALL_ENGINES,
        "inserts of the release that still runs may leave it out, and the whole table is scanned while nobody can use it",
        "`ADD CONSTRAINT c CHECK (x IS NOT NULL) NOT VALID`, `VALIDATE CONSTRAINT c` in a later migration, then `SET NOT NULL`, \
         which then needs no scan";
    CHANGE_TYPE: "change-type", "a column gets another type", Mixed, ALL_ENGINES,
        "the table is written anew while nobody can use it, and the release that still runs expects the old type",
        "add a column of the new type, write both, fill it in batches, switch, and drop the old one in a later release";
    CONVERT_CHARSET: "convert-charset", "a table is converted to another character set", Mixed, MY,
        "the table is copied while nobody can write to it",
        "use a tool that copies online, such as gh-ost or pt-online-schema-change";
    ADD_COLUMN_REWRITE: "add-column-rewrite", "a new column makes the server write the whole table anew", Expand, PG,
        "each row needs a value of its own, so the table and its indexes are written anew while nobody can use it",
        "add the column without the default, set the default, and fill the old rows in batches";
    ADD_COLUMN_SCAN: "add-column-scan", "a new column brings a constraint that is checked at once", Expand, PG,
        "the whole table is scanned, or an index is built, while nobody can use it",
        "add the column alone, then the constraint with `NOT VALID` or from an index made `CONCURRENTLY`";
    CREATE_INDEX: "create-index-blocking", "an index is built while nobody can write", Neutral, PG_MS,
        "every write to the table waits until the index is built",
        "PostgreSQL: `CREATE INDEX CONCURRENTLY` outside of a transaction; SQL Server: `WITH (ONLINE = ON)`";
    DROP_INDEX: "drop-index-blocking", "an index is dropped under the strongest lock", Neutral, PG,
        "it waits for every query on the table, and everything that comes later waits behind it",
        "`DROP INDEX CONCURRENTLY` outside of a transaction";
    REINDEX: "reindex-blocking", "an index is rebuilt while nobody can write", Neutral, PG,
        "every write to the table, and every query that would use the index, waits until it is rebuilt",
        "`REINDEX … CONCURRENTLY` outside of a transaction (PostgreSQL 12 and later)";
    CONCURRENTLY: "concurrently-in-transaction", "`CONCURRENTLY` inside of a transaction", Neutral, PG,
        "the server refuses it there, so the migration fails",
        "put it alone into a migration that the tool runs without a transaction";
    ADD_UNIQUE: "add-unique-blocking", "a unique or primary key builds its index under the strongest lock", Contract, PG,
        "nobody can use the table until the index is built, and the release that still runs may write duplicates",
        "`CREATE UNIQUE INDEX CONCURRENTLY`, then `ADD CONSTRAINT … USING INDEX`";
    ADD_EXCLUSION: "add-exclusion", "an exclusion constraint builds its index under the strongest lock", Contract, PG,
        "nobody can use the table until the index is built, and there is no other form",
        "make a new table with the constraint and move over, or do it when nobody works";
    ADD_FOREIGN_KEY: "add-foreign-key", "a foreign key checks all rows at once", Contract, PG_MY,
        "writes to both tables wait while all rows are checked (MySQL copies the table), and the release that still runs may \
         write rows that point at nothing",
        "PostgreSQL: add it with `NOT VALID`, and `VALIDATE CONSTRAINT` in a later migration; MySQL: use a tool that copies online";
    ADD_CHECK: "add-check", "a check looks at all rows at once", Contract, PG_MY,
        "nobody can use the table while all rows are checked (MySQL copies the table), and the release that still runs may write \
         rows that break it",
        "PostgreSQL: add it with `NOT VALID`, and `VALIDATE CONSTRAINT` in a later migration";
    ADD_DOMAIN_CHECK: "add-domain-check", "a domain gets a constraint that is checked at once", Contract, PG,
        "every table that uses the domain is scanned while nobody can write to it",
        "`ALTER DOMAIN … ADD CONSTRAINT … NOT VALID`, and `VALIDATE CONSTRAINT` in a later migration";
    VALIDATE_AT_ONCE: "validate-in-same-transaction", "a constraint is added and validated in one transaction", Migrate, PG,
        "the lock of the first statement is held while the second scans the table, which `NOT VALID` was to avoid",
        "validate it in a migration of its own";
    TRUNCATE: "truncate", "a table is emptied", Contract, NOT_LITE,
        "its rows are gone for good, and nobody can use it meanwhile",
        "delete in batches what must go, after a backup, outside of migrations";
    UPDATE_ALL: "unbounded-update", "every row of a table is updated at once", Migrate, ALL_ENGINES,
        "all rows stay locked until the transaction ends, and replicas fall behind",
        "fill in batches, outside of the transaction that changes the schema";
    DELETE_ALL: "unbounded-delete", "every row of a table is deleted", Contract, ALL_ENGINES,
        "the rows are gone for good, and all of them stay locked until the transaction ends",
        "say which rows go, and delete them in batches";
    LOCK_TABLE: "lock-table", "a table is locked by hand", Neutral, NOT_LITE,
        "everything that conflicts with the lock waits until the transaction ends",
        "let each statement take the lock that it needs, with a short `lock_timeout`";
    DROP_TRIGGER: "drop-trigger", "a trigger is dropped or disabled", Contract, NOT_LITE,
        "what it kept up to date, or forbade, is no longer so for the release that still runs",
        "release code that does without the trigger first, then drop it in a later release";
    ROW_SECURITY: "row-security", "row level security changes for programs that run", Contract, PG,
        "switched on, the release that still runs may see no rows; switched off, or without its policy, everybody may see all",
        "make policies before row level security is switched on, and replace one by another in the same transaction";
    ENUM_VALUE: "enum-value-in-transaction", "a value of an enumeration is used where it is not yet known", Expand, PG,
        "before PostgreSQL 12 `ADD VALUE` cannot run in a transaction, and later ones cannot use the value before it ends",
        "add the value in a migration of its own";
    REWRITE: "table-rewrite", "a table is written anew under the strongest lock", Neutral, PG,
        "nobody can use the table until all of it is written",
        "do it by hand when nobody works, or with a tool such as pg_repack";
    REFRESH: "refresh-blocking", "a materialized view is refreshed while nobody can read it", Neutral, PG,
        "everybody who reads it waits until the query has run",
        "give it a unique index and use `REFRESH MATERIALIZED VIEW CONCURRENTLY`";
    DETACH: "detach-partition-blocking", "a partition is detached under the strongest lock", Contract, PG,
        "nobody can use the partitioned table until the lock was got and given back",
        "`DETACH PARTITION … CONCURRENTLY` outside of a transaction (PostgreSQL 14 and later)";
    LOCK_TIMEOUT: "missing-lock-timeout", "a strong lock is waited for without an end", Neutral, PG_MY,
        "while it waits behind a long query, every later query on the table waits behind it",
        "`SET lock_timeout = '5s'` first (MySQL: `lock_wait_timeout`), and try again when it fails";
    MIXED_PHASES: "mixed-phases", "one migration adds to a table and takes away from it", Mixed, ALL_ENGINES,
        "what is added must be there before the next release starts, what goes must stay until the last one ended: no moment is \
         right for both",
        "split it: add in this release, take away in a later one";
    UNPARSED: "unparsed-statement", "a statement was not understood", Neutral, ALL_ENGINES,
        "what it does is not known, so nothing can be said about its dangers",
        "look at it yourself; if it is sound, accept it with a reason, and tell us about the statement";
    DYNAMIC: "dynamic-statement", "a statement is put together when it runs", Neutral, ALL_ENGINES,
        "what it does cannot be read from the file",
        "write the statement out, or look at it yourself and accept it with a reason";
    EDITED: "edited-migration", "a migration that others may have run is changed", Neutral, ALL_ENGINES,
        "databases that ran it will not run it again, so they differ from those that will; tools that keep a digest stop",
        "leave it as it was and write a new migration";
    DELETED: "deleted-migration", "a migration that others may have run is deleted", Neutral, ALL_ENGINES,
        "databases that ran it remember it, and new ones never get what it made",
        "bring it back, and undo what it did in a new migration";
    OUT_OF_ORDER: "out-of-order", "a new migration comes before one that others may have run", Neutral, ALL_ENGINES,
        "tools skip it or refuse it where the later one has run, and databases differ by the order they saw",
        "give it a version behind the last one";
    DUPLICATE: "duplicate-version", "two migrations have the same version", Neutral, ALL_ENGINES,
        "tools run one of them, or stop",
        "give the later one a version of its own";
}

/// The hazard with this id.
pub(in crate::checks::migrations) fn find(id: &str) -> Option<&'static Entry> {
    ALL.iter().copied().find(|it| it.id == id)
}
