//! Values and calls out of tokens.

mod statement;

use super::token::{Token, TokenKind};
use super::{Argument, Block, Call, DEEPEST, Language, Literal, Node, Value, ValueKind};
use crate::model::Span;

/// How many calls may follow each other on one value: `a.b.c`.
const LONGEST_CHAIN: usize = 32;

/// Words of Ruby that begin no argument.
const NO_ARGUMENTS: [&str; 17] = [
    "if", "unless", "while", "until", "do", "end", "and", "or", "then", "rescue", "in", "else", "elsif", "when",
    "ensure", "is", "not",
];

pub(super) struct Parser<'a> {
    source: &'a str,
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    language: Language,
    /// `do` belongs to the call further out.
    keeps_do: bool,
}

impl<'a> Parser<'a> {
    pub(super) fn new(source: &'a str, tokens: &'a [Token], language: Language) -> Self {
        Self { source, tokens, at: 0, depth: 0, language, keeps_do: false }
    }

    /// Everything.
    pub(super) fn whole(mut self) -> Vec<Node> {
        let mut nodes = Vec::new();
        while self.at < self.tokens.len() {
            nodes.extend(self.statements());
            // An `end` without a beginning.
            self.at += 1;
        }
        nodes
    }

    fn peek(&self, ahead: usize) -> Option<Token> {
        self.tokens.get(self.at + ahead).copied()
    }

    fn kind(&self) -> Option<TokenKind> {
        self.peek(0).map(|it| it.kind)
    }

