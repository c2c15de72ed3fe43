//! The tokens of Ruby.

use super::Literal;
use super::token::{Lexed, Mask, Token, TokenKind, join};
use crate::formats::problem::Problem;
use crate::model::Span;

/// How many heredocs may begin on one line.
const MOST_HEREDOCS: usize = 8;

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    tokens: Vec<Token>,
    mask: Mask,
    comments: Vec<Span>,
    problems: Vec<Problem>,
    heredocs: Vec<Heredoc>,
}

/// A heredoc whose text stands below.
struct Heredoc {
    token: usize,
    tag: Vec<u8>,
    is_raw: bool,
}

pub(super) fn lex(source: &str) -> Lexed {
    let mut lexer = Lexer {
        bytes: source.as_bytes(),
        at: 0,
        tokens: Vec::new(),
        mask: Mask::new(source),
        comments: Vec::new(),
        problems: Vec::new(),
        heredocs: Vec::new(),
    };
    while lexer.at < lexer.bytes.len() && !lexer.at_data() {
        lexer.next();
    }
    let tokens = join(lexer.tokens, &mut lexer.mask);
    Lexed { tokens, masked: lexer.mask.finish(), comments: lexer.comments, problems: lexer.problems }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'@' || byte == b'$' || !byte.is_ascii()
}

