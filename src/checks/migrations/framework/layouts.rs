//! How tools of migrations lay out their files, as data. The first layout that fits a file is the one it has.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::formats::sql::Dialect;

/// The tools whose files are known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::checks::migrations) enum LayoutId {
    Liquibase,
    Goose,
    Dbmate,
    SqlMigrate,
    Tern,
    NodePgMigrate,
    Drizzle,
    Supabase,
    Prisma,
    Atlas,
    Hasura,
    Diesel,
    Sqlx,
    Refinery,
    Flyway,
    GolangMigrate,
    /// Files that begin with a number, of no tool that is known.
    Numbered,
}

/// How one tool lays out its files.
#[derive(Debug)]
pub(in crate::checks::migrations) struct Layout {
    /// Whose it is.
    pub(in crate::checks::migrations) id: LayoutId,
    /// How a path is made; one of these fits.
    pub(super) forms: &'static [Form],
    /// Folders, one of which the file lies in, however deep; none means anywhere.
    pub(super) folders: &'static [&'static str],
    /// What shows that it is this tool, one of them; none means that the path says enough.
    pub(super) signs: &'static [Sign],
    /// Which part of a file is run.
    pub(super) parts: Parts,
    /// Whether the tool runs a file in a transaction.
    pub(super) transaction: Wrap,
    /// What takes a file out of it; any one of these.
    pub(super) opt_out: &'static [OptOut],
    /// What of an applied file may not change.
    pub(in crate::checks::migrations) applied: Applied,
    /// The only dialect that the tool speaks.
    pub(super) dialect: Option<Dialect>,
}

/// How a path is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// `<version>_<name>/<file>`: a folder of its own, with `down.sql` beside it.
    Folder(&'static str),
    /// `<version>_<name>.up.sql` and `.down.sql`
    Pair,
    /// `<version>_<name>.sql`
    Single,
    /// `V<version>__<name>.sql`, `U…` that takes back, `R__<name>.sql` that is run again
    Prefixed,
    /// Any name
    Any,
}

