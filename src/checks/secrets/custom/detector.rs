//! One detector of a policy: where it looks, and what it takes for a secret.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::allow::has_any;
use super::expression::Expression;
use super::made;
use super::settings::Beside;
use crate::checks::Example;
use crate::checks::secrets::hit::{Hit, Kind, Secret};
use crate::checks::secrets::input::Input;
use crate::checks::secrets::tier::Tier;
use crate::formats::globs::Globs;
use crate::model::Span;

/// A detector of a policy, ready to scan.
pub(crate) struct Detector {
    /// Its id in the policy.
    pub(crate) id: String,
    /// What it finds, with its id: `token of Acme (\`acme-token\`)`.
    pub(crate) title: String,
    /// What a finder can do with it: a clause that goes on from "whoever has it".
    pub(crate) harm: String,
    /// What to do now: an imperative sentence without a full stop.
    pub(crate) revoke: String,
    pub(super) expression: Expression,
    pub(super) beside: Vec<Beside>,
    /// Whether it is not reported by itself.
    pub(super) is_part: bool,
    /// One of them stands in every text that is looked at, in any case of letters; empty: every text is.
    pub(super) literals: Vec<Vec<u8>>,
    pub(super) paths: Option<Globs>,
    pub(super) path_pattern: Option<Expression>,
    pub(super) except: Globs,
    /// Bits per character that a secret has at least.
    pub(super) entropy: f64,
    pub(super) tier: Tier,
    /// In small letters.
    pub(super) stopwords: Vec<String>,
    pub(super) hits: Vec<String>,
    pub(super) misses: Vec<String>,
}

/// Bytes around a part to look at in which a match may begin or end.
const MARGIN: usize = 1024;

impl Detector {
    /// The literals of which one must be there; none when every text is looked at.
    pub(crate) fn literals(&self) -> &[Vec<u8>] {
        &self.literals
    }

    /// Whether it is not reported by itself.
    pub(crate) fn is_part(&self) -> bool {
        self.is_part
    }

    /// Adds the secrets of a part of a text.
    pub(crate) fn read(self: &Arc<Self>, input: &Input<'_>, part: &Range<usize>, hits: &mut Vec<Hit>) {
        if !input.is_nowhere() && !self.is_about(input) {
            return;
        }
        self.each(input.text, part, &mut |whole, secret| {
            let slice = |range: &Range<usize>| input.text.get(range.clone()).map(|it| Secret(it.to_vec()));
            let Some(value) = slice(&secret) else { return };
            let matched = if whole == secret { None } else { slice(&whole) };
            let span = Span::new(secret.start, secret.end);
            hits.push(Hit {
                span,
                kind: Kind::Own(Arc::clone(self)),
                tier: self.tier,
                note: None,
                secret: value,
                matched,
            });
        });
    }

    fn is_about(&self, input: &Input<'_>) -> bool {
        self.paths.as_ref().is_none_or(|it| it.is_match(input.path))
            && self.path_pattern.as_ref().is_none_or(|it| it.is_in(input.path))
            && !self.except.is_match(input.path)
    }

    /// Whether the same bytes may be a finding at one place and none at another.
    pub(super) fn depends_on_place(&self) -> bool {
        self.paths.is_some() || self.path_pattern.is_some() || !self.except.is_empty()
    }

    /// Whether its expression could not be compiled.
    pub(super) fn is_broken(&self) -> bool {
        self.expression.is_broken() || self.path_pattern.as_ref().is_some_and(Expression::is_broken)
    }

    /// Calls `found` with the place of each match that meets the part, and of the secret in it.
    fn each(&self, text: &[u8], part: &Range<usize>, found: &mut dyn FnMut(Range<usize>, Range<usize>)) {
        let first = part.start.saturating_sub(MARGIN);
        let window = text.get(first..text.len().min(part.end.saturating_add(MARGIN))).unwrap_or_default();
        let Some(regex) = self.expression.regex() else { return };
        for groups in regex.captures_iter(window) {
            let Some(whole) = groups.get(0) else { continue };
            let secret = groups.name("secret").unwrap_or(whole);
            let is_met = first + whole.start() < part.end && part.start < first + whole.end();
            if is_met && !secret.is_empty() && self.takes(secret.as_bytes()) {
                found(first + whole.start()..first + whole.end(), first + secret.start()..first + secret.end());
            }
        }
    }

    fn takes(&self, secret: &[u8]) -> bool {
        (self.entropy <= 0.0 || self.entropy <= entropy(secret)) && !has_any(secret, &self.stopwords)
    }

    /// Whether it finds anything in a text, wherever that stands.
    fn finds(&self, text: &[u8]) -> bool {
        let folded = text.to_ascii_lowercase();
        let has = |it: &Vec<u8>| memchr::memmem::find(&folded, &it.to_ascii_lowercase()).is_some();
        let mut is_found = false;
        if self.literals.is_empty() || self.literals.iter().any(has) {
            self.each(text, &(0..text.len()), &mut |_, _| is_found = true);
        }
        is_found
    }

    /// Which example it is. One that is written out and not a recipe may be a secret.
    fn title_of(&self, kind: &str, number: usize, recipe: &str) -> String {
        if self.finds(recipe.as_bytes()) {
            return format!("{}: {kind} {number}", self.id);
        }
        format!("{}: {kind} {number}: {}", self.id, recipe.trim_end())
    }

    /// Its examples, run. A recipe is shown as it is written.
    pub(super) fn examples(&self) -> impl Iterator<Item = Example> {
        let word = |is_found: bool| if is_found { "found" } else { "not found" }.to_owned();
        let run = move |(kind, number, recipe, is_hit): (&str, usize, &String, bool)| Example {
            title: self.title_of(kind, number, recipe),
            expected: word(is_hit),
            actual: match made(recipe) {
                Ok(_) if self.is_broken() => "the pattern is too large".to_owned(),
                Ok(text) => word(self.finds(text.as_bytes())),
                Err(error) => error,
            },
            shows_a_finding: is_hit,
        };
        let hits = self.hits.iter().zip(1..).map(|(it, number)| ("hit", number, it, true));
        hits.chain(self.misses.iter().zip(1..).map(|(it, number)| ("miss", number, it, false))).map(run)
    }
}

/// Shannon's entropy in bits per character.
fn entropy(secret: &[u8]) -> f64 {
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    let text = String::from_utf8_lossy(secret);
    for symbol in text.chars() {
        let count = counts.entry(symbol).or_default();
        *count = count.saturating_add(1);
    }
    let all: f64 = counts.values().map(|it| f64::from(*it)).sum();
    counts.values().map(|it| f64::from(*it) / all).map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_bits_per_character() {
        assert_eq!(entropy(b"aaaa"), 0.0);
        assert_eq!(entropy(b"abab"), 1.0);
        assert_eq!(entropy("äbcd".as_bytes()), 2.0);
        assert_eq!(entropy(b""), 0.0);
    }
}
