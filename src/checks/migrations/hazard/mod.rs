//! Which steps of a migration are dangerous, and why.
//!
//! `catalogue` says what each hazard is; `table`, `column` and `object` see it in a step.

pub(super) mod catalogue;
mod column;
mod object;
mod table;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use super::schema::{Key, Schema, key};
use super::stream::{Does, State, Step};
use crate::formats::sql::operation::{ActionKind, ObjectKind, Toggle};
use crate::formats::sql::{Dialect, ObjectName, Operation};
use crate::model::Span;
use catalogue::Entry;

/// One hazard at its place.
pub(super) struct Hit {
    pub(super) entry: &'static Entry,
    pub(super) span: Span,
    pub(super) message: String,
}

/// What holds for a whole migration while its steps are judged.
pub(super) struct Bench<'a> {
    /// The text of its file.
    pub(super) source: &'a str,
    pub(super) dialect: Option<Dialect>,
    /// The major version of the server, where the settings tell it.
    pub(super) server: Option<u32>,
    /// The migrations that are released together with this one, itself among them.
    pub(super) window: &'a BTreeSet<usize>,
    plan: Plan,
    /// Values of enumerations that were added in the transaction of that number.
    values: BTreeMap<String, u32>,
    /// Constraints that were added without a look at the rows, and in which transaction.
    unproved: BTreeMap<(Key, String), u32>,
    /// Tables that lost a column here.
    shrunk: BTreeSet<Key>,
    lock_told: bool,
    hits: Vec<Hit>,
}

/// What the migration does as a whole: for each thing the last step that does it, but for `grown` the first.
#[derive(Default)]
struct Plan {
    made: BTreeMap<(ObjectKind, Key), usize>,
    renamed_to: BTreeMap<Key, usize>,
    enabled: BTreeMap<Key, usize>,
    grown: BTreeSet<Key>,
}

