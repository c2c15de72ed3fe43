//! Migrations of Rails.

mod column;
mod schema;

use std::collections::BTreeMap;

use super::build::{Bindings, Builder, bind, dynamic};
use super::host::{self, Call, Host, Language, Node, NodeKind, Value, ValueKind};
use super::{Migration, Reversal, Step};
use crate::formats::sql::Dialect;
use crate::model::Span;

/// How deep routines of the class may call each other.
const DEEPEST_CALL: usize = 4;
/// How many steps a migration may have; what goes on behind is noted as unparsed.
const MOST_STEPS: usize = 20_000;

/// Calls that ask nothing of the database.
const NEUTRAL: [&str; 22] = [
    "say",
    "puts",
    "p",
    "print",
    "warn",
    "raise",
    "return",
    "require",
    "require_relative",
    "include",
    "extend",
    "next",
    "break",
    "reset_column_information",
    "reset_sequence_name",
    "disable_ddl_transaction!",
    "attr_accessor",
    "private",
    "sleep",
    "with_lock_retries!",
    "verbose",
    "stop_on_error",
];
/// Calls whose block runs as it stands.
const WRAPPERS: [&str; 16] = [
    "say_with_time",
    "suppress_messages",
    "transaction",
    "with_lock_retries",
    "disable_statement_timeout",
    "each",
    "each_with_index",
    "each_pair",
    "each_key",
    "each_value",
    "each_slice",
    "times",
    "loop",
    "tap",
    "without_statement_timeout",
    "in_transaction",
];
/// Those of them that run it more or less often than once.
const LOOPS: [&str; 8] =
    ["each", "each_with_index", "each_pair", "each_key", "each_value", "each_slice", "times", "loop"];
/// Calls that hand SQL to the server.
const SQL_CALLS: [&str; 14] = [
    "execute",
    "exec_query",
    "exec_update",
    "exec_delete",
    "exec_insert",
    "select_all",
    "select_value",
    "select_values",
    "select_one",
    "select_rows",
    "exec",
    "insert",
    "update",
    "query",
];

/// Reads the migration in a file; nothing where it holds none.
#[must_use]
pub fn read(source: &str, dialect: Dialect) -> Option<Migration> {
    let host = host::read(source, Language::Ruby);
    let (base, body) = class(&host, &host.nodes)?;
    let bindings = bind(&host, &host.nodes);
    let mut reader = Reader::new(&host, dialect, &bindings, body);
    reader.version = version(&host, base);
    for node in body {
        let is_opt_out = matches!(&node.kind, NodeKind::Value(value) if value.as_call().is_some_and(|it| {
            host.text(it.name) == "disable_ddl_transaction!"
        }));
        if is_opt_out {
            reader.no_transaction = Some(node.span);
        }
    }
    let reversal = reader.routines(body);
    let Reader { version, up, down, no_transaction, .. } = reader;
    Some(Migration {
        version: version.map(|(major, minor)| format!("{major}.{minor}")),
        up,
        down,
        reversal,
        no_transaction,
        dependencies: Vec::new(),
        replaces: Vec::new(),
        comments: host.comments,
        problems: host.problems,
    })
}

/// The first class that rests on one of migrations.
fn class<'a>(host: &Host, nodes: &'a [Node]) -> Option<(&'a Value, &'a [Node])> {
    let mut open: Vec<&[Node]> = vec![nodes];
    while let Some(nodes) = open.pop() {
        for node in nodes {
            let NodeKind::Class { bases, body } = &node.kind else { continue };
            if let Some(base) = bases.first().filter(|it| host.text(it.span).contains("Migration")) {
                return Some((base, body));
            }
            open.push(body);
        }
    }
    None
}

/// `[7.1]` behind the base class.
fn version(host: &Host, base: &Value) -> Option<(u32, u32)> {
    let call = base.as_call()?;
    let (major, minor) = host.text(call.nth(0)?.span).split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// In which direction steps run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// Under what a step runs.
#[derive(Clone, Copy)]
struct Around {
    way: Way,
    assured: Option<Span>,
    condition: Option<Span>,
    calls: usize,
}

struct Reader<'a> {
    build: Builder<'a>,
    version: Option<(u32, u32)>,
    helpers: BTreeMap<&'a str, &'a [Node]>,
    no_transaction: Option<Span>,
    up: Vec<Step>,
    down: Vec<Step>,
}

impl<'a> Reader<'a> {
    fn new(host: &'a Host, dialect: Dialect, bindings: &'a Bindings<'a>, body: &'a [Node]) -> Self {
        let helpers = body.iter().filter_map(|it| match &it.kind {
            NodeKind::Routine { name, body } => Some((host.text(*name), body.as_slice())),
            _ => None,
        });
        Self {
            build: Builder { host, dialect, bindings },
            version: None,
            helpers: helpers.collect(),
            no_transaction: None,
            up: Vec::new(),
            down: Vec::new(),
        }
    }

    fn routines(&mut self, body: &'a [Node]) -> Reversal {
        let mut reversal = Reversal::Missing;
        for node in body {
            let NodeKind::Routine { name, body } = &node.kind else { continue };
            let (way, found) = match self.build.host.text(*name) {
                "change" => (Way::Up, Reversal::Derived),
                "up" => (Way::Up, reversal),
                "down" => (Way::Down, if is_refusal(self.build.host, body) { reversal } else { Reversal::Written }),
                _ => continue,
            };
            reversal = found;
            self.walk(body, Around { way, assured: None, condition: None, calls: 0 });
        }
        reversal
    }

