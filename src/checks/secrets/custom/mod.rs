//! What a policy adds to the shipped kinds and takes from them: detectors of its own, kinds that are off, and what is
//! allowed.

mod allow;
mod beside;
mod detector;
mod expression;
mod foreign;
mod literals;
mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::allow::Allow;
pub(super) use self::detector::Detector;
use self::settings::Entry;
pub(super) use self::settings::{Detectors, Entries, Off};
use super::hit::Hit;
use super::input::{Input, Within};
use super::scan::{self, Scanner};
use super::tier::Tier;
use super::watch::Watch;
use super::{catalogue, kinds};
use crate::checks::{Example, Hazard, Remark};
use crate::formats::{sample, suggest};
use crate::model::{Facts, Missing, Run};

/// The kind of all findings of detectors of a policy: which one it is stands in the message.
pub(super) const HAZARD: Hazard = Hazard { id: "custom", title: "secret that a detector of the policy finds" };

/// The shipped kinds as a policy wants them, and its own.
pub(super) struct Own {
    confidence: Tier,
    off: BTreeSet<String>,
    allow: Vec<Allow>,
    foreign_comments: bool,
    detectors: Vec<Arc<Detector>>,
    /// Nothing to scan for when there is no detector.
    scanner: Option<Scanner>,
}

impl Own {
    /// Puts the parts together.
    ///
    /// # Errors
    /// When something is allowed for a kind that there is not.
    pub(super) fn new(
        confidence: Tier,
        off: Off,
        detectors: Detectors,
        allow: Entries,
        foreign_comments: bool,
    ) -> Result<Self, String> {
        let ids: Vec<&str> =
            detectors.ids().chain(kinds::HAZARDS.iter().map(|it| it.id).filter(|it| *it != HAZARD.id)).collect();
        for id in allow.0.iter().flat_map(Entry::ids).chain(detectors.beside()) {
            if !ids.contains(&id) {
                return Err(unknown(id, ids, "kind of secret and no detector"));
            }
        }
        let detectors = detectors.into_detectors();
        let scanner = (!detectors.is_empty()).then(|| Scanner::of(&detectors));
        let allow = allow.0.into_iter().map(Entry::into_allow).collect();
        Ok(Self { confidence, off: off.into_ids(), allow, foreign_comments, detectors, scanner })
    }

    /// Every secret of a text, the shipped kinds and the policy's own, sorted by place, without overlaps. Some may not
    /// be reported: a report must not show them either.
    pub(super) fn scan(&self, input: &Input<'_>) -> Vec<Hit> {
        let shipped = scan::shipped().scan(input);
        match &self.scanner {
            Some(scanner) => self.with_own(input, shipped, scanner),
            None => shipped,
        }
    }

    fn with_own(&self, input: &Input<'_>, shipped: Vec<Hit>, scanner: &Scanner) -> Vec<Hit> {
        let mut own = scanner.scan_own(input);
        if self.detectors.iter().any(|it| !it.beside.is_empty()) {
            beside::keep(input, &mut own, || match input.within {
                // What stands beside may be anywhere in the file.
                Within::Near(_) => {
                    let whole = Input { within: Within::Whole, ..*input };
                    scan::shipped().scan(&whole).into_iter().chain(scanner.scan_own(&whole)).collect()
                }
                Within::Whole | Within::Fresh(_) => shipped.iter().chain(&scanner.scan_own(input)).cloned().collect(),
            });
        }
        self.merged(input, shipped, own)
    }

    /// What the detectors of the policy find; some may overlap.
    pub(super) fn found(&self, input: &Input<'_>) -> Vec<Hit> {
        self.scanner.as_ref().map(|it| it.scan_own(input)).unwrap_or_default()
    }

    /// As [`Self::scan`], for bytes that are no text.
    pub(super) fn scan_binary(&self, input: &Input<'_>) -> Vec<Hit> {
        let shipped = scan::shipped().scan_binary(input);
        match &self.scanner {
            Some(scanner) => self.with_own(input, shipped, scanner),
            None => shipped,
        }
    }

    /// Whether a hit is one to report.
    pub(super) fn reports(&self, input: &Input<'_>, hit: &Hit) -> bool {
        self.wants(input, hit) && !self.is_allowed(input, hit)
    }