    fn text(&self, span: Span) -> &'a str {
        self.source.get(span.start..span.end).unwrap_or_default()
    }

    fn text_at(&self, ahead: usize) -> &'a str {
        self.peek(ahead).map_or("", |it| self.text(it.span))
    }

    fn at_word(&self, word: &str) -> bool {
        self.kind() == Some(TokenKind::Word) && self.text_at(0) == word
    }

    fn at_sign(&self, sign: &str) -> bool {
        self.kind() == Some(TokenKind::Sign) && self.text_at(0) == sign
    }

    fn at_open(&self, open: u8) -> bool {
        self.kind() == Some(TokenKind::Open(open))
    }

    fn eat_sign(&mut self, sign: &str) -> bool {
        let found = self.at_sign(sign);
        self.at += usize::from(found);
        found
    }

    fn here(&self) -> usize {
        self.peek(0).map_or(self.source.len(), |it| it.span.start)
    }

    /// Where the token that was taken last ends.
    fn behind(&self) -> usize {
        self.at.checked_sub(1).and_then(|it| self.tokens.get(it)).map_or(0, |it| it.span.end)
    }

    fn since(&self, start: usize) -> Span {
        Span::new(start, self.behind())
    }

    fn skip_newlines(&mut self) {
        while matches!(self.kind(), Some(TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent)) {
            self.at += 1;
        }
    }

    /// Whether the next token stands right behind the last one.
    fn is_glued(&self) -> bool {
        self.here() == self.behind()
    }

    /// Takes the next token, or all up to the bracket that closes the one it opens.
    fn skip_unit(&mut self) {
        let mut depth = 0_usize;
        while let Some(kind) = self.kind() {
            match kind {
                TokenKind::Open(_) => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn ends_a_value(&self) -> bool {
        match self.kind() {
            None | Some(TokenKind::Newline | TokenKind::Comma | TokenKind::Close | TokenKind::Indent) => true,
            Some(TokenKind::Dedent) => true,
            Some(TokenKind::Word) => {
                let word = self.text_at(0);
                match self.language {
                    Language::Ruby => matches!(word, "do" | "if" | "unless" | "end" | "then" | "rescue" | "while"),
                    Language::Python => word == "as",
                }
            }
            Some(TokenKind::Sign) => matches!(self.text_at(0), "=>" | ":"),
            Some(_) => false,
        }
    }

    /// A value with what operators make of it.
    fn value(&mut self) -> Value {
        let start = self.here();
        let first = self.at;
        if DEEPEST <= self.depth {
            self.skip_unit();
            return Value { span: self.since(start), kind: ValueKind::Other };
        }
        self.depth += 1;
        let mut value = self.postfix();
        self.depth -= 1;
        if !self.ends_a_value() {
            while !self.ends_a_value() {
                self.skip_unit();
            }
            value = Value { span: self.since(start), kind: ValueKind::Other };
        }
        if self.at == first && self.at < self.tokens.len() {
            self.at += 1;
        }
        value
    }

    fn postfix(&mut self) -> Value {
        let start = self.here();
        let mut value = self.primary();
        for _ in 0..LONGEST_CHAIN {
            if self.at_sign(".") || self.at_sign("&.") || self.at_sign("::") && self.language == Language::Ruby {
                self.at += 1;
                if !matches!(self.kind(), Some(TokenKind::Word | TokenKind::Label)) {
                    break;
                }
                let name = self.name();
                value = self.call(start, Some(value), name);
            } else if self.at_open(b'[') && self.is_glued() {
                let name = self.tokens.get(self.at).map_or(Span::default(), |it| it.span);
                let arguments = self.bracketed();
                let call = Call { receiver: Some(value), name, arguments, block: None, is_called: true };
                value = Value { span: self.since(start), kind: ValueKind::Call(Box::new(call)) };
            } else {
                break;
            }
        }
        value
    }

    /// The name that comes next; of `key:` only the word.
    fn name(&mut self) -> Span {
        let Some(token) = self.peek(0) else { return Span::default() };
        self.at += 1;
        token.span
    }

    fn primary(&mut self) -> Value {
        let start = self.here();
        let Some(token) = self.peek(0) else { return Value { span: Span::new(start, start), kind: ValueKind::Other } };
        let kind = match token.kind {
            TokenKind::Text(literal) => self.take(ValueKind::Text(literal)),
            TokenKind::Symbol(content) => self.take(ValueKind::Symbol(content)),
            TokenKind::Words { content, is_symbols } => {
                let words = self.words(content, is_symbols);
                self.take(ValueKind::List(words))
            }
            TokenKind::Number => self.take(ValueKind::Number),
            TokenKind::Open(b'[') => self.list(),
            TokenKind::Open(b'{') => {
                let entries = self.bracketed();
                ValueKind::Pairs(entries)
            }
            TokenKind::Open(_) => self.round(),
            TokenKind::Sign if self.at_sign("->") && self.language == Language::Ruby => self.lambda(),
            TokenKind::Sign if self.at_sign("-") => {
                self.at += 1;
                if self.kind() == Some(TokenKind::Number) { self.take(ValueKind::Number) } else { ValueKind::Other }
            }
            TokenKind::Sign if self.at_sign("::") && self.language == Language::Ruby => {
                self.at += 1;
                return self.postfix_name(start);
            }
            TokenKind::Word => return self.postfix_name(start),
            _ => ValueKind::Other,
        };
        Value { span: self.since(start), kind }
    }

    fn take(&mut self, kind: ValueKind) -> ValueKind {
        self.at += 1;
        kind
    }

    fn words(&self, content: Span, is_symbols: bool) -> Vec<Value> {
        let text = self.text(content);
        let mut words = Vec::new();
        for word in text.split_ascii_whitespace() {
            let offset = (word.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
            let span = Span::new(content.start + offset, content.start + offset + word.len());
            let literal = Literal { content: span, is_templated: word.contains("#{"), is_torn: false };
            let kind = if is_symbols { ValueKind::Symbol(span) } else { ValueKind::Text(literal) };
            words.push(Value { span, kind });
        }
        words
    }

    fn postfix_name(&mut self, start: usize) -> Value {
        let kind = match (self.language, self.text_at(0)) {
            (Language::Ruby, "true") | (Language::Python, "True") => ValueKind::True,
            (Language::Ruby, "false") | (Language::Python, "False") => ValueKind::False,
            (Language::Ruby, "nil") | (Language::Python, "None") => ValueKind::Null,
            (Language::Python, "lambda" | "not" | "await" | "yield") => {
                self.at += 1;
                while !matches!(self.kind(), None | Some(TokenKind::Newline | TokenKind::Comma | TokenKind::Close)) {
                    self.skip_unit();
                }
                return Value { span: self.since(start), kind: ValueKind::Other };
            }
            (Language::Ruby, "lambda" | "proc") => {
                self.at += 1;
                let block = self.block();
                let kind = ValueKind::Lambda(block.map(|it| it.body).unwrap_or_default());
                return Value { span: self.since(start), kind };
            }
            (Language::Ruby, "not") => ValueKind::Other,
            _ => {
                let name = self.name();
                return self.call(start, None, name);
            }
        };
        self.at += 1;
        Value { span: self.since(start), kind }
    }

    /// A call from behind its name.
    fn call(&mut self, start: usize, receiver: Option<Value>, name: Span) -> Value {
        let mut call = Call { receiver, name, arguments: Vec::new(), block: None, is_called: false };
        if self.at_open(b'(') && (self.is_glued() || self.language == Language::Python) {
            call.is_called = true;
            call.arguments = self.bracketed();
        } else if self.language == Language::Ruby && self.begins_arguments() {
            call.is_called = true;
            let kept = std::mem::replace(&mut self.keeps_do, true);
            call.arguments = self.arguments();
            self.keeps_do = kept;
        }
        let is_constant = self.text(name).starts_with(|it: char| it.is_ascii_uppercase());
        let takes_braces = self.at_open(b'{') && !is_constant;
        if self.language == Language::Ruby && (takes_braces || self.at_word("do") && !self.keeps_do) {
            call.is_called = true;
            call.block = self.block();
        }
        Value { span: self.since(start), kind: ValueKind::Call(Box::new(call)) }
    }

    /// Whether arguments without brackets follow the name that was taken last.
    fn begins_arguments(&self) -> bool {
        let Some(token) = self.peek(0) else { return false };
        if self.is_glued() || self.depth + 1 >= DEEPEST {
            return false;
        }
        match token.kind {
            TokenKind::Text(_) | TokenKind::Symbol(_) | TokenKind::Label | TokenKind::Number => true,
            TokenKind::Words { .. } | TokenKind::Open(b'[' | b'(') => true,
            TokenKind::Word => !NO_ARGUMENTS.contains(&self.text_at(0)),
            TokenKind::Sign => {
                let is_before_value = self.peek(1).is_some_and(|it| it.span.start == token.span.end);
                matches!(self.text_at(0), "->" | "::")
                    || is_before_value && matches!(self.text_at(0), "*" | "**" | "&" | "-" | "!")
            }
            _ => false,
        }
    }

    /// Arguments without brackets.
    fn arguments(&mut self) -> Vec<Argument> {
        let mut arguments = Vec::new();
        loop {
            arguments.push(self.argument());
            if self.kind() != Some(TokenKind::Comma) {
                return arguments;
            }
            self.at += 1;
            self.skip_newlines();
        }
    }

    /// What stands between brackets, which are taken.
    fn bracketed(&mut self) -> Vec<Argument> {
        let mut arguments = Vec::new();
        if DEEPEST <= self.depth {
            self.skip_unit();
            return arguments;
        }
        self.depth += 1;
        let kept = std::mem::replace(&mut self.keeps_do, false);
        self.at += 1;
        self.skip_newlines();
        while let Some(kind) = self.kind() {
            match kind {
                TokenKind::Close => break,
                TokenKind::Comma | TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent => self.at += 1,
                _ => {
                    arguments.push(self.argument());
                    self.rest_of_argument(&mut arguments);
                }
            }
        }
        self.at = (self.at + 1).min(self.tokens.len());
        self.keeps_do = kept;
        self.depth -= 1;
        arguments
    }

    /// What follows a value that no reader understands belongs to it.
    fn rest_of_argument(&mut self, arguments: &mut [Argument]) {
        let from = self.at;
        while !matches!(self.kind(), None | Some(TokenKind::Comma | TokenKind::Close | TokenKind::Newline)) {
            self.skip_unit();
        }
        if from < self.at
            && let Some(last) = arguments.last_mut()
        {
            last.value = Value { span: Span::new(last.value.span.start, self.behind()), kind: ValueKind::Other };
        }
    }

    fn argument(&mut self) -> Argument {
        let Some(token) = self.peek(0) else { return Argument { key: None, value: self.value() } };
        if token.kind == TokenKind::Label {
            self.at += 1;
            let text = self.text(token.span).trim_end_matches(':');
            let quotes = usize::from(text.starts_with(['"', '\'']));
            let key = Span::new(token.span.start + quotes, token.span.start + text.len() - quotes.min(text.len()));
            self.skip_newlines();
            return Argument { key: Some(key), value: self.value() };
        }
        let is_keyword = token.kind == TokenKind::Word && self.language == Language::Python && {
            self.peek(1).is_some_and(|it| it.kind == TokenKind::Sign) && self.text_at(1) == "="
        };
        if is_keyword {
            self.at += 2;
            return Argument { key: Some(token.span), value: self.value() };
        }
        let is_splat = ["*", "**", "&", "!"].iter().any(|it| self.at_sign(it));
        if is_splat {
            let start = self.here();
            self.at += 1;
            self.value();
            return Argument { key: None, value: Value { span: self.since(start), kind: ValueKind::Other } };
        }
        let value = self.value();
        let arrow = match self.language {
            Language::Ruby => "=>",
            Language::Python => ":",
        };
        if self.eat_sign(arrow) {
            self.skip_newlines();
            let key = value.content().unwrap_or(value.span);
            return Argument { key: Some(key), value: self.value() };
        }
        Argument { key: None, value }
    }

    fn list(&mut self) -> ValueKind {
        let arguments = self.bracketed();
        // `[x for x in y]` is no list of values.
        let is_built = self.language == Language::Python
            && arguments.len() == 1
            && arguments.iter().any(|it| it.value.kind == ValueKind::Other);
        if is_built {
            return ValueKind::Other;
        }
        ValueKind::List(arguments.into_iter().map(|it| it.value).collect())
    }

    /// `(a)` is the value itself, `(a, b)` a list of Python.
    fn round(&mut self) -> ValueKind {
        let mut arguments = self.bracketed();
        let has_comma = self.at.checked_sub(2).and_then(|it| self.tokens.get(it)).map(|it| it.kind);
        match (arguments.len(), self.language) {
            (1, Language::Ruby) => arguments.pop().map_or(ValueKind::Other, |it| it.value.kind),
            (1, Language::Python) if has_comma != Some(TokenKind::Comma) => {
                arguments.pop().map_or(ValueKind::Other, |it| it.value.kind)
            }
            (_, Language::Python) => ValueKind::List(arguments.into_iter().map(|it| it.value).collect()),
            (_, Language::Ruby) => ValueKind::Other,
        }
    }

    fn lambda(&mut self) -> ValueKind {
        self.at += 1;
        if self.at_open(b'(') {
            self.skip_unit();
        }
        let block = self.block();
        ValueKind::Lambda(block.map(|it| it.body).unwrap_or_default())
    }

    /// `do |x| … end` or `{ |x| … }`.
    fn block(&mut self) -> Option<Block> {
        let is_do = self.at_word("do");
        if !is_do && !self.at_open(b'{') {
            return None;
        }
        self.at += 1;
        let mut parameter = None;
        if self.eat_sign("|") {
            parameter = self.peek(0).filter(|it| it.kind == TokenKind::Word).map(|it| it.span);
            while !self.at_sign("|") && !matches!(self.kind(), None | Some(TokenKind::Newline)) {
                self.at += 1;
            }
            self.eat_sign("|");
        }
        let kept = std::mem::replace(&mut self.keeps_do, false);
        let body = self.nested();
        self.keeps_do = kept;
        if is_do && self.at_word("end") || !is_do && self.kind() == Some(TokenKind::Close) {
            self.at += 1;
        }
        Some(Block { parameter, body })
    }

    /// Statements one level deeper.
    fn nested(&mut self) -> Vec<Node> {
        self.depth += 1;
        let nodes = self.statements();
        self.depth -= 1;
        nodes
    }
}
