//! `.mailmap`: which names and addresses belong to one person (gitmailmap(5)).

use super::person;
use crate::model::Text;

/// Lines beyond which the rest is not read.
const MOST: usize = 100_000;

/// A line: what commits say, and what they mean.
#[derive(Debug)]
struct Rule {
    commit_name: Option<String>,
    commit_email: String,
    proper_email: Option<String>,
}

/// The addresses that stand for others.
#[derive(Debug, Default)]
pub struct Mailmap {
    rules: Vec<Rule>,
}

impl Mailmap {
    /// Reads a file. A line that cannot be read says nothing.
    #[must_use]
    pub fn parse(text: &Text) -> Self {
        let lines = text.lines().take(MOST).map(|line| line.text.split('#').next().unwrap_or_default());
        Self { rules: lines.filter_map(rule).collect() }
    }

    /// The address that is meant by a name and an address of a commit: the address itself where nothing is said. A line
    /// with a name is about that name only, and goes before one without.
    #[must_use]
    pub fn email<'a>(&'a self, name: &str, email: &'a str) -> &'a str {
        let of_email = |it: &&Rule| it.commit_email.eq_ignore_ascii_case(email);
        let is_named = |it: &&Rule| it.commit_name.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(name));
        let rules = || self.rules.iter().rev().filter(of_email);
        let found = rules().find(is_named).or_else(|| rules().find(|it| it.commit_name.is_none()));
        found.and_then(|rule| rule.proper_email.as_deref()).unwrap_or(email)
    }
}

fn rule(line: &str) -> Option<Rule> {
    let (first, rest) = line.split_once('>')?;
    let proper = format!("{first}>");
    let proper = person::parse(&proper)?;
    if rest.trim().is_empty() {
        // Only a name is given: the address stands for itself.
        return Some(Rule { commit_name: None, commit_email: proper.email.to_owned(), proper_email: None });
    }
    let commit = person::parse(rest)?;
    let commit_name = Some(commit.name).filter(|it| !it.is_empty()).map(str::to_owned);
    Some(Rule { commit_name, commit_email: commit.email.to_owned(), proper_email: Some(proper.email.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_line_is_read() {
        let text = "# people\nAna <ana@example.com>\n<ana@example.com> <ana@old.example> # moved\n\
                    Bea <bea@example.com> <root@host>\nCy <cy@example.com> Cyrus <root@host>\nbroken <\n";
        let map = Mailmap::parse(&Text::decode(text.as_bytes()));
        for (name, email, meant) in [
            ("Ana", "ana@example.com", "ana@example.com"),
            ("x", "ANA@old.example", "ana@example.com"),
            ("anybody", "root@host", "bea@example.com"),
            ("cyrus", "root@host", "cy@example.com"),
            ("x", "other@example.com", "other@example.com"),
        ] {
            assert_eq!(map.email(name, email), meant, "{name} {email}");
        }
    }
}
