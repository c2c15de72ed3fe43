//! Scans one text: every literal of the catalogue in one pass, then an expression on a window around each.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use regex::bytes::{Regex, RegexBuilder};

use super::catalogue::{self, Anchor, Credential, Provider};
use super::custom::Detector;
use super::decode::{self, Layer};
use super::hit::{Hit, Kind, Secret};
use super::input::{Input, Within};
use super::pair::{Pair, Syntax};
use super::prefilter::{Literal, Prefilter};
use super::proof::Grade;
use super::tier::Tier;
use super::watch::Watch;
use super::{context, files, value};
use crate::model::Span;

/// The catalogue, ready to scan.
pub(crate) struct Scanner {
    filter: Prefilter,
    /// What each literal of the filter is.
    owners: Vec<Owner>,
    forms: Vec<Form>,
    own: Vec<Arc<Detector>>,
    /// The detectors that no literal tells of: they look at every text.
    eager: BTreeSet<usize>,
}

/// What a literal of the filter belongs to.
#[derive(Clone, Copy)]
enum Owner {
    /// A form of the catalogue.
    Form(usize),
    /// A word around which names and literals are read.
    Trigger(usize),
    /// The sign of escaped text.
    Escape,
    /// A detector of the policy.
    Own(usize),
}

/// Signs of escaped text: a quote, a colon or an equals sign as percent signs write them, and ASCII as `\u` escapes do.
const ESCAPES: [&str; 4] = ["%22", "%3a", "%3d", "\\u00"];
/// How many encodings may lie around a secret.
const DEEPEST: u8 = 3;

struct Form {
    provider: &'static Provider,
    credential: &'static Credential,
    /// How many bytes of the form stand before its literal, when it is text up to there: it is tried at one place only.
    lead: Option<usize>,
    compiled: OnceLock<Option<Regex>>,
}

/// Bytes before a literal in which a form may begin.
const BEFORE: usize = 128;
/// Bytes after the start of a literal in which a form must end.
const AFTER: usize = 4096;
/// The same for forms that are tried at one place: a key of 16,384 bits fits, indented as well.
const AFTER_LEAD: usize = 16 << 10;
/// The longest credential in which words tell that it is for show: chance writes words into longer ones.
const LONGEST_SHOWN: usize = 128;
/// The largest compiled form, in bytes.
const LARGEST_FORM: usize = 4 << 20;

/// The scanner of the shipped catalogue.
pub(crate) fn shipped() -> &'static Scanner {
    static SHIPPED: OnceLock<Scanner> = OnceLock::new();
    SHIPPED.get_or_init(Scanner::new)
}

impl Scanner {
    fn new() -> Self {
        let mut forms = Vec::new();
        let mut owners = Vec::new();
        let mut literals = Vec::new();
        for (provider, credential) in catalogue::all() {
            let (words, any_case): (&[&str], bool) = match credential.anchor {
                Anchor::Literal(words) => (words, false),
                Anchor::AnyCase(words) => (words, true),
                Anchor::Key(_) => continue,
            };
            for word in words {
                owners.push(Owner::Form(forms.len()));
                literals.push(Literal { bytes: word.as_bytes(), any_case });
            }
            forms.push(Form { provider, credential, lead: lead(credential.form, words), compiled: OnceLock::new() });
        }
        for (number, word) in context::TRIGGERS.iter().enumerate() {
            owners.push(Owner::Trigger(number));
            literals.push(Literal { bytes: word.as_bytes(), any_case: true });
        }
        for sign in ESCAPES {
            owners.push(Owner::Escape);
            literals.push(Literal { bytes: sign.as_bytes(), any_case: true });
        }
        Self { filter: Prefilter::new(literals), owners, forms, own: Vec::new(), eager: BTreeSet::new() }
    }

    /// A scanner of a policy's detectors alone.
    pub(crate) fn of(detectors: &[Arc<Detector>]) -> Self {
        let mut owners = Vec::new();
        let mut literals = Vec::new();
        for (number, detector) in detectors.iter().enumerate() {
            for bytes in detector.literals() {
                owners.push(Owner::Own(number));
                literals.push(Literal { bytes, any_case: true });
            }
        }
        for sign in ESCAPES {
            owners.push(Owner::Escape);
            literals.push(Literal { bytes: sign.as_bytes(), any_case: true });
        }
        let eager = detectors.iter().enumerate().filter(|(_, it)| it.literals().is_empty()).map(|(number, _)| number);
        let eager = eager.collect();
        Self { filter: Prefilter::new(literals), owners, forms: Vec::new(), own: detectors.to_vec(), eager }
    }