/// What shows which tool a file belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sign {
    /// A comment that begins with these words, in lower case.
    Comment(&'static str),
    /// These words anywhere in the text.
    Text(&'static str),
    /// A file in the folder of the migrations.
    Beside(&'static str),
    /// A file in a folder above that holds the words.
    Above(&'static str, &'static str),
}

/// Which part of a file is run.
#[derive(Clone, Copy, Debug)]
pub(super) enum Parts {
    /// All of it.
    Whole,
    /// What stands below a comment that begins with the first words, up to one that begins with the second.
    Marked(&'static str, &'static str),
    /// All of it up to a comment that begins with the words.
    Until(&'static str),
    /// Several changes, each below a comment that begins with the words.
    Several(&'static str),
}

/// Whether the tool runs a file in a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wrap {
    /// Yes.
    Yes,
    /// No.
    No,
    /// It sends the file as one text, which is a transaction when it holds several statements.
    Implicit,
    /// Nobody knows the tool.
    Unknown,
}

/// What takes a file out of the transaction.
#[derive(Clone, Copy, Debug)]
pub(super) enum OptOut {
    /// A comment that holds the words, in lower case.
    Comment(&'static str),
    /// The same in the first line.
    FirstLine(&'static str),
    /// The tool sees by itself that the file holds this word.
    Word(&'static str),
    /// A file in the same folder holds the words.
    Beside(&'static str, &'static str),
    /// A file with this behind its name holds the words.
    Suffixed(&'static str, &'static str),
}

/// What of an applied file may not change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::checks::migrations) enum Applied {
    /// The whole file: the tool keeps a digest of it.
    File,
    /// The part that was run; the way back may be mended.
    Up,
    /// Each change in it; new ones may be added.
    Changes,
}

const NONE: Layout = Layout {
    id: LayoutId::Numbered,
    forms: &[Form::Single],
    folders: &[],
    signs: &[],
    parts: Parts::Whole,
    transaction: Wrap::Yes,
    opt_out: &[],
    applied: Applied::File,
    dialect: None,
};

/// Every layout, the one with the surest signs first.
pub(super) static LAYOUTS: [Layout; 17] = [
    Layout {
        id: LayoutId::Liquibase,
        forms: &[Form::Any],
        signs: &[Sign::Comment("liquibase formatted sql")],
        parts: Parts::Several("changeset "),
        opt_out: &[OptOut::Comment("runintransaction:false")],
        applied: Applied::Changes,
        ..NONE
    },
    Layout {
        id: LayoutId::Goose,
        signs: &[Sign::Comment("+goose up")],
        parts: Parts::Marked("+goose up", "+goose down"),
        opt_out: &[OptOut::Comment("+goose no transaction")],
        applied: Applied::Up,
        ..NONE
    },
    Layout {
        id: LayoutId::Dbmate,
        signs: &[Sign::Comment("migrate:up")],
        parts: Parts::Marked("migrate:up", "migrate:down"),
        opt_out: &[OptOut::Comment("transaction:false")],
        applied: Applied::Up,
        ..NONE
    },
    Layout {
        id: LayoutId::SqlMigrate,
        signs: &[Sign::Comment("+migrate up")],
        parts: Parts::Marked("+migrate up", "+migrate down"),
        opt_out: &[OptOut::Comment("notransaction")],
        applied: Applied::Up,
        ..NONE
    },
    Layout {
        id: LayoutId::Tern,
        signs: &[Sign::Comment("create above / drop below"), Sign::Beside("tern.conf")],
        parts: Parts::Until("create above / drop below"),
        opt_out: &[OptOut::Comment("tern: disable-tx")],
        applied: Applied::Up,
        dialect: Some(Dialect::Postgres),
        ..NONE
    },
    Layout {
        id: LayoutId::NodePgMigrate,
        signs: &[Sign::Comment("up migration")],
        parts: Parts::Marked("up migration", "down migration"),
        applied: Applied::Up,
        dialect: Some(Dialect::Postgres),
        ..NONE
    },
    Layout {
        id: LayoutId::Drizzle,
        signs: &[Sign::Beside("meta/_journal.json"), Sign::Text("--> statement-breakpoint")],
        ..NONE
    },
    Layout {
        id: LayoutId::Supabase,
        folders: &["supabase/migrations"],
        transaction: Wrap::Implicit,
        applied: Applied::Up,
        dialect: Some(Dialect::Postgres),
        ..NONE
    },
    Layout {
        id: LayoutId::Prisma,
        forms: &[Form::Folder("migration.sql")],
        signs: &[Sign::Beside("migration_lock.toml"), Sign::Above("schema.prisma", "datasource")],
        transaction: Wrap::No,
        ..NONE
    },
    Layout {
        id: LayoutId::Atlas,
        signs: &[Sign::Beside("atlas.sum")],
        opt_out: &[OptOut::Comment("atlas:txmode none")],
        ..NONE
    },
    Layout {
        id: LayoutId::Hasura,
        forms: &[Form::Folder("up.sql")],
        signs: &[Sign::Above("config.yaml", "metadata_directory")],
        transaction: Wrap::Implicit,
        applied: Applied::Up,
        ..NONE
    },
    Layout {
        id: LayoutId::Diesel,
        forms: &[Form::Folder("up.sql")],
        opt_out: &[OptOut::Beside("metadata.toml", "run_in_transaction=false")],
        applied: Applied::Up,
        ..NONE
    },
    Layout {
        id: LayoutId::Sqlx,
        forms: &[Form::Pair, Form::Single],
        signs: &[Sign::Above("Cargo.toml", "sqlx")],
        opt_out: &[OptOut::FirstLine("no-transaction")],
        ..NONE
    },
    Layout {
        id: LayoutId::Refinery,
        forms: &[Form::Prefixed],
        signs: &[Sign::Above("Cargo.toml", "refinery")],
        ..NONE
    },
    Layout {
        id: LayoutId::Flyway,
        forms: &[Form::Prefixed],
        opt_out: &[OptOut::Word("concurrently"), OptOut::Suffixed(".conf", "executeintransaction=false")],
        ..NONE
    },
    Layout {
        id: LayoutId::GolangMigrate,
        forms: &[Form::Pair],
        transaction: Wrap::Implicit,
        applied: Applied::Up,
        ..NONE
    },
    Layout {
        folders: &["migrations", "migration", "migrate"],
        transaction: Wrap::Unknown,
        applied: Applied::Up,
        ..NONE
    },
];