    /// Whether a hit is one to report unless an entry of `allow` covers it on that day.
    pub(super) fn wants(&self, input: &Input<'_>, hit: &Hit) -> bool {
        let is_none_of_it = hit.tier < self.confidence || self.off.contains(hit.kind.id()) || hit.kind.is_part();
        let is_commented = || self.foreign_comments && foreign::is_commented(input, hit);
        !is_none_of_it && !is_commented()
    }

    fn is_allowed(&self, input: &Input<'_>, hit: &Hit) -> bool {
        let mut is_allowed = false;
        for (number, entry) in self.allow.iter().enumerate() {
            if !entry.speaks_of(input, hit) {
                continue;
            }
            is_allowed |= !entry.is_over(input.now);
            match input.watch {
                Some(watch) => watch.covers(number),
                None if is_allowed => return true,
                None => {}
            }
        }
        is_allowed
    }

    /// A watch over a run of this rule.
    pub(super) fn watch<'a>(&self, facts: &'a Facts) -> Watch<'a> {
        Watch::new(facts, self.allow.len())
    }

    /// What a person should know about what is allowed, once a run is over.
    pub(super) fn remarks(&self, watch: &Watch<'_>, run: &Run) -> Vec<Remark> {
        let entries = self.allow.iter().enumerate();
        entries.filter_map(|(number, entry)| entry.remark(number + 1, watch.has_covered(number), run)).collect()
    }

    /// Whether the same bytes may be a finding at one place and none at another.
    pub(super) fn depends_on_place(&self) -> bool {
        self.foreign_comments
            || self.allow.iter().any(Allow::depends_on_place)
            || self.detectors.iter().any(|it| it.depends_on_place())
    }

    /// Expressions that turned out to be too large: what they look for is unknown.
    pub(super) fn missing(&self) -> Vec<Missing> {
        let broken = self.detectors.iter().filter(|it| it.is_broken());
        broken
            .map(|it| {
                let what = format!("what the detector `{}` looks for: its pattern is too large", it.id);
                Missing::here(what, "make the pattern smaller: repeat less, or split it into two detectors")
            })
            .collect()
    }

    /// The examples of all detectors, run.
    pub(super) fn examples(&self) -> Vec<Example> {
        self.detectors.iter().flat_map(|it| it.examples()).collect()
    }

    /// Adds hits of detectors. A shipped kind with a form of its own knows best what it is and how to revoke it; all
    /// others give way to what the policy says, unless that is not reported.
    fn merged(&self, input: &Input<'_>, shipped: Vec<Hit>, own: Vec<Hit>) -> Vec<Hit> {
        let mut own: Vec<(bool, Hit)> = own.into_iter().map(|hit| (self.reports(input, &hit), hit)).collect();
        let length = |hit: &Hit| hit.span.end - hit.span.start;
        own.sort_by(|(a_told, a), (b_told, b)| {
            let told = b_told.cmp(a_told).then(b.tier.cmp(&a.tier));
            told.then(length(b).cmp(&length(a))).then(a.span.cmp(&b.span)).then(a.kind.name().cmp(b.kind.name()))
        });
        let mut kept: BTreeMap<usize, Hit> = shipped.into_iter().map(|hit| (hit.span.start, hit)).collect();
        for (is_reported, hit) in own {
            let before = kept.range(..hit.span.end).rev();
            let overlapped: Vec<(usize, bool)> = before
                .take_while(|(_, other)| hit.span.start < other.span.end)
                .map(|(at, other)| {
                    (*at, !is_reported || other.kind.is_own() || other.kind.is_known() && self.reports(input, other))
                })
                .collect();
            if overlapped.iter().any(|(_, stays)| *stays) {
                continue;
            }
            for (at, _) in overlapped {
                kept.remove(&at);
            }
            kept.insert(hit.span.start, hit);
        }
        kept.into_values().collect()
    }
}

/// Makes an example of a recipe.
fn made(recipe: &str) -> Result<String, String> {
    sample::make(recipe, &|name, _| catalogue::sample(name))
}

/// What is said about an id that there is not.
fn unknown<'a>(id: &str, known: impl IntoIterator<Item = &'a str>, what: &str) -> String {
    match suggest::nearest(id, known) {
        Some(nearest) => format!("`{id}` is no {what}; did you mean `{nearest}`?"),
        None => format!("`{id}` is no {what}; `gatecheck explain secrets` lists the kinds"),
    }
}