    /// Every secret of the parts to look at, sorted by place; where two overlap, the surer one.
    pub(crate) fn scan(&self, input: &Input<'_>) -> Vec<Hit> {
        // Of two findings alike the first stays: the format of a file says more than a name.
        let mut hits = match input.within {
            Within::Whole | Within::Near(_) => {
                Watch::measure(input.watch, || "files of known formats".to_owned(), || files::read(input))
            }
            Within::Fresh(_) => Vec::new(),
        };
        self.layer(input, DEEPEST, &mut hits);
        without_overlaps(hits)
    }

    /// Every secret that a detector of the policy finds; some may overlap.
    pub(crate) fn scan_own(&self, input: &Input<'_>) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.layer(input, DEEPEST, &mut hits);
        hits
    }

    /// Every credential with a form of its own in bytes that are no text.
    pub(crate) fn scan_binary(&self, input: &Input<'_>) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.filter.search(input.text, |number, at| {
            if let Some(Owner::Form(form)) = self.owners.get(number) {
                hits.extend(self.forms.get(*form).and_then(|form| form.hit(input, at)));
            }
        });
        without_overlaps(hits)
    }

    /// The secrets of one layer of a text, and of those below it.
    fn layer(&self, input: &Input<'_>, depth: u8, hits: &mut Vec<Hit>) {
        let syntax = context::syntax(input.path.as_str());
        let whole = 0..input.text.len();
        let parts = match input.within {
            Within::Whole => std::slice::from_ref(&whole),
            Within::Near(parts) | Within::Fresh(parts) => parts,
        };
        for range in parts {
            let Some(part) = input.text.get(range.clone()) else { continue };
            let mut unescaped = 0;
            let mut layers = Vec::new();
            let mut wanted = self.eager.clone();
            self.filter.search(part, |number, start| {
                let at = range.start + start;
                match self.owners.get(number) {
                    Some(Owner::Form(form)) => {
                        hits.extend(self.forms.get(*form).and_then(|form| form.timed(input, at)));
                    }
                    Some(Owner::Trigger(trigger)) => named(input, syntax, (*trigger, at), hits),
                    Some(Owner::Escape) if unescaped <= at && depth > 0 => {
                        if let Some((layer, end)) = decode::escaped(input.text, at) {
                            layers.push(layer);
                            unescaped = end;
                        }
                    }
                    Some(Owner::Own(detector)) => {
                        wanted.insert(*detector);
                    }
                    Some(Owner::Escape) | None => {}
                }
            });
            for detector in wanted.iter().filter_map(|it| self.own.get(*it)) {
                Watch::measure(
                    input.watch,
                    || format!("detector {}", detector.id),
                    || detector.read(input, range, hits),
                );
            }
            if depth > 0 {
                decode::packed(input.text, range.clone(), &mut |layer| layers.push(layer));
            }
            for layer in layers {
                self.below(input, &layer, depth - 1, hits);
            }
        }
    }

    /// The secrets of a decoded layer, at their places in the text as it stands.
    fn below(&self, input: &Input<'_>, layer: &Layer, depth: u8, hits: &mut Vec<Hit>) {
        let mut found = Vec::new();
        self.layer(&Input { text: &layer.bytes, within: Within::Whole, ..*input }, depth, &mut found);
        for mut hit in found {
            let Some(place) = layer.place(hit.span.start..hit.span.end) else { continue };
            hit.span = Span::new(place.start, place.end);
            let how = format!("it stands in {}", layer.encoding);
            hit.note = Some(hit.note.map_or_else(|| how.clone(), |note| format!("{note}, and {how}")));
            hits.push(hit);
        }
    }
}

/// Adds the secrets that stand beside a word that names one.
fn named(input: &Input<'_>, syntax: Syntax, (trigger, at): (usize, usize), hits: &mut Vec<Hit>) {
    let name = || format!("names with `{}`", context::TRIGGERS.get(trigger).copied().unwrap_or_default());
    let mut found = |pair: Pair<'_>| hits.extend(placed(input, &pair));
    Watch::measure(input.watch, name, || context::read(input, syntax, (trigger, at), &mut found));
}

impl Form {
    fn timed(&self, input: &Input<'_>, at: usize) -> Option<Hit> {
        Watch::measure(input.watch, || format!("kind {}", self.credential.id), || self.hit(input, at))
    }

    /// The credential around a literal at `at`, if there is one.
    fn hit(&self, input: &Input<'_>, at: usize) -> Option<Hit> {
        let (start, after) = match self.lead {
            Some(lead) => (at.checked_sub(lead)?, AFTER_LEAD),
            None => (at.saturating_sub(BEFORE), AFTER),
        };
        let window = input.text.get(start..input.text.len().min(at.saturating_add(after)))?;
        let regex = self.compiled.get_or_init(|| self.compile()).as_ref()?;
        let groups = regex
            .captures_iter(window)
            .find(|it| it.get(0).is_some_and(|whole| start + whole.start() <= at && at < start + whole.end()))?;
        let whole = groups.get(0)?;
        if !stands_alone(input.text, start + whole.start()..start + whole.end()) {
            return None;
        }
        let secret = groups.name("secret").unwrap_or(whole);
        let text = String::from_utf8_lossy(secret.as_bytes());
        let grade = self.credential.proof.map(|proof| (proof.grade)(&text, input.now));
        let grade = grade.unwrap_or(Grade { tier: self.credential.tier, note: None });
        let Grade { tier, note } = self.doubted(input, &text, grade);
        Some(Hit {
            span: Span::new(start + secret.start(), start + secret.end()),
            kind: Kind::Known(self.provider, self.credential),
            tier,
            note,
            secret: Secret(secret.as_bytes().to_vec()),
            matched: (whole != secret).then(|| Secret(whole.as_bytes().to_vec())),
        })
    }

