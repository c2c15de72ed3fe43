//! The static check of a condition: every name and every field is looked up before anything runs.
//!
//! The language itself finds a misspelt field only when it meets one, without a place. Here a policy
//! that loads has none.

use std::collections::BTreeSet;

use cel::common::ast::{ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};

use super::context::{Kind, Object, ROOT, Words};
use crate::formats::suggest;
use crate::model::Missing;

/// Loops inside loops: two are enough for "every file and every commit".
const LOOP_LIMIT: usize = 2;
/// The longest list that may be walked by one loop, and by a loop in a loop.
const LIST_LIMITS: [usize; LOOP_LIMIT] = [20_000, 500];

/// Functions that a condition may call, beside the operators.
const FUNCTIONS: [&str; 18] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "has",
    "all",
    "exists",
    "exists_one",
    "map",
    "filter",
    "int",
    "uint",
    "double",
    "string",
    "bool",
    "type",
    "dyn",
];

/// What a condition asks for.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// Names of [`ROOT`].
    pub(super) names: BTreeSet<&'static str>,
    fields: BTreeSet<(&'static str, &'static str)>,
    loops: usize,
}

impl Uses {
    pub(super) fn has(&self, object: &'static str, field: &'static str) -> bool {
        self.fields.contains(&(object, field))
    }

    /// Refuses a list that would take too long to walk.
    pub(super) fn bounded(&self, what: &str, count: usize) -> Result<(), Missing> {
        let limit = LIST_LIMITS.get(self.loops.saturating_sub(1)).copied().unwrap_or(0);
        if count <= limit {
            return Ok(());
        }
        let what = format!("a condition would walk {count} {what}, and its limit is {limit}");
        Err(Missing::here(what, "use `paths`, `languages` or `size` instead of `cel`, or fewer loops inside loops"))
    }
}

/// Something wrong with a condition; the offset counts bytes of the condition.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) message: String,
    pub(super) label: String,
    pub(super) help: String,
}

/// Checks a condition.
pub(super) fn check(expression: &IdedExpr, info: &SourceInfo, profiles: &[String]) -> (Uses, Vec<Mistake>) {
    let (uses, mistakes) = (Uses::default(), Vec::new());
    let mut checker = Checker { info, profiles, uses, mistakes, scope: Vec::new(), open_loops: 0 };
    let kind = checker.kind(expression);
    match kind {
        Kind::Flag | Kind::Any => {}
        Kind::Text | Kind::Word(_) | Kind::Number | Kind::List(_) | Kind::Object(_) => {
            let message = format!("this condition gives {}, not true or false", word(kind));
            checker.mistake(expression.id, message, "not a condition", "compare it: `target == \"main\"`".to_owned());
        }
    }
    if checker.uses.names.is_empty() && checker.mistakes.is_empty() {
        let message = "this condition asks about nothing, and is always the same".to_owned();
        let help = "ask about the change: `target == \"main\"`; to switch the rule off, set `level: off`".to_owned();
        checker.mistake(expression.id, message, "names no fact", help);
    }
    (checker.uses, checker.mistakes)
}

struct Checker<'a> {
    info: &'a SourceInfo,
    /// The profiles that the policy declares.
    profiles: &'a [String],
    uses: Uses,
    mistakes: Vec<Mistake>,
    /// Variables of the loops that are open here.
    scope: Vec<(String, Kind)>,
    open_loops: usize,
}

