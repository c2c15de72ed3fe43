use std::sync::Arc;

use super::*;
use crate::formats::{diff, yaml};
use crate::model::{
    ChangeKind, ChangeSet, Commit, Contents, File, FileMode, Forge, Identity, MapTree, Missing, Mode, ObjectId,
    PullRequest, Refs, Run, Text, Timestamp,
};
use crate::policy::document::{Document, Origin};
use crate::policy::reader::Reader;

/// A condition as a policy would give it.
#[track_caller]
fn selector(text: &str) -> Selector {
    let document = Document {
        origin: Origin::Repository,
        path: RepoPath::new("gatecheck.yaml"),
        revision: None,
        text: Text::decode(text.as_bytes()),
    };
    let root = yaml::parse(text).0.into_iter().next().and_then(|it| it.root);
    let mut faults = Vec::new();
    let document = Arc::new(document);
    let mut reader = Reader { document: &document, faults: &mut faults };
    let found = root.and_then(|root| when(&mut reader, &root, &[]));
    found.unwrap_or_else(|| panic!("{text}: {faults:?}"))
}

struct World {
    files: Vec<(&'static str, &'static str, &'static str)>,
    renamed: Option<(&'static str, &'static str)>,
    pull_request: Option<PullRequest>,
    target: Option<&'static str>,
    profile: Option<&'static str>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            files: vec![("src/a.rs", "one\n", "one\ntwo\n"), ("docs/b.md", "", "text\n")],
            renamed: None,
            pull_request: None,
            target: Some("main"),
            profile: None,
        }
    }
}

fn pull_request() -> PullRequest {
    PullRequest {
        number: 1,
        title: "Größe: keep it".to_owned(),
        body: String::new(),
        author: "ana".to_owned(),
        author_type: None,
        labels: vec!["kind/bug".to_owned(), "urgent".to_owned()],
        draft: false,
        source: "fix".to_owned(),
        target: "main".to_owned(),
        head: None,
        base: None,
    }
}

impl World {
    fn facts(&self) -> Facts {
        let mut number: u32 = 0;
        let (mut base, mut head) = (MapTree::default(), MapTree::default());
        let mut side = |tree: &mut MapTree, path: &str, text: &str| {
            number += 1;
            let id = ObjectId::from_bytes(&[number.to_be_bytes(); 5].concat()).unwrap_or_default();
            let file = File { path: RepoPath::new(path), mode: FileMode::Regular, id };
            tree.insert(file.clone(), Some(Arc::from(text.as_bytes())));
            file
        };
        let mut files = Vec::new();
        for (path, old, new) in &self.files {
            let old = (!old.is_empty()).then(|| side(&mut base, path, old));
            let new = Some(side(&mut head, path, new));
            let kind = if old.is_some() { ChangeKind::Modified } else { ChangeKind::Added };
            files.push(Change { kind, old, new });
        }
        if let Some((from, to)) = self.renamed {
            let (old, new) = (side(&mut base, from, "same"), side(&mut head, to, "same"));
            files.push(Change { kind: ChangeKind::Renamed(100), old: Some(old), new: Some(new) });
        }
        let missing = |what: &str| Missing::here(what, "supply it");
        let person = Identity { name: "Ana".to_owned(), email: "ana@example.com".to_owned(), time: Timestamp(0) };
        let commit = Commit {
            id: ObjectId::default(),
            parents: Vec::new(),
            author: person.clone(),
            committer: person,
            message: "Add it\n".to_owned(),
            signature: None,
            brings_nothing: false,
        };
        Facts {
            run: Run {
                mode: Mode::Range,
                ci: false,
                now: Timestamp(0),
                base_name: "base".to_owned(),
                head_name: "head".to_owned(),
                profile: self.profile.map(str::to_owned),
                event: None,
                history: false,
            },
            change: Arc::new(ChangeSet { files }),
            base: Arc::new(base),
            head: Arc::new(head),
            target: Arc::new(MapTree::default()),
            contents: Arc::new(Contents::new(diff::hunks)),
            budget: Arc::default(),
            commits: Ok(Arc::from([commit])),
            transient: Err(missing("what came and went")),
            refs: Arc::new(Refs {
                source: Err(missing("the source branch")),
                target: self.target.map(str::to_owned).ok_or_else(|| missing("the target branch")),
                default: Err(missing("the default branch")),
                updates: Vec::new(),
                behind: Err(missing("how far behind")),
                merge: Err(missing("the merge")),
            }),
            tags: Err(missing("the tags")),
            pull_request: self
                .pull_request
                .clone()
                .map(Arc::new)
                .ok_or_else(|| Missing::pull_request("the pull request")),
            forge: Arc::new(Forge::unknown()),
            history: Err(Missing::history()),
        }
    }

    /// What a condition says: the paths that it leaves, the reason against it, or what is unknown.
    #[track_caller]
    fn says(&self, text: &str) -> String {
        said(&selector(text), &self.facts())
    }
}