    /// The grade of a credential, and why it may be none after all.
    fn doubted(&self, input: &Input<'_>, secret: &str, grade: Grade) -> Grade {
        if self.credential.id.contains("private-key")
            && grade.note.is_none()
            && value::is_rehearsal(input.path.as_str())
        {
            return Grade { note: Some("it stands among tests or examples".to_owned()), ..grade };
        }
        let (Anchor::Literal(words) | Anchor::AnyCase(words) | Anchor::Key(words)) = self.credential.anchor;
        let bodies = words.iter().filter_map(|word| secret.split_once(word)).map(|(_, body)| body);
        let body = bodies.min_by_key(|body| body.len()).unwrap_or(secret);
        let is_shown = grade.tier == Tier::Likely && body.len() <= LONGEST_SHOWN && value::is_placeholder(body);
        if is_shown { Grade::noted(Tier::Possible, "it looks like an example") } else { grade }
    }

    fn compile(&self) -> Option<Regex> {
        let form = self.credential.form;
        let form = if self.lead.is_some() { format!(r"\A(?:{form})") } else { form.to_owned() };
        RegexBuilder::new(&form).unicode(false).size_limit(LARGEST_FORM).dfa_size_limit(LARGEST_FORM).build().ok()
    }
}

/// How many bytes of a form stand before its only literal, when those are text.
fn lead(form: &str, words: &[&str]) -> Option<usize> {
    // A hyphen may be escaped, and needs not be.
    let form = form.replace(r"\-", "-");
    let escape = |word: &str| regex::escape(word).replace(r"\-", "-");
    if words.iter().all(|word| form.starts_with(&escape(word))) {
        return Some(0);
    }
    let [word] = words else { return None };
    let (before, _) = form.split_once(&escape(word))?;
    before.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_ ".contains(&it)).then_some(before.len())
}

/// The literal of a pair, if it is a secret.
fn placed(input: &Input<'_>, pair: &Pair<'_>) -> Option<Hit> {
    let judgement = value::judge(input, pair)?;
    Some(Hit {
        span: pair.span,
        kind: judgement.kind,
        tier: judgement.tier,
        note: judgement.note,
        secret: Secret(pair.value.as_bytes().to_vec()),
        matched: None,
    })
}

/// Whether a match neither begins nor ends inside a longer word. What an escape such as `\n` or `%3D` leaves before it
/// does not belong to a word.
fn stands_alone(text: &[u8], range: Range<usize>) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let before = text.get(..range.start).unwrap_or_default();
    let begins = match before {
        [.., b'\\', b'n' | b'r' | b't'] | [] => true,
        [.., b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => true,
        [.., last] => !is_word(last) || text.get(range.start).is_some_and(|first| !is_word(first)),
    };
    begins
        && text
            .get(range.end)
            .is_none_or(|next| !is_word(next) || text.get(range.end - 1).is_some_and(|last| !is_word(last)))
}

/// Where hits overlap, the more specific one stays: it knows best how sure it is. Of two alike it is the surer one, then the
/// longer one, then the first. What is told by its place is as sure as the surest of those who found it.
fn without_overlaps(mut hits: Vec<Hit>) -> Vec<Hit> {
    let length = |hit: &Hit| hit.span.end - hit.span.start;
    hits.sort_by(|a, b| {
        let specific = b.kind.specificity().cmp(&a.kind.specificity());
        specific.then(b.tier.cmp(&a.tier)).then(length(b).cmp(&length(a))).then(a.span.cmp(&b.span))
    });
    let mut kept: BTreeMap<usize, Hit> = BTreeMap::new();
    for hit in hits {
        let before = kept.range_mut(..hit.span.end).next_back().filter(|(_, other)| hit.span.start < other.span.end);
        match before {
            // Of two readers of one literal either may know why it is sure.
            Some((_, other)) if other.span == hit.span && !other.kind.is_formed() && !hit.kind.is_formed() => {
                other.tier = other.tier.max(hit.tier);
            }
            Some(_) => {}
            None => {
                kept.insert(hit.span.start, hit);
            }
        }
    }
    kept.into_values().collect()
}
