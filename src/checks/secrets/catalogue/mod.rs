//! Every credential with a form of its own: one entry a provider, as data.
//!
//! An entry costs nothing until a literal of it is found: no expression is compiled before that.

mod ai;
mod ai_hosting;
mod ai_tools;
mod analytics;
mod aws;
mod azure;
mod blockchain;
mod ci;
mod clouds;
mod commerce;
mod content;
mod databases;
mod developer_tools;
mod frameworks;
mod google;
mod hosting;
mod identity;
mod incidents;
mod infrastructure;
mod keys;
mod mail;
mod maps_and_data;
mod marketing;
mod media;
mod messaging;
mod monitoring;
mod networks;
mod notifications;
mod payments;
mod productivity;
mod quality;
mod registries;
mod secret_stores;
mod source_hosts;
mod stores;
mod work_tracking;

use super::proof::Proof;
use super::tier::Tier;
use crate::formats::sample;

/// Who issues credentials, and what is told to somebody who committed one.
pub(crate) struct Provider {
    /// Its name as people write it: `GitHub`.
    pub(crate) name: &'static str,
    /// What a finder can do with the credential: a clause that goes on from "whoever has it".
    pub(crate) harm: &'static str,
    /// What to do now: how to revoke it and get another. An imperative sentence without a full stop, with the address
    /// of the page where there is one.
    pub(crate) revoke: &'static str,
    /// What it issues.
    pub(crate) credentials: &'static [Credential],
}

/// One kind of credential of a provider.
pub(crate) struct Credential {
    /// The suffix of its finding's id: `github-pat` in `secrets/github-pat`.
    pub(crate) id: &'static str,
    /// What it is; a noun phrase with the provider's name: `GitHub personal access token`.
    pub(crate) title: &'static str,
    /// What makes the scanner look.
    pub(crate) anchor: Anchor,
    /// Its form: an expression over bytes (syntax of the crate `regex`, no Unicode classes). The group `secret` is the
    /// credential, or the whole match is. The scanner itself sees to it that the match neither begins nor ends inside
    /// a longer word.
    pub(crate) form: &'static str,
    /// How sure it is when no proof speaks.
    pub(crate) tier: Tier,
    /// Its checksum or structure.
    pub(crate) proof: Option<Proof>,
    /// Made-up lines in which it must be found, each as a recipe of [`crate::formats::sample`]; `{sum}` is the checksum of
    /// what stands before it on the line, by the proof.
    pub(crate) hits: &'static [&'static str],
    /// Recipes of lines that look alike and in which it must not be found.
    #[cfg_attr(not(test), expect(dead_code, reason = "what must not be found is for the test of the catalogue"))]
    pub(crate) misses: &'static [&'static str],
}

/// What makes the scanner look at a place.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    /// Literals, one of which every match holds, spelled as in the credential. Case counts. At least three bytes each,
    /// and the rarer the better: each place with one costs a search.
    Literal(&'static [&'static str]),
    /// The same for credentials whose literal comes in any case. Written in lower case.
    AnyCase(&'static [&'static str]),
    /// For credentials without a mark of their own: the value of an assignment whose key, or a word of the same line or
    /// the five lines before it, holds one of these words (lower case letters and digits; the scanner drops `_`, `-`
    /// and `.`, so that `sentry_auth_token` and `sentryAuthToken` both hold `sentryauth`). The form is matched
    /// against the whole value.
    Key(&'static [&'static str]),
}

/// Every provider, by file and then by name.
pub(crate) const PROVIDERS: &[&[Provider]] = &[
    ai::PROVIDERS,
    ai_hosting::PROVIDERS,
    ai_tools::PROVIDERS,
    analytics::PROVIDERS,
    aws::PROVIDERS,
    azure::PROVIDERS,
    blockchain::PROVIDERS,
    ci::PROVIDERS,
    clouds::PROVIDERS,
    commerce::PROVIDERS,
    content::PROVIDERS,
    databases::PROVIDERS,
    developer_tools::PROVIDERS,
    frameworks::PROVIDERS,
    google::PROVIDERS,
    hosting::PROVIDERS,
    identity::PROVIDERS,
    incidents::PROVIDERS,
    infrastructure::PROVIDERS,
    keys::PROVIDERS,
    mail::PROVIDERS,
    maps_and_data::PROVIDERS,
    marketing::PROVIDERS,
    media::PROVIDERS,
    messaging::PROVIDERS,
    monitoring::PROVIDERS,
    networks::PROVIDERS,
    notifications::PROVIDERS,
    payments::PROVIDERS,
    productivity::PROVIDERS,
    quality::PROVIDERS,
    registries::PROVIDERS,
    secret_stores::PROVIDERS,
    source_hosts::PROVIDERS,
    stores::PROVIDERS,
    work_tracking::PROVIDERS,
];

