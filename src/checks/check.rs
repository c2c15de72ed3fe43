//! What a check is: typed for its author, erased for the engine.

use std::fmt;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;

use super::{HiddenSecret, Sighting};
use crate::formats::node::{Node, from_node};
use crate::formats::problem::Problem;
use crate::model::{Evidence, Facts, Finding, Level, Missing, Need, RepoPath, Step, Stop, Text, Timestamp};

/// The code that can judge one kind of rule.
pub trait Check: 'static {
    /// Its settings: what stands under `with:`. Anything that deserialises can be judged.
    type Params: DeserializeOwned + JsonSchema + Send + Sync + 'static;

    /// Who it is.
    const META: Meta;

    /// The facts that it needs under these settings, beyond the files of the change.
    fn needs(params: &Self::Params) -> Vec<Need>;

    /// Whether it looks into the contents of all files that it is asked about. Such checks go first: what they read is known
    /// in outline when the others come to it, and is not read for that alone.
    #[must_use]
    fn reads_contents() -> bool {
        false
    }

    /// Why this kind of finding matters and how to mend it, in Markdown, where the documentation of the check as a whole
    /// does not say it.
    #[must_use]
    fn advice(hazard: &str) -> Option<String> {
        let _ = hazard;
        None
    }

    /// What of a text no report may show under these settings, besides what no report may show anyway.
    #[must_use]
    fn hidden(params: &Self::Params, path: &RepoPath, text: &str, now: Timestamp) -> Vec<HiddenSecret> {
        let _ = (params, path, text, now);
        Vec::new()
    }

    /// The secrets of a text that the rule reports, with what identifies each: for what was accepted elsewhere, by
    /// value or by place.
    #[must_use]
    fn sightings(params: &Self::Params, path: &RepoPath, text: &Text, now: Timestamp) -> Vec<Sighting> {
        let _ = (params, path, text, now);
        Vec::new()
    }

    /// The examples that settings bring along, run. A policy test shows each as a case.
    #[must_use]
    fn examples(params: &Self::Params) -> Vec<Example> {
        let _ = params;
        Vec::new()
    }

    /// What it weighs on the way to its verdict, step by step, where the findings do not say it.
    #[must_use]
    fn explain(params: &Self::Params, facts: &Facts) -> Vec<Step> {
        let _ = (params, facts);
        Vec::new()
    }

    /// Tells the settings a digest of themselves: equal ones have equal digests.
    fn sign(params: &mut Self::Params, digest: [u8; 32]) {
        let _ = (params, digest);
    }

    /// Judges.
    ///
    /// # Errors
    /// [`Stop::NotApplicable`] when the rule does not speak about this change, [`Stop::Missing`] when it
    /// cannot be judged. What could be judged although something else could not goes into [`Judged::missing`].
    fn evaluate(params: &Self::Params, facts: &Facts) -> Result<Judged, Stop>;
}

/// Who a check is.
#[derive(Clone, Copy, Debug)]
pub struct Meta {
    /// Its id: a neutral noun, so that "pass files" and "fail files" both read well.
    pub id: &'static str,
    /// What holds when it passes; a fragment without a full stop.
    pub summary: &'static str,
    /// Its `check.md`.
    pub docs: &'static str,
    /// Its finer kinds of findings. Every finding names one of them.
    pub hazards: &'static [Hazard],
    /// The version that brought it.
    pub since: &'static str,
}

impl Meta {
    /// The text below a `##` heading of the check's documentation, trimmed.
    #[must_use]
    pub fn section(&self, heading: &str) -> Option<String> {
        let body = self.docs.lines().skip_while(|line| line.strip_prefix("## ") != Some(heading)).skip(1);
        let lines: Vec<&str> = body.take_while(|line| !line.starts_with("## ")).collect();
        Some(lines.join("\n").trim().to_owned()).filter(|text| !text.is_empty())
    }
}

/// A finer kind of finding inside a check.
#[derive(Clone, Copy, Debug)]
pub struct Hazard {
    /// The suffix of its id: `subject-length` in `commits/subject-length`.
    pub id: &'static str,
    /// What is wrong, in general; a fragment without a full stop.
    pub title: &'static str,
}

/// What an example of the settings came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// Which one it is.
    pub title: String,
    /// What it should come to.
    pub expected: String,
    /// What it comes to.
    pub actual: String,
    /// Whether it shows something that the rule reports.
    pub shows_a_finding: bool,
}

/// What a check found.
#[derive(Debug, Default)]
pub struct Judged {
    /// Violations.
    pub findings: Vec<Finding>,
    /// What could not be judged although the rest could.
    pub missing: Vec<Missing>,
    /// Facts that the verdict rests on, whatever it is.
    pub evidence: Vec<Evidence>,
    /// What a person should know about the settings, such as an exemption that covers nothing.
    pub remarks: Vec<Remark>,
}

/// Something about the settings of a rule that this run brought to light.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    /// How much it weighs: `warn` or `note`.
    pub level: Level,
    /// What it is; one sentence without a full stop.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Judged {
    /// Keeps the value, or notes what is missing and goes on without it: one unreadable file must
    /// not hide what is wrong with the others.
    pub fn keep<T>(&mut self, fact: Result<T, Missing>) -> Option<T> {
        match fact {
            Ok(value) => Some(value),
            Err(missing) => {
                self.missing.push(missing);
                None
            }
        }
    }

    /// Adds what was judged elsewhere, such as on another thread.
    pub fn append(&mut self, mut other: Self) {
        self.findings.append(&mut other.findings);
        self.missing.append(&mut other.missing);
        self.evidence.append(&mut other.evidence);
        self.remarks.append(&mut other.remarks);
    }

    /// Notes a fact that the verdict rests on.
    pub fn rests_on(&mut self, name: &str, value: impl fmt::Display) {
        self.evidence.push(Evidence { name: name.to_owned(), value: value.to_string() });
    }
}