    fn walk(&mut self, nodes: &'a [Node], around: Around) {
        for node in nodes {
            match &node.kind {
                NodeKind::Value(value) => self.value(value, around),
                NodeKind::Assign { value, .. } if is_plain(value) => {}
                NodeKind::Assign { value, .. } if value.kind == ValueKind::Other => {
                    self.push(dynamic(value.span), around);
                }
                NodeKind::Assign { value, .. } => self.value(value, around),
                NodeKind::Branch { head, body } => {
                    for value in head {
                        if self.may_write(value) {
                            self.push(dynamic(value.span), around);
                        }
                    }
                    let condition = head.first().map(|it| it.span).or(around.condition);
                    self.walk(body, Around { condition, ..around });
                }
                NodeKind::Class { .. } | NodeKind::Routine { .. } => {}
            }
        }
    }

    /// Whether a condition does more than ask.
    fn may_write(&self, value: &Value) -> bool {
        if value.as_call().is_some_and(|it| self.build.called(it).ends_with('?')) {
            return false;
        }
        let text = self.build.host.text(value.span);
        ["exec", "update", "delete", "insert", "create", "drop"].iter().any(|it| text.contains(it))
    }

    fn value(&mut self, value: &'a Value, around: Around) {
        match &value.kind {
            ValueKind::Call(call) => self.call(call, value.span, around),
            ValueKind::Other => self.push(Step::unknown(value.span), around),
            _ => {}
        }
    }

    fn push(&mut self, mut step: Step, around: Around) {
        step.assured = around.assured;
        step.condition = around.condition;
        let steps = if around.way == Way::Up { &mut self.up } else { &mut self.down };
        if steps.len() < MOST_STEPS {
            steps.push(step);
        } else if let Some(last) = steps.last_mut() {
            last.statement.unparsed.push(step.statement.span);
            last.statement.unparsed.truncate(MOST_STEPS);
        }
    }

    fn call(&mut self, call: &'a Call, span: Span, around: Around) {
        let name = self.build.called(call);
        if self.flow(call, name, around) {
            return;
        }
        if SQL_CALLS.contains(&name) && (call.receiver.is_none() || self.is_connection(call)) {
            let steps = call.nth(0).map_or_else(|| vec![dynamic(span)], |it| self.build.sql(it));
            return steps.into_iter().for_each(|it| self.push(it, around));
        }
        if call.receiver.is_some() && !self.is_connection(call) {
            return self.push(dynamic(span), around);
        }
        if let Some(step) = self.schema(call, name, span) {
            return self.push(step, around);
        }
        match self.helpers.get(name).copied() {
            Some(body) if around.calls < DEEPEST_CALL && self.up.len() + self.down.len() < MOST_STEPS => {
                self.walk(body, Around { calls: around.calls + 1, ..around });
            }
            _ if call.is_called || call.receiver.is_none() => self.push(Step::unknown(span), around),
            _ => {}
        }
    }

    /// Calls that hold others, or ask nothing of the database.
    fn flow(&mut self, call: &'a Call, name: &str, around: Around) -> bool {
        let body = call.block.as_ref().map(|it| it.body.as_slice());
        if NEUTRAL.contains(&name) || name.ends_with('?') {
            return true;
        }
        let Some(body) = body else { return false };
        let inside = match name {
            "safety_assured" => Around { assured: Some(call.name), ..around },
            "up" if call.receiver.is_some() => Around { way: Way::Up, ..around },
            "down" if call.receiver.is_some() => Around { way: Way::Down, ..around },
            "up_only" => Around { way: Way::Up, ..around },
            "reversible" => around,
            _ if WRAPPERS.contains(&name) && !self.is_model(call) => {
                let is_loop = LOOPS.contains(&name);
                Around { condition: if is_loop { Some(call.name) } else { around.condition }, ..around }
            }
            _ => return false,
        };
        self.walk(body, inside);
        true
    }

    /// Whether rows are gone through, rather than a list in the migration.
    fn is_model(&self, call: &Call) -> bool {
        let Some(receiver) = call.receiver.as_ref() else { return false };
        let is_constant = |it: &str| it.starts_with(|it: char| it.is_ascii_uppercase());
        let text = self.build.host.text(receiver.span);
        is_constant(text)
            && text.contains('.')
            && !text.ends_with("connection")
            && self.build.called(call) != "transaction"
    }

    /// Whether the receiver is the migration itself or its connection.
    fn is_connection(&self, call: &Call) -> bool {
        call.receiver.as_ref().is_some_and(|it| {
            let text = self.build.host.text(it.span);
            text == "self" || text.ends_with("connection") || text == "ActiveRecord::Base" || text == "conn"
        })
    }
}

/// A value that asks nothing.
fn is_plain(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Call(call) => !call.is_called && call.receiver.is_none(),
        ValueKind::Other => false,
        _ => true,
    }
}

/// Whether a way down says that there is none.
fn is_refusal(host: &Host, body: &[Node]) -> bool {
    matches!(body, [node] if host.text(node.span).starts_with("raise") && host.text(node.span).contains("Irreversible"))
}