impl Plan {
    fn of(steps: &[Step<'_>]) -> Self {
        let mut plan = Self::default();
        for (at, step) in steps.iter().enumerate() {
            match step.does {
                Does::Action(alter, action) => match &action.kind {
                    ActionKind::RenameTable { to } => plan.rename(at, &alter.table, to),
                    ActionKind::Trigger(Toggle::On) => _ = plan.enabled.insert(key(&alter.table), at),
                    ActionKind::AddColumn { .. } => _ = plan.grown.insert(key(&alter.table)),
                    _ => {}
                },
                Does::Operation(operation) => plan.operate(at, operation),
            }
        }
        plan
    }

    fn operate(&mut self, at: usize, operation: &Operation) {
        let mut make = |kind, name: &ObjectName| _ = self.made.insert((kind, key(name)), at);
        match operation {
            Operation::CreateTable(it) => make(ObjectKind::Table, &it.name),
            Operation::CreateView(it) if it.materialized.is_some() => make(ObjectKind::MaterializedView, &it.name),
            Operation::CreateView(it) => make(ObjectKind::View, &it.name),
            Operation::CreateType(it) => make(it.kind, &it.name),
            Operation::CreateTrigger(it) => make(ObjectKind::Trigger, &it.name),
            Operation::Create(it) => it.name.iter().for_each(|name| make(it.kind, name)),
            Operation::Rename(it) => self.rename(at, &it.from, &it.to),
            _ => {}
        }
    }

    fn rename(&mut self, at: usize, from: &ObjectName, to: &ObjectName) {
        let schema = to.schema.as_ref().or(from.schema.as_ref()).map(|it| it.text.clone());
        self.renamed_to.insert((schema, to.name.text.clone()), at);
    }
}

impl<'a> Bench<'a> {
    pub(super) fn new(
        source: &'a str,
        dialect: Option<Dialect>,
        server: Option<u32>,
        window: &'a BTreeSet<usize>,
        steps: &[Step<'_>],
    ) -> Self {
        Self {
            source,
            dialect,
            server,
            window,
            plan: Plan::of(steps),
            values: BTreeMap::new(),
            unproved: BTreeMap::new(),
            shrunk: BTreeSet::new(),
            lock_told: false,
            hits: Vec::new(),
        }
    }

    /// The hazards that hold for the dialect; where it is not known, those that hold for every one.
    pub(super) fn finish(self) -> Vec<Hit> {
        let holds = |entry: &Entry| match self.dialect {
            Some(dialect) => entry.engines.contains(&dialect),
            None => Dialect::ALL.iter().all(|it| entry.engines.contains(it)),
        };
        self.hits.into_iter().filter(|hit| holds(hit.entry)).collect()
    }

    /// Judges a step; the schema is as it was before.
    pub(super) fn judge(&mut self, schema: &Schema, at: usize, step: &Step<'_>) {
        let is_unknown = matches!(step.does, Does::Operation(Operation::Unknown));
        if let Some(span) = step.unparsed.first().filter(|_| !is_unknown) {
            self.hit(&catalogue::UNPARSED, *span, "this part of the statement was not understood");
        }
        match step.does {
            Does::Action(alter, action) => self.action(schema, at, step, (alter, action)),
            Does::Operation(operation) => self.operation(schema, at, step, operation),
        }
        self.use_of_new_value(step);
    }

    fn hit(&mut self, entry: &'static Entry, span: Span, message: impl Into<String>) {
        self.hits.push(Hit { entry, span, message: message.into() });
    }

    fn is_postgres(&self) -> bool {
        self.dialect == Some(Dialect::Postgres)
    }

    /// Whether the release that still runs cannot know the table.
    fn is_new(&self, schema: &Schema, table: &ObjectName) -> bool {
        schema.table(table).and_then(|it| it.made_at).is_some_and(|made| self.window.contains(&made))
    }

    /// Whether a later step makes the object again.
    fn is_made_after(&self, at: usize, kind: ObjectKind, name: &ObjectName) -> bool {
        self.plan.made.get(&(kind, key(name))).is_some_and(|made| at < *made)
    }

    /// Whether the object has its name from an earlier step, so that no program knows it by that name.
    fn was_renamed_to(&self, at: usize, name: &ObjectName) -> bool {
        self.plan.renamed_to.get(&key(name)).is_some_and(|renamed| *renamed < at)
    }

    /// A strong lock on a table that others use.
    fn strong_lock(&mut self, span: Span) {
        if !self.lock_told {
            self.lock_told = true;
            self.hit(&catalogue::LOCK_TIMEOUT, span, "the lock that this takes is waited for without an end");
        }
    }

    /// A value of an enumeration that was added in the same transaction cannot be used yet.
    fn use_of_new_value(&mut self, step: &Step<'_>) {
        let State::Inside(transaction) = step.transaction else { return };
        let adds = matches!(step.does, Does::Operation(Operation::Alter(_)));
        if self.values.is_empty() || adds || !self.is_postgres() {
            return;
        }
        let text = self.source.get(step.span.start..step.span.end).unwrap_or_default();
        // Whatever stands between two quotes; what stands between literals is no value of an enumeration.
        let mut pieces = text.split('\'').scan(step.span.start, |start, piece| {
            let from = *start;
            *start += piece.len() + 1;
            Some((from, piece))
        });
        let used = pieces.find(|(_, piece)| self.values.get(*piece) == Some(&transaction));
        if let Some((from, value)) = used {
            let message = format!("`{value}` is used in the transaction that adds it");
            self.hit(&catalogue::ENUM_VALUE, Span::new(from, from + value.len()), message);
        }
    }
}

/// A name as a message shows it.
fn shown(name: &ObjectName) -> String {
    let schema = name.schema.as_ref().map(|it| format!("{}.", it.text)).unwrap_or_default();
    format!("{schema}{}", name.name.text)
}
