//! Names of others in a line: hosts, domains of addresses, packages. Each should be of ASCII letters or show that it
//! is not.
//!
//! A word of another script may happen to consist of look-alikes, so it is judged only where a name of ASCII letters
//! is expected: a host below a domain in ASCII, a package in a manifest, what an import names.

use super::grammar::Grammar;
use super::line::Offence;
use super::words::{imitator, words};

/// Words of a line that imitate a name of ASCII letters.
pub(super) fn imitators(line: &str, grammar: Grammar) -> Vec<Offence> {
    let mut offences = hosts(line);
    let from = match grammar {
        Grammar::Manifest if is_for_people(line) => None,
        Grammar::Manifest => Some(0),
        Grammar::Words | Grammar::Yaml | Grammar::Other => import(line),
    };
    if let Some(from) = from {
        let code = without_comment(line);
        let names = words(code).filter(|(start, word)| *start >= from && is_alone(code, *start, word));
        offences.extend(names.filter(|(_, word)| word.chars().nth(1).is_some()).filter_map(|it| imitator(it.0, it.1)));
    }
    offences.sort_by_key(|it| it.span);
    offences.dedup_by_key(|it| it.span);
    offences
}

/// Labels of host names and of domains of addresses.
fn hosts(line: &str) -> Vec<Offence> {
    let is_of_a_host = |it: char| it.is_alphanumeric() || matches!(it, '-' | '.' | '_');
    let mut offences = Vec::new();
    let schemes = line.match_indices("://").map(|(at, mark)| at + mark.len());
    let named = |at: usize| line.get(..at).and_then(|it| it.chars().next_back()).is_some_and(is_of_a_host);
    let addresses = line.match_indices('@').filter(|(at, _)| named(*at)).map(|(at, _)| at + 1);
    for start in schemes.chain(addresses) {
        let rest = line.get(start..).unwrap_or_default();
        let host = rest.split(|it| !is_of_a_host(it)).next().unwrap_or_default();
        let (_, top) = host.trim_end_matches('.').rsplit_once('.').unwrap_or(("", ""));
        // Below a domain of its own script a name is what it seems; before an at sign stands a user.
        if !top.starts_with(|it: char| it.is_ascii_alphabetic())
            || rest.get(host.len()..).unwrap_or("").starts_with('@')
        {
            continue;
        }
        offences.extend(words(host).filter_map(|(at, word)| imitator(start + at, word)));
    }
    offences
}

/// Whether a line of a manifest holds text for people: a description, names of authors.
fn is_for_people(line: &str) -> bool {
    const KEYS: [&str; 9] = [
        "description",
        "summary",
        "author",
        "maintainer",
        "contributor",
        "title",
        "keywords",
        "comment",
        "displayname",
    ];
    let small = line.trim_start_matches([' ', '\t', '"', '\'', '<', '-', '{']).to_lowercase();
    KEYS.iter().any(|it| small.starts_with(it)) || small.starts_with("spec.") || small.starts_with("s.")
}

/// Where what an import names begins.
fn import(line: &str) -> Option<usize> {
    const STARTS: [&str; 8] =
        ["import ", "from ", "use ", "extern crate ", "require ", "require_relative ", "#include ", "using "];
    const WITHIN: [&str; 4] = ["require(", "import(", "} from ", "* from "];
    let indent = line.len() - line.trim_start().len();
    let begins = STARTS.iter().any(|it| line.trim_start().starts_with(it));
    let within = || WITHIN.iter().filter_map(|it| line.find(it).map(|at| at + it.len())).min();
    if begins { Some(indent) } else { within() }
}

fn without_comment(line: &str) -> &str {
    let opens = |mark: &str| {
        let mut at = line.match_indices(mark).map(|(at, _)| at);
        let apart = |at: &usize| line.get(..*at).is_some_and(|it| it.trim().is_empty() || it.ends_with([' ', '\t']));
        at.find(apart)
    };
    let end = ["#", "//", "--", "<!--"].iter().filter_map(|it| opens(it)).min().unwrap_or(line.len());
    // An `#include` is none.
    if line.trim_start().starts_with("#include") { line } else { line.get(..end).unwrap_or(line) }
}

/// Whether a word is the only one of another script between quotes or brackets: text for people has more of them.
fn is_alone(line: &str, start: usize, word: &str) -> bool {
    let is_border = |it: char| matches!(it, '"' | '\'' | '`' | '<' | '>');
    let before = line.get(..start).and_then(|it| it.rsplit(is_border).next()).unwrap_or_default();
    let behind = line.get(start + word.len()..).and_then(|it| it.split(is_border).next()).unwrap_or_default();
    let is_ascii = |text: &str| text.chars().all(|it| it.is_ascii() || !it.is_alphabetic());
    is_ascii(before) && is_ascii(behind)
}
