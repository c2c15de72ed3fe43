//! Which dialect a set of migrations is written in, told by words that only one of them has.

use crate::formats::sql::Dialect;
use crate::model::RepoPath;

/// Folders and settings that name a server.
const NAMES: [(&str, Dialect); 10] = [
    ("postgres", Dialect::Postgres),
    ("postgresql", Dialect::Postgres),
    ("pg", Dialect::Postgres),
    ("cockroachdb", Dialect::Postgres),
    ("mysql", Dialect::MySql),
    ("mariadb", Dialect::MySql),
    ("sqlite", Dialect::Sqlite),
    ("sqlite3", Dialect::Sqlite),
    ("mssql", Dialect::SqlServer),
    ("sqlserver", Dialect::SqlServer),
];

/// Words that one dialect has and no other, in lower case.
const WORDS: [(&str, Dialect); 34] = [
    ("serial", Dialect::Postgres),
    ("bigserial", Dialect::Postgres),
    ("smallserial", Dialect::Postgres),
    ("timestamptz", Dialect::Postgres),
    ("jsonb", Dialect::Postgres),
    ("bytea", Dialect::Postgres),
    ("concurrently", Dialect::Postgres),
    ("plpgsql", Dialect::Postgres),
    ("citext", Dialect::Postgres),
    ("tsvector", Dialect::Postgres),
    ("gen_random_uuid", Dialect::Postgres),
    ("uuid_generate_v4", Dialect::Postgres),
    ("lock_timeout", Dialect::Postgres),
    ("statement_timeout", Dialect::Postgres),
    ("ilike", Dialect::Postgres),
    ("auto_increment", Dialect::MySql),
    ("unsigned", Dialect::MySql),
    ("innodb", Dialect::MySql),
    ("charset", Dialect::MySql),
    ("utf8mb4", Dialect::MySql),
    ("mediumtext", Dialect::MySql),
    ("longtext", Dialect::MySql),
    ("tinyint", Dialect::MySql),
    ("delimiter", Dialect::MySql),
    ("autoincrement", Dialect::Sqlite),
    ("pragma", Dialect::Sqlite),
    ("rowid", Dialect::Sqlite),
    ("strftime", Dialect::Sqlite),
    ("fts5", Dialect::Sqlite),
    ("nvarchar", Dialect::SqlServer),
    ("datetime2", Dialect::SqlServer),
    ("nonclustered", Dialect::SqlServer),
    ("sp_rename", Dialect::SqlServer),
    ("uniqueidentifier", Dialect::SqlServer),
];

/// What speaks for each dialect, in the order of [`Dialect::ALL`].
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Votes([usize; 4]);

impl Votes {
    fn add(&mut self, dialect: Dialect) {
        for (all, votes) in Dialect::ALL.iter().zip(&mut self.0) {
            *votes += usize::from(*all == dialect);
        }
    }

    /// Counts what the statements of a text hold; comments do not count.
    pub(super) fn count(&mut self, text: &str) {
        let lines = text.lines().map(|line| line.split_once("--").map_or(line, |(code, _)| code));
        for line in lines {
            for word in line.split(|it: char| !it.is_ascii_alphanumeric() && it != '_') {
                let found = WORDS.iter().find(|(listed, _)| listed.eq_ignore_ascii_case(word));
                if let Some((_, dialect)) = found {
                    self.add(*dialect);
                }
            }
            if line.contains("::") || line.contains("$$") {
                self.add(Dialect::Postgres);
            }
            if line.trim().eq_ignore_ascii_case("go") {
                self.add(Dialect::SqlServer);
            }
        }
    }

    /// The dialect that most speaks for, if little speaks for any other.
    pub(super) fn decided(self) -> Option<Dialect> {
        let all: usize = self.0.iter().sum();
        let winner = Dialect::ALL.iter().zip(self.0).max_by_key(|(_, votes)| *votes);
        winner.filter(|(_, votes)| *votes > 0 && *votes >= 3 * (all - votes)).map(|(dialect, _)| *dialect)
    }
}

/// The dialect that a folder's name or a setting's value says.
pub(super) fn named(word: &str) -> Option<Dialect> {
    NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, dialect)| *dialect)
}

/// The dialect that a folder on the way says.
pub(super) fn of_path(path: &RepoPath) -> Option<Dialect> {
    path.as_str().rsplit('/').find_map(named)
}