/// Every credential with its provider, in the order of the catalogue.
pub(crate) fn all() -> impl Iterator<Item = (&'static Provider, &'static Credential)> {
    let providers = PROVIDERS.iter().copied().flatten();
    providers.flat_map(|provider| provider.credentials.iter().map(move |credential| (provider, credential)))
}

/// What keeps the samples of the catalogue apart: no word for one provider stands near another's.
const APART: &str = "\n\n\n\n\n\n\n";

/// A made-up line for the name of a credential, or for `catalogue` one line for each entry.
pub(crate) fn sample(name: &str) -> Option<String> {
    if name == "catalogue" {
        return Some(
            all().flat_map(|(_, credential)| credential.made(credential.hits)).collect::<Vec<_>>().join(APART),
        );
    }
    let (_, credential) = all().find(|(_, credential)| credential.id == name)?;
    credential.made(credential.hits).next()
}

impl Credential {
    /// Lines made from recipes.
    fn made(&self, recipes: &'static [&'static str]) -> impl Iterator<Item = String> {
        let sum = self.proof.and_then(|proof| proof.sum);
        recipes.iter().filter_map(move |recipe| {
            sample::make(recipe, &|name, before| {
                // A `=` at the end is padding and belongs to the credential.
                let unpadded = before.trim_end_matches('=');
                let start = unpadded.rfind([' ', '"', '\'', '=', ':', '\n']).map_or(0, |at| at + 1);
                sum.filter(|_| name == "sum").zip(before.get(start..)).map(|(sum, credential)| sum(credential))
            })
            .ok()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::checks::secrets::input::{Input, Within};
    use crate::checks::secrets::scan;
    use crate::model::{RepoPath, Timestamp};

    /// The ids of what is found in a line.
    fn found(line: &str) -> Vec<&'static str> {
        let path = RepoPath::new("deploy/ci.env");
        let input = Input {
            path: &path,
            text: line.as_bytes(),
            within: Within::Whole,
            now: Timestamp(1_767_268_800),
            watch: None,
        };
        scan::shipped().scan(&input).iter().map(|hit| hit.kind.id()).collect()
    }

    #[test]
    fn every_entry_finds_its_samples_and_nothing_of_what_looks_alike() {
        let mut ids = BTreeSet::new();
        let mut wrong = Vec::new();
        for (_, credential) in all() {
            let id = credential.id;
            assert!(ids.insert(id), "`{id}` stands in the catalogue twice");
            assert!(!credential.hits.is_empty() && !credential.misses.is_empty(), "`{id}` needs samples of both kinds");
            let (hits, misses) = (credential.made(credential.hits), credential.made(credential.misses));
            let (hits, misses): (Vec<_>, Vec<_>) = (hits.collect(), misses.collect());
            assert_eq!(
                (hits.len(), misses.len()),
                (credential.hits.len(), credential.misses.len()),
                "a recipe of `{id}` is wrong"
            );
            for line in hits {
                let found = found(&line);
                if found != [id] {
                    wrong.push(format!("`{id}` and not {found:?} in {line}"));
                }
            }
            for line in misses {
                if found(&line).contains(&id) {
                    wrong.push(format!("no `{id}` in {line}"));
                }
            }
        }
        assert!(wrong.is_empty(), "expected:\n{}", wrong.join("\n"));
    }

    #[test]
    fn every_form_compiles_and_every_literal_is_rare_enough_to_be_searched() {
        for (_, credential) in all() {
            let id = credential.id;
            let form = regex::bytes::RegexBuilder::new(credential.form).unicode(false).size_limit(4 << 20).build();
            assert!(form.is_ok(), "the form of `{id}` does not compile: {form:?}");
            match credential.anchor {
                Anchor::Literal(words) => assert!(words.iter().all(|it| it.len() >= 3), "`{id}`"),
                Anchor::AnyCase(words) => {
                    let lower = |it: &&str| it.len() >= 3 && it.to_ascii_lowercase() == **it;
                    assert!(words.iter().all(lower), "`{id}`");
                }
                Anchor::Key(words) => {
                    let plain = |it: &&str| it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
                    assert!(words.iter().all(plain), "`{id}`");
                }
            }
        }
    }

    #[test]
    fn no_two_kinds_have_one_id() {
        let mut ids = BTreeSet::new();
        let placed = crate::checks::secrets::placed::ALL.iter().map(|it| it.id);
        for id in all().map(|(_, credential)| credential.id).chain(placed) {
            assert!(ids.insert(id), "`{id}` is the id of two kinds");
        }
    }

    #[test]
    fn every_text_of_an_entry_fits_into_a_sentence() {
        for (provider, credential) in all() {
            for text in [provider.harm, provider.revoke, credential.title] {
                assert!(!text.ends_with('.') && !text.contains("  "), "`{}`: {text}", credential.id);
            }
            assert!(credential.title.contains(provider.name), "the title of `{}` names no provider", credential.id);
        }
    }
}
