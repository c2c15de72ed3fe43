//! Kinds of risk that a change carries, told by paths.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::listed;
use crate::checks::Judged;
use crate::formats::globs::Globs;
use crate::formats::suggest::nearest;
use crate::model::{Change, Facts, Finding, Label, Place, RepoPath};

/// Kinds of risk and how many of them one change may carry.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Settings")]
pub(super) struct Classes(Settings);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Settings {
    /// Classes that one change may touch.
    #[serde(default = "one")]
    at_most: u32,
    /// The classes. A file belongs to the first one that names it; a file that none names, such as documents and tests, to none.
    of: Vec<Class>,
    /// Classes that count as one when they come together.
    #[serde(default)]
    together: Vec<Vec<String>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Class {
    /// What the team calls it.
    name: String,
    /// The files that belong to it.
    paths: Globs,
}

fn one() -> u32 {
    1
}

impl TryFrom<Settings> for Classes {
    type Error = String;

    fn try_from(settings: Settings) -> Result<Self, String> {
        let names = || settings.of.iter().map(|class| class.name.as_str());
        if settings.of.is_empty() {
            return Err("`of` names no class".to_owned());
        }
        if let Some((_, twice)) = names().enumerate().find(|(index, name)| names().take(*index).any(|it| it == *name)) {
            return Err(format!("the class `{twice}` is there twice"));
        }
        match settings.together.iter().flatten().find(|name| names().all(|it| it != name.as_str())) {
            None => Ok(Self(settings)),
            Some(unknown) => {
                let hint = nearest(unknown, names()).map_or_else(String::new, |it| format!("; did you mean `{it}`?"));
                Err(format!("`together` names `{unknown}`, which is no class{hint}"))
            }
        }
    }
}

impl Classes {
    pub(super) fn judge(&self, facts: &Facts, judged: &mut Judged) {
        let mut touched: BTreeMap<usize, &RepoPath> = BTreeMap::new();
        for path in facts.change.files.iter().flat_map(Change::paths) {
            if let Some(index) = self.0.of.iter().position(|class| class.paths.is_match(path)) {
                touched.entry(index).or_insert(path);
            }
        }
        let names: Vec<&str> =
            touched.keys().filter_map(|index| self.0.of.get(*index)).map(|class| class.name.as_str()).collect();
        judged.rests_on("classes", if names.is_empty() { "none".to_owned() } else { names.join(", ") });
        let count = self.count(&names);
        if count <= usize::try_from(self.0.at_most).unwrap_or(usize::MAX) {
            return;
        }
        let allowed = match self.0.at_most {
            1 => "1 is allowed".to_owned(),
            more => format!("{more} are allowed"),
        };
        let together = if count < names.len() { format!(", which count as {count}") } else { String::new() };
        let message = format!(
            "the change touches {} classes of risk, {}{together}; {allowed}",
            names.len(),
            listed(&names, "and")
        );
        let mut finding = Finding::at(Place::Change, message)
            .hazard("classes")
            .because("what fails after a release can be told and taken back only when one kind of risk went out")
            .help(format!("split it into one change for each of {}", listed(&names, "and")))
            .key(names.join(","));
        for ((_, path), name) in touched.iter().zip(&names) {
            let label = Label { place: Place::file(path), snippet: None, text: format!("of the class `{name}`") };
            finding = finding.related(label);
        }
        judged.findings.push(finding);
    }

    /// How many classes these count as: the group that covers most of what is left counts as one, until none is left.
    fn count(&self, names: &[&str]) -> usize {
        let mut left: Vec<&str> = names.to_vec();
        let mut count = 0;
        while !left.is_empty() {
            let covered = |group: &&Vec<String>| left.iter().filter(|name| group.iter().any(|it| it == *name)).count();
            match self.0.together.iter().max_by_key(covered).filter(|group| covered(group) > 1) {
                Some(group) => left.retain(|name| group.iter().all(|it| it != name)),
                None => return count + left.len(),
            }
            count += 1;
        }
        count
    }
}
