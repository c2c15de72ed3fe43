//! The literals of which every match of an expression has one.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Literals shorter than this are in every text.
const SHORTEST: usize = 3;
/// More literals than this are no longer a quick test.
const MOST: usize = 64;

/// Literals of which every match has one, in small letters and in any case; empty when there are none to rely on.
pub(super) fn required(hir: &Hir) -> Vec<Vec<u8>> {
    let mut found = of(hir).unwrap_or_default();
    found.sort();
    found.dedup();
    found
}

fn of(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let mut best = Best::default();
    let mut run = Vec::new();
    walk(hir, &mut run, &mut best);
    best.end(&mut run);
    best.literals
}

/// The best set so far: the one whose shortest literal is the longest, then the one with the fewest.
#[derive(Default)]
struct Best {
    literals: Option<Vec<Vec<u8>>>,
}

impl Best {
    fn offer(&mut self, literals: Vec<Vec<u8>>) {
        let worth = |set: &[Vec<u8>]| {
            let shortest = set.iter().map(Vec::len).min().unwrap_or(0);
            (shortest, usize::MAX - set.len())
        };
        let is_useful = worth(&literals).0 >= SHORTEST && literals.len() <= MOST;
        if is_useful && self.literals.as_ref().is_none_or(|it| worth(it) < worth(&literals)) {
            self.literals = Some(literals);
        }
    }

    /// What is beside the run does not continue it.
    fn end(&mut self, run: &mut Vec<u8>) {
        self.offer(vec![std::mem::take(run)]);
    }
}

/// Goes through what every match has, in order. `run` is the literal that ends here.
fn walk(hir: &Hir, run: &mut Vec<u8>, best: &mut Best) {
    match hir.kind() {
        // They take no room: what is on both sides of them is beside each other.
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => run.extend(literal.0.to_ascii_lowercase()),
        HirKind::Class(class) => match letter(class) {
            Some(letter) => run.push(letter),
            None => best.end(run),
        },
        HirKind::Capture(it) => walk(&it.sub, run, best),
        HirKind::Concat(parts) => parts.iter().for_each(|part| walk(part, run, best)),
        HirKind::Repetition(it) => {
            best.end(run);
            if it.min > 0 {
                best.literals = better(best.literals.take(), of(&it.sub));
            }
        }
        HirKind::Alternation(parts) => {
            best.end(run);
            let all: Option<Vec<Vec<Vec<u8>>>> = parts.iter().map(of).collect();
            best.literals = better(best.literals.take(), all.map(|it| it.concat()));
        }
    }
}

fn better(old: Option<Vec<Vec<u8>>>, new: Option<Vec<Vec<u8>>>) -> Option<Vec<Vec<u8>>> {
    let mut best = Best { literals: old };
    if let Some(new) = new {
        best.offer(new);
    }
    best.literals
}

/// The letter that a class stands for when it is one letter in both cases, small; or its only byte.
fn letter(class: &Class) -> Option<u8> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Bytes(it) => it.ranges().iter().map(|it| (u32::from(it.start()), u32::from(it.end()))).collect(),
        Class::Unicode(it) => it.ranges().iter().map(|it| (u32::from(it.start()), u32::from(it.end()))).collect(),
    };
    let byte = |code: u32| u8::try_from(code).ok().filter(u8::is_ascii);
    match ranges.as_slice() {
        [(start, end)] if start == end => byte(*start).map(|it| it.to_ascii_lowercase()),
        [(a, b), (c, d)] if a == b && c == d => {
            let (upper, lower) = (byte(*a)?, byte(*c)?);
            (upper.is_ascii_uppercase() && upper.to_ascii_lowercase() == lower).then_some(lower)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn literals(text: &str) -> Vec<String> {
        let hir = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(text);
        hir.map(|it| required(&it))
            .unwrap_or_default()
            .iter()
            .map(|it| String::from_utf8_lossy(it).into_owned())
            .collect()
    }

    #[test]
    fn what_every_match_has() {
        let cases: &[(&str, &[&str])] = &[
            ("acme_[a-z]{8}", &["acme_"]),
            ("(?i)Acme[_-]?key", &["acme"]),
            (r"\b(?P<secret>tok_live|tok_test)_[0-9]+", &["tok_live", "tok_test"]),
            ("(?:ab|cde)fgh", &["fgh"]),
            ("(?:ab|cde)", &[]),
            ("(?:abcd)?x", &[]),
            ("(?:abcd)+x", &["abcd"]),
            (r"^abc$", &["abc"]),
            ("[a-z]{20}", &[]),
        ];
        for (pattern, expected) in cases {
            assert_eq!(literals(pattern), *expected, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn every_match_has_one(
            pattern in "((ab|cd)?|abc|(?:xyz|abcd|[Aa]bx)|(?i:Foo)|[a-c]|bar[0-9]|(ba|r)+|b?){1,5}",
            text in "(abc|xyz|abcd|Abx|fOo|foo|bar1|ba|r|b|c){0,12}",
        ) {
            let found = literals(&pattern);
            if let Ok(regex) = regex::Regex::new(&pattern) {
                for it in regex.find_iter(&text) {
                    let lower = it.as_str().to_ascii_lowercase();
                    prop_assert!(found.is_empty() || found.iter().any(|word| lower.contains(word)), "{} {}", pattern, lower);
                }
            }
        }
    }
}
