//! Branches: their names, where they go, and what they bring along.
//!
//! What a forge protects on its side is not asked here; a push is judged by its ref updates.

mod markers;
mod pushes;
mod settings;

use self::settings::{DirectPush, Names, Params, Protected, Trunk};
use super::{Check, Hazard, Judged, Meta};
use crate::formats::shell;
use crate::model::{Commit, Facts, Finding, MergeOutcome, Missing, Mode, Need, Place, Stop, Timestamp};

pub(super) struct BranchCheck;

impl Check for BranchCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: "branch",
        summary: "the branch is well named, goes where it may, and merges cleanly",
        docs: include_str!("check.md"),
        hazards: &[
            Hazard { id: "name", title: "a branch name matches no pattern" },
            Hazard { id: "flow", title: "a branch goes where the model does not let it go" },
            Hazard { id: "age", title: "a branch lives longer than the model lets it" },
            Hazard { id: "size", title: "a branch has more commits than the model lets it have" },
            Hazard { id: "direct-push", title: "a commit goes to a protected branch without a pull request" },
            Hazard { id: "deletion", title: "a protected branch is deleted" },
            Hazard { id: "rewrite", title: "a protected branch is rewritten" },
            Hazard { id: "commit-on-protected", title: "a commit is made on a protected branch" },
            Hazard { id: "behind", title: "the branch lacks commits of its target" },
            Hazard { id: "merge-commit", title: "a merge in a history that must be linear" },
            Hazard { id: "conflict", title: "the branch does not merge into its target" },
            Hazard { id: "conflict-marker", title: "a merge conflict is left in a file" },
        ],
        since: "0.1.0",
    };

    fn needs(params: &Params) -> Vec<Need> {
        let parts = &params.parts;
        let trunk = parts.trunk.as_ref().is_some_and(|it| it.max_age_days.is_some() || it.max_commits.is_some());
        let asks_forge_words = parts.protected.as_ref().is_some_and(|it| matches!(it.direct_push, DirectPush::Merged));
        let wanted = [
            (parts.linear || trunk || asks_forge_words, Need::Commits),
            (parts.max_behind.is_some(), Need::Behind),
            (parts.merges_clean, Need::Merge),
        ];
        wanted.into_iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, need)| need).collect()
    }

    fn evaluate(params: &Params, facts: &Facts) -> Result<Judged, Stop> {
        let parts = &params.parts;
        let mut run = Run { facts, judged: Judged::default(), parts: 0, skipped: Vec::new() };
        if let Some(rule) = &parts.names {
            run.part(|run| run.names(rule));
        }
        if !params.flows.is_empty() {
            run.part(|run| run.flow(params));
        }
        let limits = parts.trunk.as_ref().filter(|it| it.max_age_days.is_some() || it.max_commits.is_some());
        if let Some(rule) = limits {
            run.part(|run| run.short_lived(rule));
        }
        if let Some(rule) = &parts.protected {
            run.part(|run| run.protected(rule));
        }
        if let Some(limit) = parts.max_behind {
            run.part(|run| run.behind(limit));
        }
        if parts.linear {
            run.part(Run::linear);
        }
        if parts.merges_clean {
            run.part(Run::merges_clean);
        }
        if let Some(rule) = &parts.conflict_markers {
            run.part(|run| {
                markers::search(rule, run.facts, &mut run.judged);
                Ok(())
            });
        }
        run.finish()
    }
}

/// The parts of one rule, judged one after the other: a fact that one lacks must not silence the others.
struct Run<'a> {
    facts: &'a Facts,
    judged: Judged,
    /// How many parts were looked at.
    parts: usize,
    /// Why parts do not speak about this change.
    skipped: Vec<String>,
}

