//! Migrations of Django.

mod field;
mod index;
mod operation;
mod state;

use super::build::{Builder, bind, dynamic};
use super::host::{self, Host, Language, Node, NodeKind, Value, ValueKind};
use super::{Migration, MigrationRef, Reversal, Step};
use crate::formats::sql::Dialect;
use crate::model::Span;

pub use state::DjangoState;

use state::Stored;

/// How deep lists of operations may lie in each other.
const DEEPEST_LIST: usize = 4;

/// Reads the migration in a file; nothing where it holds none. The state is that of the app before the migration,
/// and becomes the one after it.
#[must_use]
pub fn read(source: &str, dialect: Dialect, state: &mut DjangoState) -> Option<Migration> {
    let host = host::read(source, Language::Python);
    let body = host.nodes.iter().find_map(|node| match &node.kind {
        NodeKind::Class { bases, body } => {
            bases.iter().any(|it| host.text(it.span).ends_with("Migration")).then_some(body.as_slice())
        }
        _ => None,
    })?;
    let bindings = bind(&host, &host.nodes);
    let build = Builder { host: &host, dialect, bindings: &bindings };
    let mut reader =
        Reader { build, state, up: Vec::new(), down: Vec::new(), is_one_way: false, is_silent: false, condition: None };
    let mut head = Head::default();
    reader.class(body, &mut head);
    let Reader { up, mut down, is_one_way, .. } = reader;
    down.reverse();
    let reversal = if is_one_way { Reversal::Missing } else { Reversal::Derived };
    let Host { comments, problems, .. } = host;
    let Head { no_transaction, dependencies, replaces } = head;
    Some(Migration { version: None, up, down, reversal, no_transaction, dependencies, replaces, comments, problems })
}

/// `[("app", "0001_initial"), …]`; dependencies on what settings choose are left out.
fn references<'a>(build: Builder<'a>, value: &'a Value) -> Vec<MigrationRef> {
    let mut found = Vec::new();
    for item in build.resolve(value).items() {
        let ValueKind::List(parts) = &item.kind else { continue };
        if let [app, name] = parts.as_slice()
            && let (Some(app), Some(name)) = (build.text(app), build.text(name))
        {
            found.push(MigrationRef { app: app.to_owned(), name: name.to_owned(), span: item.span });
        }
    }
    found
}

/// What a class says beside its operations.
#[derive(Default)]
struct Head {
    no_transaction: Option<Span>,
    dependencies: Vec<MigrationRef>,
    replaces: Vec<MigrationRef>,
}

struct Reader<'a, 's> {
    build: Builder<'a>,
    state: &'s mut DjangoState,
    up: Vec<Step>,
    /// The last one first.
    down: Vec<Step>,
    is_one_way: bool,
    /// Only the state changes.
    is_silent: bool,
    /// What the class asks before it has these operations.
    condition: Option<Span>,
}

