//! Configurations of gitleaks and of betterleaks, its successor: `.gitleaks.toml`, with the place of every part.
//!
//! A key that is not known here is a problem at its place and nothing else: what is left is read.

pub mod filter;
pub mod ignore;
pub mod report;

use toml_edit::{Document, Item, TableLike};

use super::problem::Problem;
use crate::model::Span;

/// What a configuration says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Whether the rules that the program ships are used as well.
    pub uses_default: bool,
    /// The configuration that this one goes on from.
    pub extends: Option<Named>,
    /// Ids of the rules that it does not take over from there.
    pub disabled: Vec<Named>,
    /// Its own rules.
    pub rules: Vec<Rule>,
    /// What is allowed for all rules, or for those that are named.
    pub allowlists: Vec<Allowlist>,
    /// Expressions of betterleaks that say what is skipped, before or after a match.
    pub filters: Vec<Named>,
}

/// A text and where it stands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Named {
    /// Where.
    pub span: Span,
    /// The text.
    pub text: String,
}

/// A rule.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    /// Where it stands.
    pub span: Span,
    /// Which of several configurations it is from; 0 for whoever reads one.
    pub source: usize,
    /// Its id.
    pub id: String,
    /// What it finds.
    pub description: Option<String>,
    /// What it looks for.
    pub regex: Option<String>,
    /// What is found in the paths of the files that it looks at.
    pub path: Option<String>,
    /// The number of the group that is the secret; zero for the first one that is not empty.
    pub secret_group: u32,
    /// Bits per character that a secret has at least.
    pub entropy: Option<f64>,
    /// Literals of which one stands in the text.
    pub keywords: Vec<String>,
    /// What is allowed for it.
    pub allowlists: Vec<Allowlist>,
    /// Findings of other rules that must stand near.
    pub required: Vec<Required>,
    /// Whether it is only a part of other rules.
    pub is_part: bool,
    /// Expressions of betterleaks that say which matches are skipped.
    pub filters: Vec<Named>,
}

/// A rule whose finding must stand near.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Required {
    /// Where it is asked for.
    pub span: Span,
    /// The id of the rule.
    pub id: String,
    /// The most lines between them; any number when absent.
    pub lines: Option<u32>,
    /// The most columns between them; any number when absent.
    pub columns: Option<u32>,
}

/// What is allowed.
#[derive(Clone, Debug, Default)]
pub struct Allowlist {
    /// Where it stands.
    pub span: Span,
    /// Which of several configurations it is from; 0 for whoever reads one.
    pub source: usize,
    /// Why.
    pub description: Option<String>,
    /// Whether all of its parts must hold, and not only one of them.
    pub needs_all: bool,
    /// Full names of commits.
    pub commits: Vec<String>,
    /// What is found in paths.
    pub paths: Vec<String>,
    /// What `regexes` are looked for in: `secret`, `match` or `line`.
    pub target: Option<String>,
    /// What is found in the target.
    pub regexes: Vec<String>,
    /// Words of the secret.
    pub stopwords: Vec<String>,
    /// The rules that it is about; all of them when empty.
    pub rules: Vec<String>,
}

/// Reads a configuration, and lists what was not understood.
#[must_use]
pub fn parse(text: &str) -> (Config, Vec<Problem>) {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let span = error.span().map_or(Span::new(0, 0), |it| Span::new(it.start, it.end));
            return (Config::default(), vec![Problem::new(span, error.message().to_owned())]);
        }
    };
    let mut reader = Reader { problems: Vec::new() };
    let config = reader.config(document.as_table());
    (config, reader.problems)
}

const TAGS: &str = "`tags` sort what is found into groups; findings are told apart by their id here";

struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn config(&mut self, table: &dyn TableLike) -> Config {
        let mut config = Config::default();
        for (key, item) in table.iter() {
            match key {
                "title" | "description" | "minVersion" | "betterleaksMinVersion" => {}
                "extend" => self.extend(item, &mut config),
                "rules" => config.rules = self.each(item, Self::rule),
                "allowlist" | "allowlists" => config.allowlists.extend(self.each(item, Self::allowlist)),
                "prefilter" | "filter" => config.filters.extend(self.named(key, item)),
                other => self.unknown(other, item),
            }
        }
        config
    }

    fn extend(&mut self, item: &Item, config: &mut Config) {
        let Some(table) = item.as_table_like() else { return self.misfit("extend", item, "a table") };
        for (key, item) in table.iter() {
            match key {
                "useDefault" => config.uses_default = self.truth(key, item),
                "path" => config.extends = self.named(key, item),
                "disabledRules" => config.disabled = self.all_named(key, item),
                other => self.unknown(other, item),
            }
        }
    }

    fn rule(&mut self, table: &dyn TableLike, span: Span) -> Rule {
        let mut rule = Rule { span, ..Rule::default() };
        for (key, item) in table.iter() {
            match key {
                "id" => rule.id = self.text(key, item).unwrap_or_default(),
                "description" => rule.description = self.text(key, item),
                "regex" => rule.regex = self.text(key, item),
                "path" => rule.path = self.text(key, item),
                "secretGroup" => rule.secret_group = self.number(key, item),
                "entropy" => rule.entropy = self.decimal(key, item),
                "keywords" => rule.keywords = self.texts(key, item),
                "tags" => self.say(item, TAGS),
                "allowlist" | "allowlists" => rule.allowlists.extend(self.each(item, Self::allowlist)),
                "required" => rule.required = self.each(item, Self::required),
                "filter" | "prefilter" => rule.filters.extend(self.named(key, item)),
                "validate" => self
                    .say(item, "`validate` asks a service whether a secret still works; nothing is sent anywhere here"),
                "skipReport" => rule.is_part = self.truth(key, item),
                other => self.unknown(other, item),
            }
        }
        rule
    }

    fn allowlist(&mut self, table: &dyn TableLike, span: Span) -> Allowlist {
        let mut list = Allowlist { span, ..Allowlist::default() };
        for (key, item) in table.iter() {
            match key {
                "description" => list.description = self.text(key, item),
                "condition" => {
                    let word = self.text(key, item).unwrap_or_default();
                    list.needs_all = word.eq_ignore_ascii_case("and") || word == "&&";
                }
                "commits" => list.commits = self.texts(key, item),
                "paths" => list.paths = self.texts(key, item),
                "regexTarget" => list.target = self.text(key, item),
                "regexes" => list.regexes = self.texts(key, item),
                "stopwords" => list.stopwords = self.texts(key, item),
                "targetRules" => list.rules = self.texts(key, item),
                other => self.unknown(other, item),
            }
        }
        list
    }

    fn required(&mut self, table: &dyn TableLike, span: Span) -> Required {
        let mut required = Required { span, ..Required::default() };
        for (key, item) in table.iter() {
            match key {
                "id" => required.id = self.text(key, item).unwrap_or_default(),
                "withinLines" => required.lines = Some(self.number(key, item)),
                "withinColumns" => required.columns = Some(self.number(key, item)),
                other => self.unknown(other, item),
            }
        }
        required
    }

    /// The tables of an item: one, or an array of them.
    fn each<T>(&mut self, item: &Item, read: fn(&mut Self, &dyn TableLike, Span) -> T) -> Vec<T> {
        if let Some(tables) = item.as_array_of_tables() {
            return tables.iter().map(|it| read(self, it, span(it.span()))).collect();
        }
        if let Some(values) = item.as_array() {
            let mut found = Vec::new();
            for value in values {
                match value.as_inline_table() {
                    Some(table) => found.push(read(self, table, span(value.span()))),
                    None => self.problems.push(Problem::new(span(value.span()), "this is no table")),
                }
            }
            return found;
        }
        match item.as_table_like() {
            Some(table) => vec![read(self, table, span(item.span()))],
            None => {
                self.misfit("rules", item, "tables");
                Vec::new()
            }
        }
    }

    fn text(&mut self, key: &str, item: &Item) -> Option<String> {
        let text = item.as_str().map(str::to_owned);
        if text.is_none() {
            self.misfit(key, item, "text");
        }
        text
    }

    fn named(&mut self, key: &str, item: &Item) -> Option<Named> {
        self.text(key, item).map(|text| Named { span: span(item.span()), text })
    }

    fn texts(&mut self, key: &str, item: &Item) -> Vec<String> {
        self.all_named(key, item).into_iter().map(|it| it.text).collect()
    }

    fn all_named(&mut self, key: &str, item: &Item) -> Vec<Named> {
        let Some(values) = item.as_array() else {
            self.misfit(key, item, "a list of text");
            return Vec::new();
        };
        let mut found = Vec::new();
        for value in values {
            match value.as_str() {
                Some(text) => found.push(Named { span: span(value.span()), text: text.to_owned() }),
                None => self.problems.push(Problem::new(span(value.span()), format!("`{key}` takes a list of text"))),
            }
        }
        found
    }

    fn truth(&mut self, key: &str, item: &Item) -> bool {
        item.as_bool().unwrap_or_else(|| {
            self.misfit(key, item, "`true` or `false`");
            false
        })
    }

    fn number(&mut self, key: &str, item: &Item) -> u32 {
        item.as_integer().and_then(|it| u32::try_from(it).ok()).unwrap_or_else(|| {
            self.misfit(key, item, "a whole number");
            0
        })
    }

    fn decimal(&mut self, key: &str, item: &Item) -> Option<f64> {
        let whole = item.as_integer().and_then(|it| i32::try_from(it).ok()).map(f64::from);
        let number = item.as_float().or(whole);
        if number.is_none() {
            self.misfit(key, item, "a number");
        }
        number
    }

    fn unknown(&mut self, key: &str, item: &Item) {
        self.say(item, &format!("`{key}` has no equal here"));
    }

    fn say(&mut self, item: &Item, message: &str) {
        self.problems.push(Problem::new(span(item.span()), message));
    }

    fn misfit(&mut self, key: &str, item: &Item, wanted: &str) {
        self.problems.push(Problem::new(span(item.span()), format!("`{key}` takes {wanted}")));
    }
}

fn span(range: Option<std::ops::Range<usize>>) -> Span {
    range.map_or(Span::new(0, 0), |it| Span::new(it.start, it.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_and_what_is_allowed() {
        let text = "[extend]\nuseDefault = true\n[[rules]]\nid = 'a'\nregex = '''x'''\nentropy = 3\nodd = 1\n\
                    [[rules.allowlists]]\ncondition = 'AND'\npaths = ['p']\n[allowlist]\nstopwords = ['w']\n";
        let (config, problems) = parse(text);
        assert!(config.uses_default);
        assert_eq!(config.rules.len(), 1);
        assert_eq!((config.rules[0].entropy, config.rules[0].regex.as_deref()), (Some(3.0), Some("x")));
        assert!(config.rules[0].allowlists[0].needs_all);
        assert_eq!(config.allowlists[0].stopwords, ["w"]);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].message, "`odd` has no equal here");
        assert_eq!(parse("[extend]\npath = 'b.toml'\ndisabledRules = ['x', 7]").1.len(), 1);
        assert_eq!(parse("[[rules").1.len(), 1);
        assert_eq!(parse("rules = 7").1[0].message, "`rules` takes tables");
    }
}