impl Checker<'_> {
    /// What an expression gives, noting what is wrong with it. The parser bounds the depth.
    fn kind(&mut self, node: &IdedExpr) -> Kind {
        match &node.expr {
            Expr::Unspecified => Kind::Any,
            Expr::Literal(literal) => match literal {
                LiteralValue::Boolean(_) => Kind::Flag,
                LiteralValue::String(_) => Kind::Text,
                LiteralValue::Int(_) | LiteralValue::UInt(_) | LiteralValue::Double(_) => Kind::Number,
                LiteralValue::Null | LiteralValue::Bytes(_) => Kind::Any,
            },
            Expr::Ident(name) => self.name(node.id, name),
            Expr::Select(select) => {
                let operand = self.kind(&select.operand);
                let kind = self.field(node.id, operand, &select.field);
                if select.test { Kind::Flag } else { kind }
            }
            Expr::Call(call) => {
                let target = call.target.as_ref().map(|it| self.kind(it));
                let arguments: Vec<Kind> = call.args.iter().map(|it| self.kind(it)).collect();
                if call.func_name == operators::INDEX {
                    return self.index(node.id, &arguments, call.args.get(1));
                }
                self.function(node.id, &call.func_name, target.is_some());
                self.comparison(&call.func_name, &call.args, &arguments);
                result(&call.func_name)
            }
            Expr::List(list) => {
                list.elements.iter().for_each(|it| _ = self.kind(it));
                Kind::List(&Kind::Any)
            }
            Expr::Map(map) => {
                self.entries(map.entries.iter().map(|it| &it.expr));
                Kind::Any
            }
            Expr::Struct(made) => {
                let message = format!("a condition cannot make a `{}`", made.type_name);
                self.mistake(node.id, message, "not available", "compare single fields".to_owned());
                Kind::Any
            }
            Expr::Comprehension(comprehension) => self.comprehension(node.id, comprehension),
        }
    }

    fn entries<'e>(&mut self, entries: impl Iterator<Item = &'e EntryExpr>) {
        for entry in entries {
            match entry {
                EntryExpr::StructField(field) => _ = self.kind(&field.value),
                EntryExpr::MapEntry(entry) => {
                    self.kind(&entry.key);
                    self.kind(&entry.value);
                }
            }
        }
    }

    fn name(&mut self, id: u64, name: &str) -> Kind {
        if let Some((_, kind)) = self.scope.iter().rev().find(|(it, _)| it == name) {
            return *kind;
        }
        if let Some((known, kind)) = ROOT.fields.iter().find(|(it, _)| *it == name) {
            self.uses.names.insert(known);
            return *kind;
        }
        let names: Vec<&str> = self.scope.iter().map(|(it, _)| it.as_str()).filter(|it| !it.starts_with('@')).collect();
        let names: Vec<String> =
            names.into_iter().chain(ROOT.fields.iter().map(|(it, _)| *it)).map(str::to_owned).collect();
        let label = nearest(name, names.iter().map(String::as_str), "not known here");
        let help = format!("the names are {}", suggest::listed(names.iter().map(String::as_str)));
        self.mistake(id, format!("a condition knows no `{name}`"), &label, help);
        Kind::Any
    }

    fn field(&mut self, id: u64, operand: Kind, field: &str) -> Kind {
        let object = match operand {
            Kind::Object(object) => object,
            Kind::Any => return Kind::Any,
            Kind::List(_) => {
                let help = format!("ask about its items: `.exists(it, it.{field} == …)`, `.all(…)` or `size(…)`");
                self.mistake(id, format!("a list has no field `{field}`"), "this is a list", help);
                return Kind::Any;
            }
            Kind::Text | Kind::Word(_) | Kind::Number | Kind::Flag => {
                let message = format!("{} has no field `{field}`", word(operand));
                self.mistake(id, message, "no fields here", "compare it as a whole".to_owned());
                return Kind::Any;
            }
        };
        let Some((known, kind)) = object.fields.iter().find(|(it, _)| *it == field) else {
            let names = || object.fields.iter().map(|(it, _)| *it);
            let label = nearest(field, names(), "no such field");
            let help = format!("the fields are {}", suggest::listed(names()));
            self.mistake(id, format!("{} has no field `{field}`", object.name), &label, help);
            return Kind::Any;
        };
        self.uses.fields.insert((object.name, known));
        *kind
    }

    fn index(&mut self, id: u64, arguments: &[Kind], key: Option<&IdedExpr>) -> Kind {
        match arguments.first() {
            Some(Kind::List(item)) => **item,
            Some(Kind::Object(object)) => match key.map(|it| &it.expr) {
                Some(Expr::Literal(LiteralValue::String(name))) => self.field(id, Kind::Object(object), name.inner()),
                Some(_) | None => {
                    let help = "write the field's name after a dot".to_owned();
                    self.mistake(id, format!("{} has named fields", object.name), "no name here", help);
                    Kind::Any
                }
            },
            Some(Kind::Text | Kind::Word(_) | Kind::Number | Kind::Flag | Kind::Any) | None => Kind::Any,
        }
    }

    /// Refuses what can never be equal: it would not fail, but only never fire.
    fn comparison(&mut self, operator: &str, nodes: &[IdedExpr], kinds: &[Kind]) {
        let ([left, right], [of_left, of_right]) = (nodes, kinds) else { return };
        match operator {
            operators::EQUALS | operators::NOT_EQUALS => self.compare((left, *of_left), (right, *of_right)),
            operators::IN => match (&right.expr, of_right) {
                (Expr::List(list), _) => {
                    for item in &list.elements {
                        let kind = literal_kind(item);
                        self.compare((left, *of_left), (item, kind));
                    }
                }
                (_, Kind::List(item)) => self.compare((left, *of_left), (right, **item)),
                _ => {}
            },
            _ => {}
        }
    }

    fn compare(&mut self, left: (&IdedExpr, Kind), right: (&IdedExpr, Kind)) {
        for ((_, kind), (node, _)) in [(left, right), (right, left)] {
            if let (Kind::Word(words), Some(text)) = (kind, text_of(node)) {
                self.word(node.id, words, text);
            }
        }
        let (Some(a), Some(b)) = (class(left.1), class(right.1)) else { return };
        if a != b {
            let message = format!("{} is never equal to {}", word(left.1), word(right.1));
            let help = "compare like with like: numbers and true or false stand without quotes".to_owned();
            self.mistake(right.0.id, message, "of another kind", help);
        }
    }

    fn word(&mut self, id: u64, words: Words, text: &str) {
        let known = words.known(self.profiles);
        let nearest_one = suggest::nearest(text, known.iter().map(String::as_str));
        let is_possible = match words {
            Words::Branches => !text.starts_with("refs/heads/"),
            Words::Profiles => text.is_empty() || known.is_empty() || known.iter().any(|it| it == text),
            // Services invent events.
            Words::Events => nearest_one.is_none() || known.iter().any(|it| it == text),
            Words::Modes | Words::ChangeKinds | Words::FileModes => known.iter().any(|it| it == text),
        };
        if is_possible {
            return;
        }
        let label = nearest(text, known.iter().map(String::as_str), "never so");
        let help = match words {
            Words::Branches => format!("write `{}`", text.trim_start_matches("refs/heads/")),
            Words::Events => "name an event as the service writes it".to_owned(),
            Words::Modes | Words::ChangeKinds | Words::FileModes | Words::Profiles => {
                format!("it is one of {}", suggest::listed(known.iter().map(String::as_str)))
            }
        };
        self.mistake(id, format!("{} is never `{text}`", words.name()), &label, help);
    }

    fn function(&mut self, id: u64, name: &str, is_method: bool) {
        let is_operator = !name.starts_with(|it: char| it.is_ascii_alphabetic());
        if is_operator || FUNCTIONS.contains(&name) {
            return;
        }
        let label = nearest(name, FUNCTIONS, "no such function");
        let kind = if is_method { "method" } else { "function" };
        let help = format!("the functions are {}", suggest::listed(FUNCTIONS));
        self.mistake(id, format!("there is no {kind} `{name}`"), &label, help);
    }

    fn comprehension(&mut self, id: u64, it: &ComprehensionExpr) -> Kind {
        let item = match self.kind(&it.iter_range) {
            Kind::List(item) => *item,
            Kind::Text | Kind::Word(_) | Kind::Number | Kind::Flag | Kind::Object(_) | Kind::Any => Kind::Any,
        };
        self.open_loops += 1;
        self.uses.loops = self.uses.loops.max(self.open_loops);
        if self.open_loops == LOOP_LIMIT + 1 {
            let message = format!("loops stand more than {LOOP_LIMIT} deep inside each other here");
            let help = "split the condition over `all` or `any`, or over two rules".to_owned();
            self.mistake(id, message, "one loop too many", help);
        }
        let outer = self.scope.len();
        // A loop over a map sees its keys first; everything else has one variable.
        self.scope.push((it.iter_var.clone(), item));
        self.scope.extend(it.iter_var2.iter().map(|name| (name.clone(), Kind::Any)));
        let start = self.kind(&it.accu_init);
        self.scope.push((it.accu_var.clone(), Kind::Any));
        self.kind(&it.loop_cond);
        self.kind(&it.loop_step);
        self.kind(&it.result);
        self.scope.truncate(outer);
        self.open_loops -= 1;
        match start {
            Kind::Flag => Kind::Flag,
            Kind::List(_) => Kind::List(&Kind::Any),
            Kind::Text | Kind::Word(_) | Kind::Number | Kind::Object(_) | Kind::Any => Kind::Any,
        }
    }

    /// A selection stands at its dot; what a person wants to see is the name after it.
    fn after_dot(&self, start: usize) -> Option<(usize, usize)> {
        let name = self.info.source.get(start..)?.strip_prefix('.')?;
        let width = name.bytes().take_while(|it| it.is_ascii_alphanumeric() || *it == b'_').count();
        (0 < width).then_some((start + 1, start + width))
    }

    fn mistake(&mut self, id: u64, message: String, label: &str, help: String) {
        let (start, end) = self.info.offset_for(id).map_or((0, 0), |(start, stop)| (place(start), place(stop)));
        let (start, end) = self.after_dot(start).unwrap_or((start, end));
        self.mistakes.push(Mistake { start, end, message, label: label.to_owned(), help });
    }
}