impl From<Vec<Finding>> for Judged {
    fn from(findings: Vec<Finding>) -> Self {
        Self { findings, ..Self::default() }
    }
}

type Evaluate = Box<dyn Fn(&Facts) -> Result<Judged, Stop> + Send + Sync>;
type Hidden = Box<dyn Fn(&RepoPath, &str, Timestamp) -> Vec<HiddenSecret> + Send + Sync>;
type Sightings = Box<dyn Fn(&RepoPath, &Text, Timestamp) -> Vec<Sighting> + Send + Sync>;
type Examples = Box<dyn Fn() -> Vec<Example> + Send + Sync>;
type Explain = Box<dyn Fn(&Facts) -> Vec<Step> + Send + Sync>;

/// A check together with its settings: ready to judge, and impossible to misconfigure.
pub struct Bound {
    /// The facts that it needs.
    pub needs: Vec<Need>,
    /// Whether the check looks into the contents of all files that it is asked about.
    pub reads_contents: bool,
    evaluate: Evaluate,
    hidden: Hidden,
    sightings: Sightings,
    examples: Examples,
    explain: Explain,
}

impl Bound {
    /// Judges.
    ///
    /// # Errors
    /// As [`Check::evaluate`].
    pub fn evaluate(&self, facts: &Facts) -> Result<Judged, Stop> {
        (self.evaluate)(facts)
    }

    /// What of a text no report may show because of these settings; some may overlap.
    #[must_use]
    pub fn hidden(&self, path: &RepoPath, text: &str, now: Timestamp) -> Vec<HiddenSecret> {
        (self.hidden)(path, text, now)
    }

    /// The secrets of a text that the rule reports.
    #[must_use]
    pub fn sightings(&self, path: &RepoPath, text: &Text, now: Timestamp) -> Vec<Sighting> {
        (self.sightings)(path, text, now)
    }

    /// What the check weighs on the way to its verdict.
    #[must_use]
    pub fn explain(&self, facts: &Facts) -> Vec<Step> {
        (self.explain)(facts)
    }

    /// The examples that the settings bring along, run.
    #[must_use]
    pub fn examples(&self) -> Vec<Example> {
        (self.examples)()
    }
}

impl fmt::Debug for Bound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Bound").field("needs", &self.needs).finish_non_exhaustive()
    }
}

/// An entry of the registry: a check with its types erased.
#[derive(Clone, Copy)]
pub struct CheckDef {
    /// Who it is.
    pub meta: Meta,
    /// The schema of its settings.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    advice: fn(&str) -> Option<String>,
    bind: fn(&Node) -> Result<Bound, Problem>,
}

impl CheckDef {
    /// The entry of a check.
    #[must_use]
    pub const fn of<C: Check>() -> Self {
        Self { meta: C::META, schema: schema::<C>, advice: C::advice, bind: bind::<C> }
    }

    /// Why a kind of finding matters and how to mend it, in Markdown; may be empty.
    #[must_use]
    pub fn advice(&self, hazard: &str) -> String {
        (self.advice)(hazard).unwrap_or_else(|| {
            let sections = ["Why", "How to fix"].map(|name| (name, self.meta.section(name)));
            let written =
                sections.iter().filter_map(|(name, text)| text.as_ref().map(|it| format!("## {name}\n\n{it}\n")));
            written.collect::<Vec<_>>().join("\n")
        })
    }

    /// Reads the settings.
    ///
    /// # Errors
    /// The first setting that does not fit, at its place.
    pub fn bind(&self, settings: &Node) -> Result<Bound, Problem> {
        (self.bind)(settings)
    }
}

impl fmt::Debug for CheckDef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("CheckDef").field("id", &self.meta.id).finish_non_exhaustive()
    }
}

fn schema<C: Check>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<C::Params>()
}

fn bind<C: Check>(settings: &Node) -> Result<Bound, Problem> {
    let mut params: C::Params = from_node(settings)?;
    C::sign(&mut params, settings.digest());
    let params = Arc::new(params);
    let needs = C::needs(&params);
    let (of_hidden, of_sightings, of_examples) = (Arc::clone(&params), Arc::clone(&params), Arc::clone(&params));
    let of_explain = Arc::clone(&params);
    Ok(Bound {
        needs,
        reads_contents: C::reads_contents(),
        evaluate: Box::new(move |facts| C::evaluate(&params, facts)),
        hidden: Box::new(move |path, text, now| C::hidden(&of_hidden, path, text, now)),
        sightings: Box::new(move |path, text, now| C::sightings(&of_sightings, path, text, now)),
        examples: Box::new(move || C::examples(&of_examples)),
        explain: Box::new(move |facts| C::explain(&of_explain, facts)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_ends_at_the_next_heading() {
        let docs = "# x\n\n## Why\n\nBecause.\n\n### Detail\n\nMore.\n\n## How to fix\n";
        let meta = Meta { id: "x", summary: "", docs, hazards: &[], since: "0.1.0" };
        assert_eq!(meta.section("Why").as_deref(), Some("Because.\n\n### Detail\n\nMore."));
        assert_eq!(meta.section("How to fix"), None);
        assert_eq!(meta.section("Detail"), None);
    }
}
