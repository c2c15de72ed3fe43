//! Text without characters that a reader cannot see or takes for others.
//!
//! `line` judges one line, `names` judges the names of files. What a character is, `formats::unicode`
//! knows; no language is parsed here: a comment and a string are code like the rest of the line.

mod grammar;
mod line;
mod mend;
mod names;
mod references;
mod spaces;
mod words;

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use self::grammar::Grammar;
use self::line::{Lens, Offence};
use super::scope::{Binary, Passage, Scope, Wanted};
use super::unlisted::{Summary, Unlisted};
use super::{Check, Hazard, Judged, Meta};
use crate::formats::globs::Globs;
use crate::model::{Facts, Finding, Line, Need, Place, RepoPath, Span, Stop, is_plain};

pub(super) struct UnicodeCheck;

/// Settings of `unicode`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Params {
    /// What is searched. File names are judged when they are new; with `tree` all of them.
    #[serde(default)]
    scope: Scope,
    /// What is looked for; everything when absent.
    #[serde(default = "all_hazards")]
    hazards: Vec<Kind>,
    /// Files that are written for people and judged mildly; documents and translations when absent.
    #[serde(default = "default_prose")]
    prose: Globs,
    /// Characters that pass everywhere, such as `U+00AD`.
    #[serde(default)]
    allow: Vec<CodePoint>,
    /// Files that are left out.
    #[serde(default)]
    except: Globs,
}

/// A finer kind of finding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    /// Direction controls that reorder what is shown.
    Bidi,
    /// Characters that take no room.
    Invisible,
    /// Control characters.
    Control,
    /// Letters of one script inside a word of another.
    Lookalike,
    /// A file name that looks like the one beside it.
    ConfusableName,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Bidi, Self::Invisible, Self::Control, Self::Lookalike, Self::ConfusableName];

    fn id(self) -> &'static str {
        match self {
            Self::Bidi => "bidi",
            Self::Invisible => "invisible",
            Self::Control => "control",
            Self::Lookalike => "lookalike",
            Self::ConfusableName => "confusable-name",
        }
    }
}

fn all_hazards() -> Vec<Kind> {
    Kind::ALL.to_vec()
}

/// Documents, subtitles and message catalogues by their extension, and data files in folders of translations.
fn default_prose() -> Globs {
    const PROSE: [&str; 6] = [
        "*.{md,markdown,mdx,mkd,txt,text,rst,adoc,asciidoc,org,tex,rdoc,textile,pod,wiki,mediawiki,srt,vtt,csv,tsv}",
        "*.{po,pot,xlf,xliff,arb,strings,stringsdict,resx,ftl}",
        "**/{locales,locale,i18n,l10n,lang,langs,languages,translations,_locales}/**/*.{json,json5,yml,yaml,xml,properties,toml,ini}",
        "**/{messages,strings}_*.properties",
        "**/values-*/*.xml",
        "!{CMakeLists,*requirements*,*constraints*}.txt",
    ];
    Globs::new(PROSE).unwrap_or_default()
}

/// A character by its number: `U+00AD`.
#[derive(JsonSchema)]
#[schemars(transparent)]
struct CodePoint(#[schemars(with = "String")] char);

impl<'de> Deserialize<'de> for CodePoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.strip_prefix("U+").or_else(|| text.strip_prefix("u+"));
        let symbol = digits.and_then(|it| u32::from_str_radix(it, 16).ok()).and_then(char::from_u32);
        symbol.map(Self).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not a character such as U+00AD")))
    }
}

/// Findings of one hazard in one file; what comes after them is summed up in one.
const LISTED: usize = 50;

impl Check for UnicodeCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: "unicode",
        summary: "text shows what it holds: nothing hidden, nothing that looks like something else",
        docs: include_str!("check.md"),
        hazards: &[
            Hazard { id: "bidi", title: "a direction control reorders what is shown" },
            Hazard { id: "invisible", title: "a character cannot be seen" },
            Hazard { id: "control", title: "a control character stands in text" },
            Hazard { id: "lookalike", title: "a letter of another script passes for an ASCII letter" },
            Hazard { id: "confusable-name", title: "a file name looks like the one beside it" },
        ],
        since: "0.1.0",
    };

    fn needs(params: &Params) -> Vec<Need> {
        params.scope.needs()
    }

    fn evaluate(params: &Params, facts: &Facts) -> Result<Judged, Stop> {
        let mut judged = Judged::default();
        let path = |path: &RepoPath| !params.except.is_match(path);
        let wanted = Wanted { path: &path, outline: |outline| !outline.is_plain, binary: Binary::Skipped };
        let found = params.scope.search(facts, &mut judged, &wanted, |_, passage| search(params, passage));
        judged.findings.extend(found.into_iter().flatten());
        params.scope.each_transient(facts, &mut judged, &wanted, &mut |judged, passage| {
            judged.findings.extend(search(params, passage));
        });
        names::judge(params, facts, &mut judged);
        Ok(judged)
    }
}