/// The text that stands there as it is.
fn text_of(node: &IdedExpr) -> Option<&str> {
    match &node.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

fn literal_kind(node: &IdedExpr) -> Kind {
    match &node.expr {
        Expr::Literal(LiteralValue::String(_)) => Kind::Text,
        Expr::Literal(LiteralValue::Boolean(_)) => Kind::Flag,
        Expr::Literal(LiteralValue::Int(_) | LiteralValue::UInt(_) | LiteralValue::Double(_)) => Kind::Number,
        _ => Kind::Any,
    }
}

/// Kinds of different classes are never equal.
fn class(kind: Kind) -> Option<u8> {
    match kind {
        Kind::Text | Kind::Word(_) => Some(0),
        Kind::Number => Some(1),
        Kind::Flag => Some(2),
        Kind::List(_) => Some(3),
        Kind::Object(_) => Some(4),
        Kind::Any => None,
    }
}

fn place(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>, otherwise: &str) -> String {
    suggest::nearest(name, names).map_or_else(|| otherwise.to_owned(), |it| format!("did you mean `{it}`?"))
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Word(_) => "a text",
        Kind::Number => "a number",
        Kind::Flag => "true or false",
        Kind::List(_) => "a list",
        Kind::Object(Object { name, .. }) => name,
        Kind::Any => "a value",
    }
}

/// What a function or operator gives.
fn result(name: &str) -> Kind {
    match name {
        operators::LOGICAL_AND
        | operators::LOGICAL_OR
        | operators::LOGICAL_NOT
        | operators::EQUALS
        | operators::NOT_EQUALS
        | operators::GREATER
        | operators::GREATER_EQUALS
        | operators::LESS
        | operators::LESS_EQUALS
        | operators::IN
        | "contains"
        | "startsWith"
        | "endsWith"
        | "matches"
        | "bool" => Kind::Flag,
        "size" | "int" | "uint" | "double" | operators::NEGATE => Kind::Number,
        "string" => Kind::Text,
        _ => Kind::Any,
    }
}
