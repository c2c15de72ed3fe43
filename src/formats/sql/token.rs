//! What the tokenizer cuts a text into.

use crate::model::Span;

/// One token. The spans of all tokens, put together, are the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands, in bytes of the text.
    pub span: Span,
}

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum TokenKind {
    /// Blanks and line ends.
    Blank,
    /// `-- …` or, in MySQL, `# …`, without its line end.
    LineComment,
    /// `/* … */`.
    BlockComment,
    /// `/*!40101` or `/*M!100100` of MySQL and MariaDB: what follows counts.
    VersionOpen,
    /// `*/` that closes a [`TokenKind::VersionOpen`].
    VersionClose,
    /// A keyword or a name without quotes.
    Word,
    /// A name in `""`, backticks or `[]`.
    QuotedName,
    /// A literal in `''`, also with a prefix (`E''`, `N''`, `U&''`, `B''`, `X''`), or MySQL's `""`.
    Text,
    /// `$tag$ … $tag$` of PostgreSQL.
    DollarText,
    /// A number.
    Number,
    /// What a tool or a driver fills in: `${x}`, `{{ x }}`, `?`, `$1`, `%s`, `:x`.
    Placeholder,
    /// `{% … %}`: a loop or a condition of a tool.
    Template,
    /// `@x` and `@@x` of Transact-SQL, MySQL and SQLite.
    Variable,
    /// What ends a statement: `;`, or the text that a `DELIMITER` line chose.
    Terminator,
    /// What ends a statement and every block that is open in it: `GO`, `--> statement-breakpoint`.
    Batch,
    /// `;` while a `DELIMITER` line chose something else.
    Semicolon,
    /// A line for the client program: `\connect x` of psql, `DELIMITER //` of mysql.
    ClientLine,
    /// The lines after `COPY … FROM stdin;`, with the `\.` that ends them.
    CopyData,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `,`.
    Comma,
    /// `.`.
    Dot,
    /// `::` and `:=` as a whole, any other character alone.
    Operator,
}

impl TokenKind {
    /// Whether the server, and so a statement, never sees it.
    #[must_use]
    pub fn is_trivia(self) -> bool {
        matches!(
            self,
            Self::Blank
                | Self::LineComment
                | Self::BlockComment
                | Self::VersionOpen
                | Self::VersionClose
                | Self::Template
        )
    }

    /// Whether it is a comment as a person writes one.
    #[must_use]
    pub fn is_comment(self) -> bool {
        matches!(self, Self::LineComment | Self::BlockComment)
    }
}
