//! Configurations of gitleaks: `.gitleaks.toml`, with the place of every part.
//!
//! A key that is not known here is a problem at its place and nothing else: what is left is read.

use toml_edit::{Document, Item, TableLike};

use super::problem::Problem;
use crate::model::Span;

/// What a configuration says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Whether the rules that the program ships are used as well.
    pub uses_default: bool,
    /// Ids of shipped rules that are off.
    pub disabled: Vec<String>,
    /// Its own rules.
    pub rules: Vec<Rule>,
    /// What is allowed for all rules, or for those that are named.
    pub allowlists: Vec<Allowlist>,
}

/// A rule.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    /// Where it stands.
    pub span: Span,
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
    /// Whether it only counts beside findings of other rules.
    pub needs_others: bool,
    /// Whether it is only a part of other rules.
    pub is_part: bool,
}

/// What is allowed.
#[derive(Clone, Debug, Default)]
pub struct Allowlist {
    /// Where it stands.
    pub span: Span,
    /// Why.
    pub description: Option<String>,
    /// Whether all of its parts must hold, and not only one of them.
    pub needs_all: bool,
    /// Whether it names commits.
    pub has_commits: bool,
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
                "disabledRules" => config.disabled = self.texts(key, item),
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
                "tags" => {}
                "allowlist" | "allowlists" => rule.allowlists.extend(self.each(item, Self::allowlist)),
                "required" => rule.needs_others = true,
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
                "commits" => list.has_commits = !self.texts(key, item).is_empty(),
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

    /// The tables of an item: one, or an array of them.
    fn each<T>(&mut self, item: &Item, read: fn(&mut Self, &dyn TableLike, Span) -> T) -> Vec<T> {
        if let Some(tables) = item.as_array_of_tables() {
            return tables.iter().map(|it| read(self, it, span(it.span()))).collect();
        }
        if let Some(values) = item.as_array() {
            let tables = values.iter().filter_map(|it| Some((it.as_inline_table()?, span(it.span()))));
            return tables.map(|(it, at)| read(self, it, at)).collect();
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

    fn texts(&mut self, key: &str, item: &Item) -> Vec<String> {
        let texts = item.as_array().map(|it| it.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect());
        texts.unwrap_or_else(|| {
            self.misfit(key, item, "a list of text");
            Vec::new()
        })
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
        self.problems.push(Problem::new(span(item.span()), format!("`{key}` has no equal here")));
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
        assert_eq!(parse("[[rules").1.len(), 1);
        assert_eq!(parse("rules = 7").1[0].message, "`rules` takes tables");
    }
}