fn said(selector: &Selector, facts: &Facts) -> String {
    match selector.select(facts) {
        Selection::Applies(view) => {
            let paths: Vec<&str> = view.change.files.iter().map(|it| it.path().as_str()).collect();
            format!("applies to {}", paths.join(" "))
        }
        Selection::NotApplicable(because) => because,
        Selection::Unknown(missing) => format!("unknown: {}", missing.what),
    }
}

#[test]
fn paths_and_languages_narrow() {
    let world = World::default();
    assert_eq!(world.says("{}"), "applies to src/a.rs docs/b.md");
    assert_eq!(world.says("paths: 'src/**'"), "applies to src/a.rs");
    assert_eq!(world.says("languages: [markdown]"), "applies to docs/b.md");
    assert_eq!(world.says("all: [{ paths: '**' }, { paths: '*.md' }]"), "applies to docs/b.md");
    assert_eq!(world.says("paths: [db/**, '*.sql']"), "no changed file matches `db/**` or `*.sql`");
    assert_eq!(
        world.says("paths: 'src/**'\nlanguages: markdown"),
        "`docs/b.md` matches the language `markdown`, but not what else the rule asks of each file"
    );
    let both = world.says("all: [{ paths: 'src/**' }, { paths: 'docs/**' }]");
    assert_eq!(both, "`docs/b.md` matches `docs/**`, but not what else the rule asks of each file");
    assert_eq!(world.says("paths: 'src/**'\nlanguages: sql"), "no changed file matches the language `sql`");
    let touches_both = "all: [{ any: [{ paths: 'src/**' }] }, { any: [{ paths: 'docs/**' }] }]";
    assert_eq!(world.says(touches_both), "applies to src/a.rs docs/b.md");
}

#[test]
fn inside_any_and_not_paths_only_ask() {
    let world = World::default();
    assert_eq!(world.says("any: [{ paths: 'src/**' }, { target: dev }]"), "applies to src/a.rs docs/b.md");
    assert_eq!(world.says("not: { paths: 'docs/**' }"), "`docs/b.md` matches `docs/**`");
    assert_eq!(world.says("not: { paths: 'db/**' }"), "applies to src/a.rs docs/b.md");
}

#[test]
fn a_rename_cannot_carry_a_file_past_a_rule() {
    let world = World { files: Vec::new(), renamed: Some(("src/key.rs", "old/key.rs")), ..World::default() };
    assert_eq!(world.says("paths: 'src/**'"), "applies to old/key.rs");
    assert_eq!(world.says("paths: 'old/**'"), "applies to old/key.rs");
}

#[test]
fn branches_match_as_a_whole() {
    let on = |target| World { target: Some(target), ..World::default() };
    assert!(on("main").says("target: main").starts_with("applies"));
    assert_eq!(on("release/main").says("target: main"), "the target branch is `release/main`, not `main`");
    assert!(on("release/1").says("target: 'release/*'").starts_with("applies"));
    assert_eq!(on("release/1/x").says("target: 'release/*'"), "the target branch is `release/1/x`, not `release/*`");
    assert!(on("main").says("target: '!dev'").starts_with("applies"));
    assert_eq!(on("dev").says("target: '!dev'"), "the target branch is `dev`, not `!dev`");
}

#[test]
fn labels_author_and_profile() {
    let world = World { pull_request: Some(pull_request()), profile: Some("prod"), ..World::default() };
    assert!(world.says("labels: 'kind/*'").starts_with("applies"));
    assert_eq!(world.says("labels: [x, y]"), "the pull request has no label `x` or `y`");
    assert_eq!(world.says("not: { labels: urgent }"), "the pull request has the label `urgent`");
    assert_eq!(world.says("author: 'renovate*'"), "the author is `ana`, not `renovate*`");
    assert!(world.says("profile: [prod]").starts_with("applies"));
    assert_eq!(World::default().says("profile: prod"), "no profile is chosen, and the rule is for `prod`");
}

#[test]
fn a_name_in_brackets_means_itself() {
    let on = |author: &str, labels: &[&str]| World {
        pull_request: Some(PullRequest {
            author: author.to_owned(),
            labels: labels.iter().map(|it| (*it).to_owned()).collect(),
            ..pull_request()
        }),
        ..World::default()
    };
    let robot = on("renovate[bot]", &["[wip]"]);
    for text in ["author: 'renovate[bot]'", "author: '*[bot]'", "labels: '[wip]'"] {
        assert!(robot.says(text).starts_with("applies"), "{text}");
    }
    assert_eq!(robot.says("author: ['!*[bot]']"), "the author is `renovate[bot]`, not `!*[bot]`");
    assert_eq!(on("robert", &[]).says("author: '*[bot]'"), "the author is `robert`, not `*[bot]`");
    assert!(on("ana", &["v2"]).says("labels: 'v[0-9]'").starts_with("applies"));
}