impl Run<'_> {
    fn part(&mut self, judge: impl FnOnce(&mut Self) -> Result<(), Stop>) {
        self.parts += 1;
        match judge(self) {
            Ok(()) => {}
            Err(Stop::Missing(missing)) => self.judged.missing.push(missing),
            Err(Stop::NotApplicable(because)) => self.skipped.push(because),
        }
    }

    /// A part that only the pull request can judge is no reason for doubt before it.
    fn finish(mut self) -> Result<Judged, Stop> {
        if self.skipped.len() == self.parts {
            self.skipped.dedup();
            return Err(Stop::NotApplicable(self.skipped.join("; ")));
        }
        Ok(self.judged)
    }

    fn names(&mut self, rule: &Names) -> Result<(), Stop> {
        let refs = &self.facts.refs;
        let names: Vec<String> = match self.facts.run.mode {
            Mode::Push => {
                let pushed = refs.updates.iter().filter(|it| !it.new.is_zero());
                pushed.filter_map(|it| it.name.strip_prefix("refs/heads/")).map(str::to_owned).collect()
            }
            Mode::Local | Mode::Staged | Mode::Range | Mode::PullRequest => vec![refs.source.clone()?],
            Mode::MergeGroup | Mode::All | Mode::Release => Vec::new(),
        };
        let is_request = matches!(self.facts.run.mode, Mode::PullRequest);
        // Whoever stands on the default branch has not made a branch yet; from a fork it is a bad name like any other.
        let is_default = |name: &String| !is_request && refs.default.as_ref().is_ok_and(|default| default == name);
        let mut names = names.into_iter().filter(|name| !is_default(name)).peekable();
        if names.peek().is_none() {
            return Err(Stop::NotApplicable("no branch is named by this run but the default one".to_owned()));
        }
        for name in names.filter(|name| !rule.allow.is_match(name)) {
            let message =
                rule.message.clone().unwrap_or_else(|| format!("the branch name `{name}` matches no pattern"));
            let example = rule.example.as_deref().unwrap_or("NEW-NAME");
            let help = format!(
                "rename it before others fetch it: `git branch -m {} {}`",
                shell::word(&name),
                shell::word(example)
            );
            let because = format!("the patterns are {}", rule.allow.listed());
            let finding = Finding::at(branch(&name), message).hazard("name").because(because).help(help);
            self.judged.findings.push(finding.key(""));
        }
        Ok(())
    }

    fn flow(&mut self, params: &Params) -> Result<(), Stop> {
        match self.facts.run.mode {
            Mode::PullRequest | Mode::Range => {}
            Mode::Local | Mode::Staged | Mode::MergeGroup | Mode::Push | Mode::All | Mode::Release => {
                return Err(Stop::NotApplicable("what goes where is judged on the pull request".to_owned()));
            }
        }
        let (source, target) = (self.facts.refs.source.clone()?, self.facts.refs.target.clone()?);
        let Some(flow) = params.flows.iter().find(|flow| flow.into.is_match(&target)) else {
            return Err(Stop::NotApplicable(format!("the policy says nothing about what goes into `{target}`")));
        };
        if !flow.takes(&source) {
            let others = params.flows.iter().filter(|it| !it.into.is_match(&source));
            let into: Vec<String> = others.filter(|it| it.takes(&source)).map(|it| it.into.listed()).collect();
            let help = match (flow.instead, into.as_slice()) {
                (Some(instead), _) => instead.to_owned(),
                (None, []) => "give the branch a name that the model knows, or change the target".to_owned(),
                (None, into) => format!("change the target: `{source}` may go into {}", into.join(", ")),
            };
            let finding = Finding::at(branch(&source), format!("`{source}` must not be merged into `{target}`"));
            self.judged.findings.push(finding.hazard("flow").because(&flow.because).help(help));
        }
        Ok(())
    }

    fn short_lived(&mut self, rule: &Trunk) -> Result<(), Stop> {
        match self.facts.run.mode {
            Mode::Local | Mode::Range | Mode::PullRequest => {}
            Mode::Staged | Mode::MergeGroup | Mode::Push | Mode::All | Mode::Release => {
                return Err(Stop::NotApplicable("a branch's age and size are judged on the pull request".to_owned()));
            }
        }
        let commits = self.facts.commits.clone()?;
        let source = self.facts.refs.source.clone()?;
        if let Some((limit, oldest)) = rule.max_age_days.zip(oldest(&commits)) {
            let days = oldest.author.time.date().days_until(self.facts.run.now.date());
            if i64::from(days) > i64::from(limit) {
                let message = format!("`{source}` is {days} days old, {limit} are allowed");
                let finding = Finding::at(branch(&source), message).hazard("age").key("");
                let finding = finding.because(format!(
                    "its oldest commit, `{}`, is of {}",
                    oldest.subject(),
                    oldest.author.time.date()
                ));
                self.judged.findings.push(
                    finding
                        .help("merge what is done, behind a flag if it must not show yet")
                        .evidence("oldest commit", oldest.id),
                );
            }
        }
        let count = commits.len();
        if let Some(limit) = rule.max_commits.filter(|limit| u32::try_from(count).is_ok_and(|it| it > *limit)) {
            let finding = Finding::at(branch(&source), format!("`{source}` has {count} commits, {limit} are allowed"));
            self.judged.findings.push(
                finding.hazard("size").key("").help("split it into branches that can be merged one after the other"),
            );
        }
        Ok(())
    }

    fn protected(&mut self, rule: &Protected) -> Result<(), Stop> {
        match self.facts.run.mode {
            Mode::Push => {
                pushes::judge(rule, self.facts, &mut self.judged);
                Ok(())
            }
            Mode::Staged if rule.refuse_commits => {
                let source = self.facts.refs.source.clone()?;
                if rule.branches.is_match(&source) {
                    let message = format!("this commit would be made on the protected branch `{source}`");
                    let help = "take the staged changes to a branch of their own first: `git switch -c fix/…`";
                    self.judged
                        .findings
                        .push(Finding::at(branch(&source), message).hazard("commit-on-protected").help(help));
                }
                Ok(())
            }
            Mode::Local
            | Mode::Staged
            | Mode::Range
            | Mode::PullRequest
            | Mode::MergeGroup
            | Mode::All
            | Mode::Release => {
                Err(Stop::NotApplicable("protected branches are judged when something is pushed".to_owned()))
            }
        }
    }

    fn behind(&mut self, limit: u32) -> Result<(), Stop> {
        self.only_before_the_merge("how far a branch is behind")?;
        let behind = self.facts.refs.behind.clone()?;
        self.judged.rests_on("commits behind", behind);
        if behind > limit {
            let target = self.target();
            let allowed = if limit == 0 { "none may be lacking".to_owned() } else { format!("{limit} may be lacking") };
            let lacking = if behind == 1 { "1 commit".to_owned() } else { format!("{behind} commits") };
            let message = format!("the branch lacks {lacking} of `{target}`, {allowed}");
            let finding = Finding::at(self.place(), message).hazard("behind").key("");
            let finding = finding.because("what is tested is not what the merge will give");
            self.judged.findings.push(finding.help(format!("`git fetch origin && git rebase {}`", upstream(&target))));
        }
        Ok(())
    }

    fn linear(&mut self) -> Result<(), Stop> {
        match self.facts.run.mode {
            Mode::Local | Mode::Range | Mode::PullRequest | Mode::Push | Mode::Release => {}
            Mode::Staged | Mode::MergeGroup | Mode::All => {
                return Err(Stop::NotApplicable("this run is about no commits".to_owned()));
            }
        }
        let commits = self.facts.commits.clone()?;
        for commit in commits.iter().filter(|it| it.is_merge()) {
            let place = Place::Commit { id: commit.id, subject: commit.subject().to_owned(), region: None };
            let finding =
                Finding::at(place, "the commit is a merge; the history must be linear").hazard("merge-commit");
            let help =
                format!("`git rebase {}` puts the branch's own commits on top", shell::word(&self.facts.run.base_name));
            self.judged.findings.push(finding.help(help).evidence("commit", commit.id));
        }
        Ok(())
    }

    fn merges_clean(&mut self) -> Result<(), Stop> {
        self.only_before_the_merge("whether a branch merges")?;
        let target = self.target();
        match self.facts.refs.merge.clone()? {
            MergeOutcome::Clean => {}
            MergeOutcome::Conflicts { paths } => {
                let help = format!(
                    "`git fetch origin && git rebase {}`, settle the conflicts and push again",
                    upstream(&target)
                );
                self.judged.findings.extend(paths.iter().map(|path| {
                    let finding = Finding::at(Place::file(path), format!("`{path}` conflicts with `{target}`"));
                    finding.hazard("conflict").because("both sides changed it since they parted").help(&help).key("")
                }));
            }
        }
        Ok(())
    }

    fn only_before_the_merge(&self, what: &str) -> Result<(), Stop> {
        match self.facts.run.mode {
            Mode::Local | Mode::Range | Mode::PullRequest => Ok(()),
            Mode::Staged | Mode::MergeGroup | Mode::Push | Mode::All | Mode::Release => {
                Err(Stop::NotApplicable(format!("{what} is judged on the pull request")))
            }
        }
    }

    /// The target's name, or the base's where nobody named a target.
    fn target(&self) -> String {
        self.facts.refs.target.clone().unwrap_or_else(|_: Missing| self.facts.run.base_name.clone())
    }

    fn place(&self) -> Place {
        self.facts.refs.source.as_ref().map_or(Place::Change, |name| branch(name))
    }
}

fn branch(name: &str) -> Place {
    Place::Ref { name: name.to_owned() }
}

/// The target as it stands on the server, as a word of a command line.
fn upstream(target: &str) -> String {
    shell::word(&format!("origin/{target}")).into_owned()
}

/// The oldest commit, by the author's clock: a rebase makes a branch no younger.
fn oldest(commits: &[Commit]) -> Option<&Commit> {
    commits.iter().filter(|it| it.author.time > Timestamp(0)).min_by_key(|it| it.author.time)
}
