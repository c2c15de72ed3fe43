//! Calls and literals of a host language, read without running anything.
//!
//! A reader of migrations asks for little of Ruby or Python: which calls stand where, with which literals. So the
//! reader here is tolerant: what is no call, no literal and no block becomes [`ValueKind::Other`] at its place. It never
//! fails, its time is linear in the length of the text, and what lies deeper than [`DEEPEST`] is not read.

mod parse;
mod python;
mod ruby;
mod token;

use crate::formats::problem::Problem;
use crate::model::Span;

use parse::Parser;
use token::Lexed;

/// How deep values and blocks may lie in each other.
const DEEPEST: usize = 48;

/// The languages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Language {
    Ruby,
    Python,
}

/// A text, read.
#[derive(Debug)]
pub(super) struct Host {
    /// The text with the same offsets, in which literals stand as they mean: see [`token::Mask`].
    pub(super) masked: String,
    pub(super) nodes: Vec<Node>,
    pub(super) comments: Vec<Span>,
    pub(super) problems: Vec<Problem>,
}

/// One statement of the host language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) kind: NodeKind,
}

/// What a statement is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum NodeKind {
    /// `class X < Y`, `class X(Y):`, `module X`
    Class {
        bases: Vec<Value>,
        body: Vec<Node>,
    },
    /// `def x`
    Routine {
        name: Span,
        body: Vec<Node>,
    },
    /// `if`, `case`, loops, `begin`, `try`, `with`; also a statement with `if` behind it.
    Branch {
        head: Vec<Value>,
        body: Vec<Node>,
    },
    /// `X = value`
    Assign {
        name: Span,
        value: Value,
    },
    Value(Value),
}

/// A value at its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Value {
    pub(super) span: Span,
    pub(super) kind: ValueKind,
}

/// What a value is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum ValueKind {
    /// A literal; the content is what stands between its quotes.
    Text(Literal),
    /// `:name` of Ruby, without the colon.
    Symbol(Span),
    Number,
    True,
    False,
    Null,
    List(Vec<Value>),
    /// A hash or a dictionary.
    Pairs(Vec<Argument>),
    /// A call, and also a bare name.
    Call(Box<Call>),
    /// `-> { … }`
    Lambda(Vec<Node>),
    Other,
}

/// The content of a literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Literal {
    /// Where it stands, from the first quote's end to the last quote.
    pub(super) content: Span,
    /// A part of it is filled in at run time.
    pub(super) is_templated: bool,
    /// Two literals meet within a word, so that the text cannot be read in place.
    pub(super) is_torn: bool,
}

/// A call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Call {
    pub(super) receiver: Option<Value>,
    pub(super) name: Span,
    pub(super) arguments: Vec<Argument>,
    pub(super) block: Option<Block>,
    /// Whether something says that it is a call: brackets, arguments or a block.
    pub(super) is_called: bool,
}

/// An argument, or an entry of a hash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Argument {
    pub(super) key: Option<Span>,
    pub(super) value: Value,
}

/// A block behind a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Block {
    /// The name of its first parameter.
    pub(super) parameter: Option<Span>,
    pub(super) body: Vec<Node>,
}

/// Reads a text.
pub(super) fn read(source: &str, language: Language) -> Host {
    let lexed = match language {
        Language::Ruby => ruby::lex(source),
        Language::Python => python::lex(source),
    };
    let Lexed { tokens, masked, comments, problems } = lexed;
    let nodes = Parser::new(source, &tokens, language).whole();
    Host { masked, nodes, comments, problems }
}

impl Host {
    /// The text at a place, as it means.
    pub(super) fn text(&self, span: Span) -> &str {
        self.masked.get(span.start..span.end).unwrap_or_default()
    }
}

impl Value {
    pub(super) fn as_call(&self) -> Option<&Call> {
        match &self.kind {
            ValueKind::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The items of a list; the value alone where it is none.
    pub(super) fn items(&self) -> &[Value] {
        match &self.kind {
            ValueKind::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    pub(super) fn is_true(&self) -> bool {
        self.kind == ValueKind::True
    }

    /// The content of a literal or a symbol.
    pub(super) fn content(&self) -> Option<Span> {
        match self.kind {
            ValueKind::Text(literal) => Some(literal.content),
            ValueKind::Symbol(content) => Some(content),
            _ => None,
        }
    }
}

impl Call {
    /// The arguments without a key, in order.
    pub(super) fn positional(&self) -> impl Iterator<Item = &Value> {
        self.arguments.iter().filter(|it| it.key.is_none()).map(|it| &it.value)
    }

    pub(super) fn nth(&self, index: usize) -> Option<&Value> {
        self.positional().nth(index)
    }
}