#[test]
fn what_is_unknown_is_unknown_unless_something_else_decides() {
    let world = World { target: None, ..World::default() };
    assert_eq!(world.says("target: main"), "unknown: the target branch");
    assert_eq!(world.says("not: { target: main }"), "unknown: the target branch");
    assert_eq!(world.says("target: main\npaths: 'db/**'"), "no changed file matches `db/**`");
    assert!(world.says("any: [{ target: main }, { mode: range }]").starts_with("applies"));
    assert_eq!(world.says("any: [{ target: main }, { mode: push }]"), "unknown: the target branch");
    assert_eq!(world.says("labels: x"), "unknown: the pull request");
    assert_eq!(world.says("target: main\nmode: push"), "the mode is `range`, not `push`");
}

#[test]
fn a_condition_names_the_facts_that_must_be_gathered() {
    assert_eq!(selector("paths: '**'\ntarget: main\nsize: { files: '> 1' }").needs(), []);
    assert_eq!(selector("any: [{ not: { labels: x } }, { author: y }]").needs(), [Need::PullRequest]);
}

#[test]
fn size_counts_what_the_rule_sees() {
    let world = World::default();
    assert!(world.says("size: { files: '>= 2', lines: '<3' }").starts_with("applies"));
    assert_eq!(world.says("paths: 'src/**'\nsize: { files: '> 1' }"), "1 file is changed, not more than 1");
    assert_eq!(world.says("size: { deletions: '> 0' }"), "0 lines are deleted, not more than 0");
    assert!(world.says("size: { additions: '= 2' }").starts_with("applies"));
}

#[test]
fn a_folder_reads_paths_from_itself_and_leaves_other_folders_alone() {
    let facts = World::default().facts();
    let mut own = selector("paths: '/a.rs'");
    own.written_in(&RepoPath::new("src"));
    let narrowed = own.governing(RepoPath::new("src"), Vec::new());
    assert_eq!(said(&narrowed, &facts), "applies to src/a.rs");
    let elsewhere = Selector::default().governing(RepoPath::new("db"), Vec::new());
    assert_eq!(said(&elsewhere, &facts), "no changed file in `db` is governed by this policy");
    let without = Selector::default().governing(RepoPath::root(), vec![RepoPath::new("src")]);
    assert_eq!(said(&without, &facts), "applies to docs/b.md");
}

#[cfg(feature = "cel")]
mod cel {
    use super::*;

    #[test]
    fn conditions_see_the_change() {
        let world = World { pull_request: Some(pull_request()), ..World::default() };
        for text in [
            "target == 'main' && mode == 'range' && !ci",
            "change.files.exists(f, f.path.startsWith('src/') && f.kind == 'modified' && f.additions == 1)",
            "change.additions == 2 && change.deletions == 0",
            "commits.all(c, c.subject == 'Add it' && c.author.email.endsWith('@example.com') && !c.is_signed)",
            "'urgent' in labels && author == 'ana' && title.contains('Größe')",
            "size(change.files) == 2",
            "profile == ''",
        ] {
            let condition = format!("cel: {}", serde_json::Value::String(text.to_owned()));
            assert_eq!(world.says(&condition), "applies to src/a.rs docs/b.md", "{text}");
        }
        assert_eq!(world.says("cel: target == 'dev'"), "`target == 'dev'` does not hold");
    }

    #[test]
    fn a_condition_needs_only_what_it_names() {
        assert_eq!(selector("cel: target == 'x' && size(change.files) < 3").needs(), []);
        assert_eq!(selector("cel: draft || size(commits) > 1").needs(), [Need::Commits, Need::PullRequest]);
    }

    #[test]
    fn a_missing_fact_and_a_failing_condition_are_unknown() {
        let world = World { target: None, ..World::default() };
        assert_eq!(world.says("cel: target == 'dev'"), "unknown: the target branch");
        assert_eq!(world.says("cel: author == 'x'"), "unknown: the pull request");
        let failing = world.says("cel: change.files[7].path == 'x'");
        assert!(failing.starts_with("unknown: whether `change.files[7].path == 'x'` holds: "), "{failing}");
    }

    #[test]
    fn a_list_that_would_take_too_long_is_unknown() {
        let many: Vec<(&str, &str, &str)> = vec![("src/a.rs", "", "x"); 600];
        let world = World { files: many, ..World::default() };
        assert!(world.says("cel: \"change.files.all(f, f.path != '')\"").starts_with("applies"));
        let nested = world.says("cel: \"change.files.all(f, change.files.exists(g, g.path == f.path))\"");
        assert_eq!(nested, "unknown: a condition would walk 600 changed files, and its limit is 500");
    }
}

#[test]
fn an_inherited_condition_keeps_its_paths_in_the_folder_that_tightens_the_rule() {
    let facts = World::default().facts();
    let inherited = selector("paths: ['src/**']").governing(RepoPath::new("src"), Vec::new());
    assert!(matches!(inherited.select(&facts), Selection::Applies(_)));
    let mut own = selector("paths: ['a.rs', 'src/**']");
    own.written_in(&RepoPath::new("src"));
    assert!(matches!(own.governing(RepoPath::new("src"), Vec::new()).select(&facts), Selection::Applies(_)));
    let mut own = selector("paths: ['/src/**']");
    own.written_in(&RepoPath::new("src"));
    assert!(matches!(own.governing(RepoPath::new("src"), Vec::new()).select(&facts), Selection::NotApplicable(_)));
}