impl Lexer<'_> {
    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        self.tokens.push(Token { kind, span: Span::new(start, self.at) });
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn opens_a_line(&self) -> bool {
        self.at == 0 || self.bytes.get(self.at - 1) == Some(&b'\n')
    }

    fn at_data(&self) -> bool {
        self.opens_a_line() && self.rest().starts_with(b"__END__")
    }

    fn skip_line(&mut self) {
        self.at += memchr::memchr(b'\n', self.rest()).unwrap_or(self.rest().len());
    }

    fn next(&mut self) {
        let start = self.at;
        match self.byte(0) {
            b'\n' => self.newline(),
            b' ' | b'\t' | b'\r' | 0x0b | 0x0c => self.at += 1,
            b'\\' if matches!(self.byte(1), b'\n' | b'\r') => {
                self.at += if self.byte(1) == b'\r' { 3 } else { 2 };
                self.at = self.at.min(self.bytes.len());
            }
            b'#' => {
                self.skip_line();
                self.comments.push(Span::new(start, self.at));
            }
            b'=' if self.opens_a_line() && self.rest().starts_with(b"=begin") => {
                let end = memchr::memmem::find(self.rest(), b"\n=end");
                self.at += end.map_or(self.rest().len(), |it| it + 5);
                self.skip_line();
                self.comments.push(Span::new(start, self.at));
            }
            b'"' | b'`' => self.quoted(start, 1, self.byte(0), false),
            b'\'' => self.quoted(start, 1, b'\'', true),
            b'%' if self.is_percent_literal() => self.percent(start),
            b'<' if self.heredoc(start) => {}
            b':' => self.colon(start),
            b'/' if self.opens_regex() => self.regex(start),
            b'0'..=b'9' => {
                while matches!(self.byte(0), b'0'..=b'9' | b'_' | b'a'..=b'z' | b'A'..=b'Z')
                    || self.byte(0) == b'.' && self.byte(1).is_ascii_digit()
                {
                    self.at += 1;
                }
                self.push(TokenKind::Number, start);
            }
            byte if is_word(byte) => self.word(start),
            b'(' | b'[' | b'{' => {
                let open = self.byte(0);
                self.at += 1;
                self.push(TokenKind::Open(open), start);
            }
            b')' | b']' | b'}' => self.one(TokenKind::Close),
            b',' => self.one(TokenKind::Comma),
            b';' => self.one(TokenKind::Newline),
            _ => self.sign(start),
        }
    }

    fn one(&mut self, kind: TokenKind) {
        let start = self.at;
        self.at += 1;
        self.push(kind, start);
    }

    fn sign(&mut self, start: usize) {
        const LONG: [&[u8]; 18] = [
            b"**=", b"<=>", b"===", b"||=", b"&&=", b"...", b"=>", b"->", b"==", b"!=", b"<=", b">=", b"&&", b"||",
            b"<<", b"&.", b"**", b"+=",
        ];
        let length = LONG.iter().find(|it| self.rest().starts_with(it)).map_or(1, |it| it.len());
        self.at += length;
        self.push(TokenKind::Sign, start);
    }

    fn newline(&mut self) {
        let start = self.at;
        self.at += 1;
        for heredoc in std::mem::take(&mut self.heredocs) {
            self.heredoc_text(&heredoc);
        }
        let continues = self.tokens.last().is_none_or(|it| match it.kind {
            TokenKind::Comma | TokenKind::Newline => true,
            TokenKind::Sign => {
                let text = self.bytes.get(it.span.start..it.span.end).unwrap_or_default();
                !matches!(text, b"|" | b"*" | b"!" | b"?")
            }
            _ => false,
        });
        let ahead = self.rest().iter().position(|it| !matches!(it, b' ' | b'\t' | b'\r')).unwrap_or(0);
        let is_chained = match (self.byte(ahead), self.byte(ahead + 1)) {
            (b'.', next) => next != b'.',
            (b'&', b'.') => true,
            _ => false,
        };
        if !continues && !is_chained {
            self.tokens.push(Token { kind: TokenKind::Newline, span: Span::new(start, start + 1) });
        }
    }

    fn word(&mut self, start: usize) {
        while is_word(self.byte(0)) && self.at < self.bytes.len() {
            self.at += 1;
        }
        if matches!(self.byte(0), b'?' | b'!') && self.byte(1) != b'=' && self.byte(1) != b':' {
            self.at += 1;
        }
        if self.byte(0) == b':' && self.byte(1) != b':' {
            self.at += 1;
            return self.push(TokenKind::Label, start);
        }
        self.push(TokenKind::Word, start);
    }

    fn colon(&mut self, start: usize) {
        match self.byte(1) {
            b':' => {
                self.at += 2;
                self.push(TokenKind::Sign, start);
            }
            quote @ (b'"' | b'\'') => {
                self.quoted(start, 2, quote, quote == b'\'');
                if let Some(token) = self.tokens.last_mut()
                    && let TokenKind::Text(literal) = token.kind
                {
                    token.kind = TokenKind::Symbol(literal.content);
                }
            }
            byte if is_word(byte) => {
                self.at += 1;
                while is_word(self.byte(0)) && self.at < self.bytes.len() {
                    self.at += 1;
                }
                if matches!(self.byte(0), b'?' | b'!') {
                    self.at += 1;
                }
                let content = Span::new(start + 1, self.at);
                self.push(TokenKind::Symbol(content), start);
            }
            _ => self.one(TokenKind::Sign),
        }
    }

    /// A literal in quotes; the quote stands behind an opening of this length.
    fn quoted(&mut self, start: usize, opening: usize, quote: u8, is_raw: bool) {
        self.at = (start + opening).min(self.bytes.len());
        let literal = self.content(start, None, quote, is_raw);
        // `"key": value` is a label.
        if self.byte(0) == b':' && self.byte(1) != b':' && opening == 1 && quote != b'`' {
            self.at += 1;
            return self.push(TokenKind::Label, start);
        }
        self.push(TokenKind::Text(literal), start);
    }

    /// From here to the closing sign, which is taken too.
    fn content(&mut self, start: usize, open: Option<u8>, close: u8, is_raw: bool) -> Literal {
        let content_start = self.at;
        let mut is_templated = false;
        let mut depth = 0_usize;
        self.mask.open();
        while self.at < self.bytes.len() {
            let byte = self.byte(0);
            if byte == b'\\' {
                if !is_raw || matches!(self.byte(1), b'\'' | b'\\') {
                    self.mask.escape(self.at);
                }
                self.at = (self.at + 2).min(self.bytes.len());
            } else if byte == close && depth == 0 {
                let content = Span::new(content_start, self.at);
                self.at += 1;
                return Literal { content, is_templated, is_torn: false };
            } else if !is_raw && byte == b'#' && self.byte(1) == b'{' {
                is_templated = true;
                self.interpolation();
            } else {
                depth = match byte {
                    _ if Some(byte) == open => depth + 1,
                    _ if byte == close => depth - 1,
                    _ => depth,
                };
                self.at += 1;
            }
        }
        self.problems.push(Problem::new(Span::new(start, self.at), "the literal is not closed"));
        Literal { content: Span::new(content_start, self.at), is_templated, is_torn: false }
    }

    fn interpolation(&mut self) {
        self.mask.interpolation(self.at);
        self.at += 2;
        let mut depth = 1_usize;
        while self.at < self.bytes.len() && 0 < depth && self.byte(0) != b'\n' {
            match self.byte(0) {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Whether something that is a value stands before, so that an operator is meant.
    fn is_after_value(&self) -> bool {
        let Some(last) = self.tokens.last() else { return false };
        let is_apart = last.span.end < self.at;
        match last.kind {
            TokenKind::Word => !is_apart || matches!(self.byte(1), b' ' | b'='),
            TokenKind::Number | TokenKind::Close | TokenKind::Text(_) | TokenKind::Symbol(_) => true,
            _ => false,
        }
    }

    fn is_percent_literal(&self) -> bool {
        let is_opening = |it: u8| matches!(it, b'(' | b'[' | b'{' | b'<' | b'|' | b'!' | b'/');
        let kinds = b"wWiIqQr";
        !self.is_after_value()
            && (is_opening(self.byte(1)) || kinds.contains(&self.byte(1)) && is_opening(self.byte(2)))
    }

    fn percent(&mut self, start: usize) {
        let kind = self.byte(1);
        self.at += if kind.is_ascii_alphabetic() { 2 } else { 1 };
        let open = self.byte(0);
        let close = match open {
            b'(' => b')',
            b'[' => b']',
            b'{' => b'}',
            b'<' => b'>',
            other => other,
        };
        self.at += 1;
        let nests = (open != close).then_some(open);
        let literal = self.content(start, nests, close, matches!(kind, b'q' | b'w' | b'i'));
        let kind = match kind {
            b'w' | b'W' => TokenKind::Words { content: literal.content, is_symbols: false },
            b'i' | b'I' => TokenKind::Words { content: literal.content, is_symbols: true },
            b'r' => TokenKind::Number,
            _ => TokenKind::Text(literal),
        };
        self.push(kind, start);
    }

    fn opens_regex(&self) -> bool {
        !self.is_after_value()
    }

    fn regex(&mut self, start: usize) {
        self.at += 1;
        while self.at < self.bytes.len() && !matches!(self.byte(0), b'/' | b'\n') {
            self.at += if self.byte(0) == b'\\' { 2 } else { 1 };
        }
        self.at = self.at.min(self.bytes.len());
        if self.byte(0) == b'/' {
            self.at += 1;
        }
        while self.byte(0).is_ascii_lowercase() {
            self.at += 1;
        }
        self.push(TokenKind::Number, start);
    }

    /// `<<~SQL`, `<<-SQL` and `<<SQL`; nothing where something else stands.
    fn heredoc(&mut self, start: usize) -> bool {
        if self.byte(1) != b'<' || MOST_HEREDOCS <= self.heredocs.len() {
            return false;
        }
        let has_mark = matches!(self.byte(2), b'~' | b'-');
        let mut at = self.at + if has_mark { 3 } else { 2 };
        let quote = self.bytes.get(at).copied().filter(|it| matches!(it, b'\'' | b'"'));
        at += usize::from(quote.is_some());
        let rest = self.bytes.get(at..).unwrap_or_default();
        let length = rest.iter().position(|it| !(it.is_ascii_alphanumeric() || *it == b'_')).unwrap_or(rest.len());
        let tag = rest.get(..length).unwrap_or_default();
        let is_plain = tag.first().is_some_and(u8::is_ascii_uppercase) && !self.is_after_number();
        if tag.is_empty() || !has_mark && !is_plain || quote.is_some_and(|it| rest.get(length) != Some(&it)) {
            return false;
        }
        let tag = tag.to_vec();
        self.at = at + length + usize::from(quote.is_some());
        let token = self.tokens.len();
        let literal = Literal { content: Span::new(self.at, self.at), is_templated: false, is_torn: false };
        self.push(TokenKind::Text(literal), start);
        self.heredocs.push(Heredoc { token, tag, is_raw: quote == Some(b'\'') });
        true
    }

    fn is_after_number(&self) -> bool {
        self.tokens.last().is_some_and(|it| matches!(it.kind, TokenKind::Number | TokenKind::Close))
    }

    /// The lines up to the one that is the tag alone.
    fn heredoc_text(&mut self, heredoc: &Heredoc) {
        let start = self.at;
        let mut content_end = self.at;
        let mut is_templated = false;
        let mut is_closed = false;
        self.mask.open();
        while self.at < self.bytes.len() && !is_closed {
            let line_start = self.at;
            self.skip_line();
            let line = self.bytes.get(line_start..self.at).unwrap_or_default();
            is_closed = line.trim_ascii() == heredoc.tag;
            if !is_closed {
                is_templated |= !heredoc.is_raw && self.heredoc_line(line_start);
                content_end = self.at;
            }
            self.at = (self.at + 1).min(self.bytes.len());
        }
        if !is_closed {
            self.problems.push(Problem::new(Span::new(start, self.at), "the heredoc is not closed"));
        }
        if let Some(token) = self.tokens.get_mut(heredoc.token) {
            let content = Span::new(start, content_end);
            token.kind = TokenKind::Text(Literal { content, is_templated, is_torn: false });
        }
    }

    /// Whether something in the line that ends here is filled in at run time.
    fn heredoc_line(&mut self, start: usize) -> bool {
        let line = self.bytes.get(start..self.at).unwrap_or_default();
        let mut is_templated = false;
        let mut at = 0;
        while let Some(found) = line.get(at..).and_then(|it| memchr::memchr2(b'\\', b'#', it)) {
            at += found;
            match (line.get(at), line.get(at + 1)) {
                (Some(b'\\'), Some(_)) => {
                    self.mask.escape(start + at);
                    at += 1;
                }
                (Some(b'#'), Some(b'{')) => {
                    self.mask.interpolation(start + at);
                    is_templated = true;
                }
                _ => {}
            }
            at += 1;
        }
        is_templated
    }
}