impl Params {
    fn wants(&self, kind: Kind) -> bool {
        self.hazards.contains(&kind)
    }

    fn lens(&self, passage: &Passage<'_>) -> Lens<'_> {
        let grammar = Grammar::of(passage.path, passage.blob.text());
        Lens { prose: self.prose.is_match(passage.path), grammar, allow: &self.allow }
    }
}

/// What a file has of one hazard.
#[derive(Default)]
struct Tally {
    listed: usize,
    unlisted: Unlisted,
    /// The first that is not listed.
    first: Option<Offence>,
}

/// Lines that are looked at together: even of a file that is not plain, most are.
const STRETCH: u32 = 64;

fn stretches(lines: Range<u32>) -> impl Iterator<Item = Range<u32>> {
    let starts = std::iter::successors(Some(lines.start), |start| start.checked_add(STRETCH));
    let end = lines.end;
    starts.take_while(move |start| *start < end).map(move |start| start..end.min(start.saturating_add(STRETCH)))
}

fn search(params: &Params, passage: &Passage<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let text = passage.blob.text();
    let lens = params.lens(passage);
    let mut tallies: BTreeMap<Kind, Tally> = BTreeMap::new();
    let mut commands: Option<bool> = None;
    for numbers in passage.lines.iter().flat_map(|range| stretches(range.numbers())) {
        let (Some(first), Some(last)) = (text.line(numbers.start), text.line(numbers.end.saturating_sub(1))) else {
            continue;
        };
        let stretch = text.as_str().get(first.start..last.start + last.text.len()).unwrap_or_default();
        if is_plain(stretch.as_bytes()) {
            continue;
        }
        for line in numbers.filter_map(|number| text.line(number)) {
            if is_plain(line.text.as_bytes()) {
                continue;
            }
            for offence in lens.offences(line.text).into_iter().filter(|it| params.wants(it.kind)) {
                let tally = tallies.entry(offence.kind).or_default();
                if tally.listed == LISTED {
                    tally.unlisted.add(line.text);
                    tally.first.get_or_insert(offence);
                    continue;
                }
                tally.listed += 1;
                let command = *commands.get_or_insert_with(|| mend::suits_the_command(text));
                let help = offence.help(passage.path, Some(line.number).filter(|_| command));
                findings.push(finding(passage, line, &offence, help));
            }
        }
    }
    for Tally { unlisted, first, .. } in tallies.into_values() {
        findings.extend(first.zip(unlisted.summary()).map(|(first, rest)| and_more(passage, &first, &rest)));
    }
    findings
}

fn finding(passage: &Passage<'_>, line: Line<'_>, offence: &Offence, help: String) -> Finding {
    let span = Span::new(line.start + offence.span.start, line.start + offence.span.end);
    let finding = Finding::new(passage.label(span, offence.caret.clone()), offence.message.clone())
        .hazard(offence.kind.id())
        .because(format!("with every character shown it reads `{}`", line::revealed(line.text, offence.span)));
    match &passage.commit {
        None => finding.help(help),
        Some(commit) => finding.help(format!(
            "commit {} brings it and history keeps it: take it out there with `git rebase --interactive`",
            commit.short()
        )),
    }
}

/// Who accepts this accepts these places, and no later ones.
fn and_more(passage: &Passage<'_>, offence: &Offence, unlisted: &Summary) -> Finding {
    let message =
        format!("{LISTED} places are listed, {} not: {}", unlisted.further(["place", "places"]), offence.message);
    Finding::at(Place::file(passage.path), message)
        .hazard(offence.kind.id())
        .key(format!("more\0{}", unlisted.digest))
        .help(offence.help(passage.path, None))
}