impl<'a> Reader<'a, '_> {
    /// A list of operations.
    fn list(&mut self, value: &'a Value, depth: usize) {
        let value = self.build.resolve(value);
        match &value.kind {
            ValueKind::List(items) if depth < DEEPEST_LIST => {
                for item in items {
                    self.item(item, depth);
                }
            }
            _ => self.push(Step::unknown(value.span)),
        }
    }

    fn item(&mut self, value: &'a Value, depth: usize) {
        let resolved = self.build.resolve(value);
        let Some(call) = resolved.as_call() else { return self.push(Step::unknown(value.span)) };
        match self.build.called(call) {
            "SeparateDatabaseAndState" => {
                let at = |index: usize, key: &str| call.nth(index).or_else(|| self.build.keyword(call, key));
                let (database, state) = (at(0, "database_operations"), at(1, "state_operations"));
                if let Some(database) = database.filter(|it| it.kind != ValueKind::Null) {
                    let before = self.state.clone();
                    self.list(database, depth + 1);
                    *self.state = before;
                }
                if let Some(state) = state.filter(|it| it.kind != ValueKind::Null) {
                    let was_silent = std::mem::replace(&mut self.is_silent, true);
                    self.list(state, depth + 1);
                    self.is_silent = was_silent;
                }
            }
            "RunSQL" => {
                let at = |index: usize, key: &str| call.nth(index).or_else(|| self.build.keyword(call, key));
                let (sql, reverse) = (at(0, "sql"), at(1, "reverse_sql"));
                let up = sql.map_or_else(|| vec![Step::unknown(value.span)], |it| self.sql(it));
                up.into_iter().for_each(|it| self.push(it));
                self.reverse(reverse.map(|it| self.sql(it)));
                if let Some(state) = self.build.keyword(call, "state_operations") {
                    let was_silent = std::mem::replace(&mut self.is_silent, true);
                    self.list(state, depth + 1);
                    self.is_silent = was_silent;
                }
            }
            "RunPython" => {
                let at = |index: usize, key: &str| call.nth(index).or_else(|| self.build.keyword(call, key));
                let code = |it: &Value| if self.is_noop(it) { Vec::new() } else { vec![dynamic(it.span)] };
                let up = at(0, "code").map_or_else(|| vec![Step::unknown(value.span)], code);
                let down = at(1, "reverse_code").filter(|it| it.kind != ValueKind::Null).map(code);
                up.into_iter().for_each(|it| self.push(it));
                self.reverse(down);
            }
            name => {
                let step = self.operation(call, name, resolved.span);
                step.into_iter().for_each(|it| self.push(it));
            }
        }
    }

    /// The statements of the class. Operations that hang on a condition are all read.
    fn class(&mut self, body: &'a [Node], head: &mut Head) {
        for node in body {
            match &node.kind {
                NodeKind::Assign { name, value } => match self.build.host.text(*name) {
                    "operations" => self.list(value, 0),
                    "atomic" if value.kind == ValueKind::False => head.no_transaction = Some(node.span),
                    "dependencies" => head.dependencies = references(self.build, value),
                    "replaces" => head.replaces = references(self.build, value),
                    _ => {}
                },
                NodeKind::Branch { head: condition, body } => {
                    let outer = self.condition;
                    self.condition = Some(condition.first().map_or(node.span, |it| it.span));
                    self.class(body, head);
                    self.condition = outer;
                }
                NodeKind::Value(_) if self.build.host.text(node.span).starts_with("operations") => {
                    self.push(Step::unknown(node.span));
                }
                NodeKind::Value(_) | NodeKind::Class { .. } | NodeKind::Routine { .. } => {}
            }
        }
    }

    fn push(&mut self, mut step: Step) {
        step.condition = self.condition;
        if !self.is_silent {
            self.up.push(step);
        }
    }

    /// What is written for the way down; the last of it comes first here.
    fn reverse(&mut self, steps: Option<Vec<Step>>) {
        match steps {
            _ if self.is_silent => {}
            Some(steps) => self.down.extend(steps.into_iter().rev()),
            None => self.is_one_way = true,
        }
    }

    fn is_noop(&self, value: &Value) -> bool {
        let text = self.build.host.text(value.span);
        text.ends_with(".noop") || text == "noop"
    }

    /// `RunSQL` takes a text, or a list of texts and of texts with parameters.
    fn sql(&self, value: &'a Value) -> Vec<Step> {
        let value = self.build.resolve(value);
        if self.is_noop(value) {
            return Vec::new();
        }
        let ValueKind::List(items) = &value.kind else { return self.build.sql(value) };
        let statements = items.iter().map(|it| match &it.kind {
            ValueKind::List(parts) => parts.first().unwrap_or(it),
            _ => it,
        });
        statements.flat_map(|it| self.build.sql(it)).collect()
    }

    /// Where a name that is written stands.
    fn place(value: &Value) -> Span {
        value.content().unwrap_or(value.span)
    }
}
