//! A configuration of gitleaks with those that it goes on from.
//!
//! As there, two of them are followed. Unlike there, none leads out of the repository, and a path may also begin at the
//! folder of the configuration that names it.

use std::path::{Path, PathBuf};

use super::told::{self, Told};
use crate::cli::error::CliError;
use crate::formats::gitleaks::{self, Allowlist, Config, Named, Rule};

/// How many configurations behind one another are followed.
const MOST: usize = 2;

/// Configurations made one.
#[derive(Default)]
pub(super) struct Merged {
    /// Whether the rules that gitleaks ships are used as well.
    pub(super) uses_default: bool,
    /// Rules that are off and stand in none of the configurations, with the number of the file that says so.
    pub(super) off: Vec<(usize, Named)>,
    pub(super) rules: Vec<Rule>,
    pub(super) allowlists: Vec<Allowlist>,
    pub(super) filters: Vec<(usize, Named)>,
}

/// Reads a configuration and those that it goes on from.
pub(super) fn merged(told: &mut Told, root: &Path, file: &Path, name: String) -> Result<Merged, CliError> {
    let source = told.read(file, name, told::CONFIGURATION)?;
    let mut open = vec![file.canonicalize().unwrap_or_else(|_| file.to_owned())];
    Ok(of_source(told, root, source, &mut open))
}

fn of_source(told: &mut Told, root: &Path, source: usize, open: &mut Vec<PathBuf>) -> Merged {
    let (config, problems) = gitleaks::parse(told.text(source));
    told.problems(source, &problems);
    let Config { uses_default, extends, disabled, mut rules, mut allowlists, filters } = config;
    let own = rules.iter_mut().flat_map(|it| &mut it.allowlists);
    own.chain(&mut allowlists).for_each(|it| it.source = source);
    rules.iter_mut().for_each(|it| it.source = source);
    let filters = filters.into_iter().map(|it| (source, it)).collect();
    let mut merged = Merged { uses_default, off: Vec::new(), rules, allowlists, filters };
    let base = extends.and_then(|path| follow(told, root, (source, &path), open)).unwrap_or_default();
    merged.over(base, disabled.into_iter().map(|it| (source, it)));
    merged
}

/// The configuration at the end of a path, if it can be followed.
fn follow(told: &mut Told, root: &Path, (source, path): (usize, &Named), open: &mut Vec<PathBuf>) -> Option<Merged> {
    let text = &path.text;
    if MOST < open.len() {
        told.warn(source, path.span, format!("`{text}` is not followed: gitleaks follows {MOST} one behind the other"));
        return None;
    }
    let beside = open.last().and_then(|it| it.parent()).map(|it| it.join(text));
    let found = [Some(root.join(text)), beside].into_iter().flatten().find_map(|it| it.canonicalize().ok());
    let Some(found) = found.filter(|it| it.is_file()) else {
        told.warn(source, path.span, format!("`{text}` is no file of the repository; its rules are missing here"));
        return None;
    };
    let within = root.canonicalize().ok().and_then(|root| found.strip_prefix(root).ok().map(Path::to_owned));
    let Some(within) = within else {
        told.warn(
            source,
            path.span,
            format!("`{text}` leads out of the repository and is not read; its rules are missing here"),
        );
        return None;
    };
    if open.contains(&found) {
        told.warn(source, path.span, format!("`{text}` leads in a circle and is not read again"));
        return None;
    }
    let next = match told.read(&found, within.display().to_string(), told::CONFIGURATION) {
        Ok(next) => next,
        Err(_) => {
            told.warn(source, path.span, format!("`{text}` cannot be read; its rules are missing here"));
            return None;
        }
    };
    open.push(found);
    let merged = of_source(told, root, next, open);
    open.pop();
    Some(merged)
}

impl Merged {
    /// Lays these rules over those of a base, without what is off there.
    fn over(&mut self, base: Self, off: impl Iterator<Item = (usize, Named)>) {
        let mut base = base;
        self.off.append(&mut base.off);
        for (source, named) in off {
            let before = base.rules.len();
            base.rules.retain(|it| it.id != named.text);
            if base.rules.len() == before || base.uses_default {
                self.off.push((source, named));
            }
        }
        self.uses_default |= base.uses_default;
        for rule in base.rules {
            match self.rules.iter_mut().find(|it| it.id == rule.id) {
                Some(own) => lay(own, rule),
                None => self.rules.push(rule),
            }
        }
        self.rules.sort_by(|a, b| a.id.cmp(&b.id));
        self.allowlists.extend(base.allowlists);
        self.filters.extend(base.filters);
    }
}

/// Fills what a rule does not say from the rule of a base; lists grow.
fn lay(own: &mut Rule, base: Rule) {
    own.description = own.description.take().or(base.description);
    own.regex = own.regex.take().or(base.regex);
    own.path = own.path.take().or(base.path);
    own.entropy = own.entropy.take().filter(|it| *it != 0.0).or(base.entropy);
    if own.secret_group == 0 {
        own.secret_group = base.secret_group;
    }
    own.is_part |= base.is_part;
    own.keywords.extend(base.keywords);
    own.required.extend(base.required);
    own.allowlists.extend(base.allowlists);
    own.filters.extend(base.filters);
}
