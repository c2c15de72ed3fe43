//! Statements of host languages.

use super::Parser;
use crate::formats::ddl::host::token::TokenKind;
use crate::formats::ddl::host::{Call, DEEPEST, Language, Node, NodeKind, Value, ValueKind};

/// Words of Ruby after which the body of the one before ends.
const PARTS: [&str; 7] = ["else", "elsif", "when", "in", "rescue", "ensure", "then"];

impl Parser<'_> {
    /// Statements up to what ends the block that they stand in, which is left.
    pub(super) fn statements(&mut self) -> Vec<Node> {
        let mut nodes = Vec::new();
        if DEEPEST <= self.depth {
            let start = self.here();
            self.skip_block();
            let other = Value { span: self.since(start), kind: ValueKind::Other };
            return vec![Node { span: other.span, kind: NodeKind::Value(other) }];
        }
        loop {
            while matches!(self.kind(), Some(TokenKind::Newline | TokenKind::Indent)) {
                self.at += 1;
            }
            let ends = match self.kind() {
                None | Some(TokenKind::Dedent | TokenKind::Close) => true,
                Some(TokenKind::Word) => self.language == Language::Ruby && self.text_at(0) == "end",
                Some(_) => false,
            };
            if ends {
                return nodes;
            }
            let from = self.at;
            nodes.extend(self.statement());
            if self.at == from {
                self.at += 1;
            }
        }
    }

    /// Moves over a block that lies too deep, up to what ends it.
    fn skip_block(&mut self) {
        let mut depth = 0_usize;
        while let Some(kind) = self.kind() {
            let word = if kind == TokenKind::Word { self.text_at(0) } else { "" };
            let opens = matches!(kind, TokenKind::Open(_) | TokenKind::Indent)
                || self.language == Language::Ruby
                    && matches!(word, "do" | "def" | "class" | "module" | "begin" | "case");
            let closes = matches!(kind, TokenKind::Close | TokenKind::Dedent)
                || self.language == Language::Ruby && word == "end";
            if closes && depth == 0 {
                return;
            }
            depth = if opens { depth + 1 } else { depth - usize::from(closes) };
            self.at += 1;
        }
    }

    fn statement(&mut self) -> Option<Node> {
        let start = self.here();
        let word = if self.kind() == Some(TokenKind::Word) { self.text_at(0) } else { "" };
        let kind = match (self.language, word) {
            (Language::Ruby, "class" | "module") => self.ruby_class(),
            (Language::Ruby, "def") => self.ruby_routine(),
            (Language::Ruby, "if" | "unless" | "while" | "until" | "case" | "for" | "begin") => self.ruby_branch(),
            // The parts of a branch that a body was read through to.
            (Language::Ruby, it) if PARTS.contains(&it) => {
                self.at += 1;
                if !matches!(it, "else" | "ensure" | "then") {
                    self.skip_head();
                }
                return None;
            }
            (Language::Python, "class") => self.python_class(),
            (Language::Python, "def") => self.python_routine(),
            (Language::Python, "async") => {
                self.at += 1;
                return None;
            }
            (Language::Python, "import" | "from" | "pass" | "global" | "nonlocal" | "assert" | "del") => {
                self.skip_line();
                return None;
            }
            (
                Language::Python,
                "if" | "elif" | "else" | "for" | "while" | "with" | "try" | "except" | "finally" | "match",
            ) => self.python_branch(),
            (Language::Python, "return" | "raise")
            | (Language::Ruby, "return" | "raise" | "yield" | "next" | "break") => {
                return Some(self.leaving(start));
            }
            (Language::Python, _) if self.at_sign("@") => {
                self.skip_line();
                return None;
            }
            _ => self.simple(),
        };
        let node = Node { span: self.since(start), kind };
        Some(if self.language == Language::Ruby { self.modified(node) } else { node })
    }

    fn skip_line(&mut self) {
        while !matches!(self.kind(), None | Some(TokenKind::Newline)) {
            self.skip_unit();
        }
    }

    /// The condition of a part of a branch.
    fn skip_head(&mut self) {
        while !matches!(self.kind(), None | Some(TokenKind::Newline)) && !self.at_word("then") {
            self.skip_unit();
        }
    }

    /// `raise X` and `return`.
    fn leaving(&mut self, start: usize) -> Node {
        let name = self.name();
        let mut arguments = Vec::new();
        if !self.ends_a_value() {
            arguments = self.arguments();
        }
        let call = Call { receiver: None, name, arguments, block: None, is_called: true };
        let value = Value { span: self.since(start), kind: ValueKind::Call(Box::new(call)) };
        let node = Node { span: value.span, kind: NodeKind::Value(value) };
        if self.language == Language::Ruby { self.modified(node) } else { node }
    }

    /// An assignment or a value.
    fn simple(&mut self) -> NodeKind {
        let is_word = self.kind() == Some(TokenKind::Word);
        if let (true, Some(name)) = (is_word, self.peek(0)) {
            let is_assigned = self.peek(1).is_some_and(|it| it.kind == TokenKind::Sign)
                && matches!(self.text_at(1), "=" | "||=" | "+=" | ":=");
            if is_assigned {
                self.at += 2;
                return NodeKind::Assign { name: name.span, value: self.value() };
            }
            let is_annotated = self.language == Language::Python
                && self.peek(1).is_some_and(|it| it.kind == TokenKind::Sign)
                && self.text_at(1) == ":";
            if is_annotated {
                self.at += 2;
                while !matches!(self.kind(), None | Some(TokenKind::Newline)) && !self.at_sign("=") {
                    self.skip_unit();
                }
                self.eat_sign("=");
                return NodeKind::Assign { name: name.span, value: self.value() };
            }
        }
        let value = self.value();
        if self.eat_sign("=") || self.eat_sign("=>") || self.eat_sign(":") {
            // An attribute or an element is set.
            let start = value.span.start;
            self.value();
            return NodeKind::Value(Value { span: self.since(start), kind: ValueKind::Other });
        }
        NodeKind::Value(value)
    }

    /// `x if y`: the statement with the condition behind it.
    fn modified(&mut self, node: Node) -> Node {
        let start = node.span.start;
        let mut node = node;
        for _ in 0..4 {
            let is_modified = ["if", "unless", "while", "until", "rescue"].iter().any(|it| self.at_word(it));
            if !is_modified {
                break;
            }
            self.at += 1;
            let head = vec![self.value()];
            node = Node { span: self.since(start), kind: NodeKind::Branch { head, body: vec![node] } };
        }
        if !matches!(self.kind(), None | Some(TokenKind::Newline | TokenKind::Close | TokenKind::Dedent))
            && !self.at_word("end")
            && !PARTS.iter().any(|it| self.at_word(it))
        {
            // What nobody here understands makes the whole line so.
            let from = self.at;
            while !matches!(self.kind(), None | Some(TokenKind::Newline | TokenKind::Close)) && !self.at_word("end") {
                self.skip_unit();
            }
            if from < self.at {
                let other = Value { span: self.since(start), kind: ValueKind::Other };
                node = Node { span: other.span, kind: NodeKind::Value(other) };
            }
        }
        node
    }

    fn ruby_class(&mut self) -> NodeKind {
        self.at += 1;
        let mut bases = Vec::new();
        if self.eat_sign("<<") {
            self.value();
        } else {
            while matches!(self.kind(), Some(TokenKind::Word)) || self.at_sign("::") {
                self.at += 1;
            }
            if self.eat_sign("<") {
                bases.push(self.value());
            }
        }
        let body = self.nested();
        self.eat_end();
        NodeKind::Class { bases, body }
    }

    fn eat_end(&mut self) {
        if self.at_word("end") {
            self.at += 1;
        }
    }

    fn ruby_routine(&mut self) -> NodeKind {
        self.at += 1;
        let mut name = self.name();
        while self.eat_sign(".") {
            name = self.name();
        }
        if self.at_open(b'(') {
            self.skip_unit();
        }
        if self.eat_sign("=") {
            let start = self.here();
            let value = self.value();
            let body = vec![Node { span: self.since(start), kind: NodeKind::Value(value) }];
            return NodeKind::Routine { name, body };
        }
        let body = self.nested();
        self.eat_end();
        NodeKind::Routine { name, body }
    }

    fn ruby_branch(&mut self) -> NodeKind {
        let has_head = !self.at_word("begin");
        self.at += 1;
        let mut head = Vec::new();
        if has_head && self.kind() != Some(TokenKind::Newline) {
            let kept = std::mem::replace(&mut self.keeps_do, true);
            head.push(self.value());
            self.keeps_do = kept;
            self.skip_head();
            if self.at_word("then") {
                self.at += 1;
            }
        }
        let body = self.nested();
        self.eat_end();
        NodeKind::Branch { head, body }
    }

    fn python_class(&mut self) -> NodeKind {
        self.at += 2;
        let mut bases = Vec::new();
        if self.at_open(b'(') {
            bases = self.bracketed().into_iter().map(|it| it.value).collect();
        }
        NodeKind::Class { bases, body: self.suite() }
    }

    fn python_routine(&mut self) -> NodeKind {
        self.at += 1;
        let name = self.name();
        while !matches!(self.kind(), None | Some(TokenKind::Newline)) && !self.at_sign(":") {
            self.skip_unit();
        }
        NodeKind::Routine { name, body: self.suite() }
    }

    fn python_branch(&mut self) -> NodeKind {
        self.at += 1;
        let mut head = Vec::new();
        while !matches!(self.kind(), None | Some(TokenKind::Newline)) && !self.at_sign(":") {
            let from = self.at;
            head.push(self.value());
            if self.at_word("as") || self.kind() == Some(TokenKind::Comma) {
                self.at += 1;
            }
            self.at += usize::from(self.at == from);
        }
        NodeKind::Branch { head, body: self.suite() }
    }

    /// The body behind a colon: on the same line, or further in.
    fn suite(&mut self) -> Vec<Node> {
        self.eat_sign(":");
        if self.kind() != Some(TokenKind::Newline) {
            if DEEPEST <= self.depth {
                self.skip_line();
                return Vec::new();
            }
            self.depth += 1;
            let body: Vec<Node> = self.statement().into_iter().collect();
            self.depth -= 1;
            return body;
        }
        self.at += 1;
        if self.kind() != Some(TokenKind::Indent) {
            return Vec::new();
        }
        self.at += 1;
        let body = self.nested();
        if self.kind() == Some(TokenKind::Dedent) {
            self.at += 1;
        }
        body
    }
}
