//! What the tokenizers of host languages share.

use super::Literal;
use crate::formats::problem::Problem;
use crate::model::Span;

/// One token; blanks and comments are none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TokenKind {
    Word,
    /// `key:` of Ruby, the colon included.
    Label,
    Symbol(Span),
    Text(Literal),
    /// `%w[a b]`, and `%i[a b]` for symbols.
    Words {
        content: Span,
        is_symbols: bool,
    },
    Number,
    /// `(`, `[` or `{`.
    Open(u8),
    Close,
    Comma,
    Sign,
    /// The end of a statement.
    Newline,
    /// Lines go in, in Python.
    Indent,
    /// And out again.
    Dedent,
}

/// A text in tokens.
#[derive(Debug)]
pub(super) struct Lexed {
    pub(super) tokens: Vec<Token>,
    pub(super) masked: String,
    pub(super) comments: Vec<Span>,
    pub(super) problems: Vec<Problem>,
}

/// A copy of the text in which each literal stands as it means, with every offset kept: an escaped quote is a quote
/// and a blank, `\n` is a line end. So SQL in a literal can be read where it stands.
#[derive(Debug)]
pub(super) struct Mask {
    bytes: Vec<u8>,
    closes: bool,
}

impl Mask {
    pub(super) fn new(source: &str) -> Self {
        Self { bytes: source.as_bytes().to_vec(), closes: false }
    }

    fn put(&mut self, at: usize, byte: u8) {
        // A byte of a longer character is left alone: the copy stays a text.
        if let Some(it) = self.bytes.get_mut(at).filter(|it| it.is_ascii()) {
            *it = byte;
        }
    }

    /// A new literal begins.
    pub(super) fn open(&mut self) {
        self.closes = false;
    }

    /// The escape whose backslash stands here.
    pub(super) fn escape(&mut self, at: usize) {
        let Some(escaped) = self.bytes.get(at + 1).copied() else { return };
        match escaped {
            b'"' | b'\'' | b'`' => {
                // The blank that is left over stands outside of the pair of quotes.
                let (first, second) = if self.closes { (escaped, b' ') } else { (b' ', escaped) };
                self.put(at, first);
                self.put(at + 1, second);
                self.closes = !self.closes;
            }
            b'n' => {
                self.put(at, b' ');
                self.put(at + 1, b'\n');
            }
            b't' | b'r' | b'e' | b'0' => {
                self.put(at, b' ');
                self.put(at + 1, b' ');
            }
            _ => self.put(at, b' '),
        }
    }

    /// `#{` of Ruby becomes the `${` that is known in SQL.
    pub(super) fn interpolation(&mut self, at: usize) {
        self.put(at, b'$');
    }

    /// What stands between two literals that are one; whole characters go.
    pub(super) fn blank(&mut self, part: Span) {
        if let Some(bytes) = self.bytes.get_mut(part.start..part.end) {
            bytes.iter_mut().filter(|it| **it != b'\n').for_each(|it| *it = b' ');
        }
    }

    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    pub(super) fn finish(self) -> String {
        String::from_utf8(self.bytes).unwrap_or_else(|it| String::from_utf8_lossy(it.as_bytes()).into_owned())
    }
}

/// Joins literals that follow each other, as Ruby and Python do.
pub(super) fn join(tokens: Vec<Token>, mask: &mut Mask) -> Vec<Token> {
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        if let TokenKind::Text(next) = token.kind
            && let Some(last) = joined.last_mut()
            && let TokenKind::Text(so_far) = &mut last.kind
            && so_far.content.end <= next.content.start
        {
            let is_word = |it: u8| it.is_ascii_alphanumeric() || it == b'_' || it == b'"';
            let before = mask.byte(so_far.content.end.wrapping_sub(1));
            so_far.is_torn |= so_far.content.start < so_far.content.end
                && is_word(before)
                && is_word(mask.byte(next.content.start))
                && next.content.start < next.content.end;
            so_far.is_torn |= next.is_torn;
            so_far.is_templated |= next.is_templated;
            mask.blank(Span::new(so_far.content.end, next.content.start));
            so_far.content.end = next.content.end;
            last.span.end = token.span.end;
            continue;
        }
        joined.push(token);
    }
    joined
}
