//! Which changes of a type cost nothing.

use crate::formats::sql::{DataType, Dialect};

/// Functions whose value is the same for every row of a statement, so that a default that calls them is written once.
const SETTLED: [&str; 36] = [
    "now",
    "current_timestamp",
    "current_date",
    "current_time",
    "localtime",
    "localtimestamp",
    "transaction_timestamp",
    "statement_timestamp",
    "current_user",
    "session_user",
    "user",
    "current_role",
    "current_database",
    "current_schema",
    "current_setting",
    "timezone",
    "date_trunc",
    "date_part",
    "to_timestamp",
    "to_date",
    "make_interval",
    "make_date",
    "make_timestamp",
    "lower",
    "upper",
    "length",
    "concat",
    "md5",
    "coalesce",
    "nullif",
    "greatest",
    "least",
    "jsonb_build_object",
    "jsonb_build_array",
    "json_build_object",
    "json_build_array",
];

/// The first function of a default that is volatile, or of which nobody here knows that it is not.
pub(super) fn unsettled(calls: &[String]) -> Option<&str> {
    calls.iter().map(String::as_str).find(|it| !SETTLED.contains(it))
}

/// Whether two types are the same.
pub(super) fn is_same(a: &DataType, b: &DataType, dialect: Dialect) -> bool {
    let arguments = |it: &DataType| it.arguments.iter().map(|it| it.trim().to_owned()).collect::<Vec<_>>();
    a.canonical(dialect) == b.canonical(dialect)
        && (arguments(a) == arguments(b) || is_display_width(a, b, dialect))
        && (a.is_array, a.unsigned.is_some()) == (b.is_array, b.unsigned.is_some())
}

/// `int(11)` of MySQL is `int`.
fn is_display_width(a: &DataType, b: &DataType, dialect: Dialect) -> bool {
    const INTEGERS: [&str; 5] = ["tinyint", "smallint", "mediumint", "int", "bigint"];
    dialect == Dialect::MySql && [a, b].iter().all(|it| INTEGERS.contains(&it.canonical(dialect)))
}

fn number(data_type: &DataType, at: usize) -> Option<u32> {
    data_type.arguments.get(at)?.trim().parse().ok()
}

/// Whether the server changes nothing but its catalogue, and every value stays as it was.
pub(super) fn is_free(old: &DataType, new: &DataType, dialect: Option<Dialect>) -> bool {
    let of = dialect.unwrap_or(Dialect::Postgres);
    if is_same(old, new, of) {
        return true;
    }
    if old.is_array || new.is_array {
        return false;
    }
    match dialect {
        Some(Dialect::Postgres) => is_free_in_postgres(old, new),
        Some(Dialect::MySql) => is_free_in_mysql(old, new),
        // SQLite keeps what it has, SQL Server grows texts in place.
        Some(Dialect::SqlServer) => {
            let texts = ["varchar", "nvarchar", "varbinary"];
            old.canonical(of) == new.canonical(of) && texts.contains(&old.canonical(of)) && grows(old, new)
        }
        Some(Dialect::Sqlite) | None => false,
    }
}

fn grows(old: &DataType, new: &DataType) -> bool {
    matches!((number(old, 0), number(new, 0)), (Some(old), Some(new)) if old <= new)
}

fn is_free_in_postgres(old: &DataType, new: &DataType) -> bool {
    let (from, to) = (old.canonical(Dialect::Postgres), new.canonical(Dialect::Postgres));
    let has_no_limit = new.arguments.is_empty();
    let is_text = |it: &str| matches!(it, "varchar" | "character varying");
    match (from, to) {
        (from, "text") if is_text(from) => true,
        ("text", to) if is_text(to) => has_no_limit,
        (from, to) if is_text(from) && is_text(to) => has_no_limit || grows(old, new),
        ("numeric", "numeric") => {
            let scale = |it| number(it, 1).unwrap_or(0);
            has_no_limit || grows(old, new) && scale(old) == scale(new)
        }
        ("bit varying" | "varbit", "bit varying" | "varbit") | ("interval", "interval") => {
            has_no_limit || grows(old, new)
        }
        (from, to) if from == to && from.starts_with("timestamp") => has_no_limit || number(new, 0) == Some(6),
        ("cidr", "inet") => true,
        _ => false,
    }
}

fn is_free_in_mysql(old: &DataType, new: &DataType) -> bool {
    let (from, to) = (old.canonical(Dialect::MySql), new.canonical(Dialect::MySql));
    match (from, to) {
        // The length takes one byte up to 255 bytes, two from there on; a letter has up to four.
        ("varchar", "varchar") => {
            let is_long = |it| number(it, 0).map(|letters| letters > 63);
            grows(old, new) && is_long(old) == is_long(new)
        }
        ("enum", "enum") | ("set", "set") => new.arguments.starts_with(&old.arguments),
        _ => false,
    }
}
