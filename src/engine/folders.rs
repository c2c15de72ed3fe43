//! Globs that name a folder as if it were a file: they match nothing, and a rule or a waiver would only be silent.

use crate::model::{Change, Facts, Level, Problem, RepoPath, Tree};
use crate::policy::{Policy, Rule};

/// A warning for each rule and waiver of the policy that names a folder of the base or the head like a file.
pub(super) fn problems(policy: &Policy, facts: &Facts) -> Vec<Problem> {
    let root = RepoPath::root();
    let rules = policy.rules.iter().filter(|rule| rule.level != Level::Off).flat_map(|rule: &Rule| {
        let (globs, from) = rule.when.paths();
        let found = globs.into_iter().filter_map(|glob| folder_of(glob, from, facts).map(|folder| (glob, folder)));
        let what = format!("`paths` of the rule `{}`", rule.id);
        found.map(|(glob, folder)| problem(&what, glob, &folder, &rule.label)).collect::<Vec<_>>()
    });
    let waivers = policy.waivers.iter().flat_map(|waiver| {
        let globs = waiver.scope.paths.iter();
        let found = globs.filter_map(|glob| folder_of(glob, &root, facts).map(|folder| (glob, folder)));
        let what = format!("`paths` of the waiver of `{}`", waiver.rule);
        found.map(|(glob, folder)| problem(&what, glob, &folder, &waiver.label)).collect::<Vec<_>>()
    });
    rules.chain(waivers).collect()
}

fn problem(what: &str, glob: &str, folder: &RepoPath, label: &crate::model::Label) -> Problem {
    Problem {
        level: Level::Warn,
        message: format!("{what} names `{glob}`, and `{folder}` is a folder: that matches none of its files"),
        help: Some(format!("did you mean `{glob}/**`?")),
        label: Some(crate::model::Label { text: String::new(), ..label.clone() }),
    }
}

/// The folder that a glob without wildcards names, when no changed file bears the name.
fn folder_of(glob: &str, from: &RepoPath, facts: &Facts) -> Option<RepoPath> {
    let body = glob.trim_start_matches('!').trim_start_matches("./");
    if body.ends_with('/') || body.contains(['*', '?', '[', '{', '\\']) {
        return None;
    }
    let name = RepoPath::new(body.trim_start_matches('/'));
    let is_at_any_depth = !body.contains('/');
    let paths = || facts.change.files.iter().flat_map(Change::paths).filter(|path| path.is_within(from));
    let at_root = from.join(&name);
    let is_file = |path: &RepoPath| *path == at_root || (is_at_any_depth && path.name() == name.as_str());
    if paths().any(is_file) {
        return None;
    }
    let is_folder = |tree: &dyn Tree| tree.children(&at_root).is_ok_and(|children| !children.is_empty());
    if is_folder(facts.head.as_ref()) || is_folder(facts.base.as_ref()) {
        return Some(at_root);
    }
    let above = |path: &RepoPath| std::iter::successors(path.parent(), RepoPath::parent).find(|it| it.name() == body);
    is_at_any_depth.then(|| paths().find_map(above))?.filter(|folder| folder.is_within(from))
}
