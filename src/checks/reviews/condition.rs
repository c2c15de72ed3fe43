//! Which changes a requirement is about.

use super::approver::{Reach, Scope};
use super::directory::Truth;
use super::gate::Gate;
use super::settings::{Rule, When};
use crate::model::{Change, PullRequest};

impl Gate<'_> {
    /// Whether the change is one that a requirement is about.
    pub(super) fn holds(&self, when: &When, scope: &Scope<'_>) -> Truth {
        let request = |judge: &dyn Fn(&PullRequest) -> bool| match &self.request {
            Ok(request) => Truth::of(judge(request)),
            Err(missing) => Truth::Unknown(missing.clone()),
        };
        let paths = when.paths.as_ref().map_or(Truth::Yes, |globs| {
            Truth::of(scope.files.iter().flat_map(|it| it.paths()).any(|path| globs.is_match(path)))
        });
        let labels = || {
            when.labels
                .as_ref()
                .map_or(Truth::Yes, |wanted| request(&|it| it.labels.iter().any(|label| wanted.is_match(label))))
        };
        let authors = || when.authors.as_ref().map_or(Truth::Yes, |wanted| request(&|it| wanted.is_match(&it.author)));
        let lines = || when.min_lines.map_or(Truth::Yes, |least| self.has_lines(scope, least));
        let risk = || match &when.risk {
            None => Truth::Yes,
            Some(names) => {
                let risks = names.iter().filter_map(|name| (self.when_risk)(name));
                Truth::any(risks.map(|risk| self.holds(risk, scope)))
            }
        };
        paths.and(labels).and(authors).and(lines).and(risk)
    }

    fn has_lines(&self, scope: &Scope<'_>, least: u64) -> Truth {
        let mut lines: u64 = 0;
        for change in &scope.files {
            match self.facts().hunks(change) {
                Ok(hunks) => {
                    lines += hunks.iter().map(|it| u64::from(it.old.count) + u64::from(it.new.count)).sum::<u64>();
                }
                Err(missing) => return Truth::Unknown(missing),
            }
            if lines >= least {
                return Truth::Yes;
            }
        }
        Truth::of(lines >= least)
    }
}

/// The files of a scope that a requirement is about.
pub(super) fn narrow<'a>(when: &'a When, scope: &Scope<'a>) -> Scope<'a> {
    match &when.paths {
        None => Scope::new(scope.files.clone(), scope.reach),
        Some(globs) => {
            let is_match = |change: &&&Change| change.paths().any(|path| globs.is_match(path));
            Scope::new(scope.files.iter().filter(is_match).copied().collect(), Reach::Matching(globs))
        }
    }
}

/// Why a requirement is not about the change.
pub(super) fn unmet(rule: &Rule, when: &When) -> String {
    let what = rule.name.as_ref().map_or_else(|| "a requirement".to_owned(), |name| format!("`{name}`"));
    let parts = [
        when.paths.as_ref().map(|it| format!("files that match {}", quoted(it.texts()))),
        when.labels.as_ref().map(|it| format!("the label {}", it.listed())),
        when.authors.as_ref().map(|it| format!("the author {}", it.listed())),
        when.risk.as_ref().map(|it| format!("the risk {}", quoted(it.iter().map(String::as_str)))),
        when.min_lines.map(|it| format!("{it} changed lines")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{what} is for {}", parts.join(" and "))
}

/// Names, one of which is asked for.
pub(super) fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
}
