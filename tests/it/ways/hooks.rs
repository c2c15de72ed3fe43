//! Real hooks of real `git commit` and `git push`.

use std::fs;
use std::path::Path;

use super::{ADDED, executable, git, with_policy};
use crate::support::{Run, TempRepo, clean};

/// `main` is protected.
const PROTECTED: &str = "gatecheck: 1\nrules:\n  trunk:\n    check: branch\n    level: block\n    with:\n      \
                         protected: { branches: [main], direct-push: allowed }\n";

/// The hook that gatecheck itself installs.
fn hook(git_dir: &Path, name: &str) {
    hooks(git_dir, &["install", "--type", name]).exits(0);
}

fn hooks(dir: &Path, args: &[&str]) -> Run {
    Run::of(clean(env!("CARGO_BIN_EXE_gatecheck"), dir).arg("hook").args(args))
}

#[test]
fn a_pre_commit_hook_judges_what_the_commit_would_bring() {
    let repo = with_policy(ADDED);
    hook(&repo.path().join(".git"), "pre-commit");
    let commits = || repo.git(&["rev-list", "--count", "HEAD"]);

    repo.write("bad.txt", "OFFENCE\n");
    repo.git(&["add", "bad.txt"]);
    let run = git(repo.path(), &["commit", "-m", "staged"]).exits(1);
    assert!(run.stderr.contains("bad.txt:1:1") || run.stdout.contains("bad.txt:1:1"), "{run:?}");

    // A partial commit has an index of its own.
    repo.write("kept.txt", "still nothing\n");
    git(repo.path(), &["commit", "-m", "partial", "kept.txt"]).exits(0);
    assert_eq!(commits(), "2");
    git(repo.path(), &["commit", "-m", "partial", "bad.txt"]).exits(1);

    // What is on disk only does not count, and `-a` stages it.
    repo.git(&["rm", "--quiet", "--cached", "bad.txt"]);
    repo.write("kept.txt", "OFFENCE\n");
    git(repo.path(), &["commit", "--allow-empty", "-m", "nothing staged"]).exits(0);
    git(repo.path(), &["commit", "-a", "-m", "all"]).exits(1);
    repo.write("kept.txt", "good again\n");
    git(repo.path(), &["commit", "-a", "-m", "all"]).exits(0);

    repo.write("kept.txt", "OFFENCE\n");
    git(repo.path(), &["commit", "-a", "--amend", "--no-edit"]).exits(1);
    repo.write("kept.txt", "and better\n");
    git(repo.path(), &["commit", "-a", "--amend", "--no-edit"]).exits(0);
    assert_eq!(commits(), "4");
}

#[test]
fn a_pre_commit_hook_works_in_a_linked_work_tree_and_before_the_first_commit() {
    let repo = with_policy(ADDED);
    hook(&repo.path().join(".git"), "pre-commit");
    let folder = tempfile::tempdir().unwrap();
    let linked = folder.path().join("linked");
    repo.git(&["worktree", "add", "--quiet", "-b", "side", linked.to_str().unwrap()]);
    fs::write(linked.join("bad.txt"), "OFFENCE\n").unwrap();
    git(&linked, &["add", "bad.txt"]).exits(0);
    git(&linked, &["commit", "-m", "bad"]).exits(1);
    fs::write(linked.join("bad.txt"), "mended\n").unwrap();
    git(&linked, &["commit", "-am", "good"]).exits(0);

    let unborn = TempRepo::new();
    hook(&unborn.path().join(".git"), "pre-commit");
    unborn.write("gatecheck.yaml", ADDED);
    unborn.write("bad.txt", "OFFENCE\n");
    unborn.git(&["add", "bad.txt", "gatecheck.yaml"]);
    git(unborn.path(), &["commit", "-m", "first"]).exits(1);
    unborn.write("bad.txt", "mended\n");
    unborn.write("gatecheck.yaml", ADDED.replace("OFFENCE", "'OFFEN[C]E'"));
    unborn.git(&["add", "bad.txt", "gatecheck.yaml"]);
    git(unborn.path(), &["commit", "-m", "first"]).exits(0);
}

/// A bare repository that receives, and a clone of it that has `main` with the policy.
fn receiving(policy: &str) -> (TempRepo, TempRepo) {
    let origin = TempRepo::new();
    fs::remove_dir_all(origin.path().join(".git")).unwrap();
    origin.git(&["init", "--quiet", "--bare", "--initial-branch=main"]);
    origin.git(&["config", "receive.denyDeleteCurrent", "ignore"]);
    let clone = with_policy(policy);
    clone.git(&["remote", "add", "origin", origin.path().to_str().unwrap()]);
    clone.git(&["push", "--quiet", "origin", "main"]);
    clone.git(&["remote", "set-head", "origin", "main"]);
    (origin, clone)
}

/// The pushes that every gate decides alike, whichever side it stands on.
fn pushes_are_judged(origin: &TempRepo, clone: &TempRepo) {
    let push = |args: &[&str]| git(clone.path(), &[&["push", "origin"], args].concat());
    let tip = |name: &str| git(origin.path(), &["rev-parse", "--verify", "--quiet", name]).stdout;
    let before = tip("main");

    clone.write("bad.txt", "OFFENCE\n");
    clone.commit("Offend");
    let run = push(&["main"]).exits(1);
    assert!(run.stderr.contains("bad.txt:1:1") || run.stdout.contains("bad.txt:1:1"), "{run:?}");
    assert!(run.stderr.contains("blocked") || run.stdout.contains("blocked"), "{run:?}");
    assert_eq!(tip("main"), before, "a rejected push leaves the branch where it was");
    push(&["main:refs/heads/topic"]).exits(1);
    push(&["main:refs/tags/v1"]).exits(1);

    clone.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    clone.write("good.txt", "fine\n");
    clone.commit("Please");
    push(&["main"]).exits(0);
    assert_ne!(tip("main"), before);
    push(&["main"]).exits(0);
    push(&["main:refs/heads/topic"]).exits(0);
    clone.git(&["tag", "-m", "one", "v1"]);
    push(&["v1"]).exits(0);

    // Several refs: one that offends is enough.
    clone.git(&["checkout", "--quiet", "-b", "mixed"]);
    clone.write("other.txt", "fine\n");
    clone.commit("Please again");
    clone.git(&["branch", "bad"]);
    clone.git(&["checkout", "--quiet", "bad"]);
    clone.write("bad.txt", "OFFENCE\n");
    clone.commit("Offend");
    push(&["mixed", "bad"]).exits(1);
    assert_eq!((tip("mixed"), tip("bad")), (String::new(), String::new()));
    push(&["mixed", "main:refs/heads/third"]).exits(0);

    // History rewritten: what is new counts.
    clone.git(&["checkout", "--quiet", "-B", "topic", "main~1"]);
    clone.write("rewritten.txt", "fine\n");
    clone.commit("Rewrite");
    push(&["--force", "topic"]).exits(0);
    clone.write("rewritten.txt", "OFFENCE\n");
    clone.git(&["commit", "--quiet", "--all", "--amend", "-m", "Rewrite with an offence"]);
    push(&["--force", "topic"]).exits(1);
    push(&["--delete", "topic"]).exits(0);
    assert_eq!(tip("topic"), "");

    // A history of its own, with a policy of its own, is judged by the one of the default branch.
    clone.git(&["checkout", "--quiet", "--orphan", "stranger"]);
    clone.write("gatecheck.yaml", "gatecheck: 1\nrules: {}\n");
    clone.write("rewritten.txt", "OFFENCE\n");
    clone.commit("Begin anew");
    push(&["stranger"]).exits(1);
}

#[test]
fn a_pre_receive_hook_rejects_what_offends_and_takes_the_rest() {
    let (origin, clone) = receiving(ADDED);
    hook(origin.path(), "pre-receive");
    pushes_are_judged(&origin, &clone);
}

#[test]
fn a_pre_push_hook_rejects_what_offends_and_lets_the_rest_go() {
    let (origin, clone) = receiving(ADDED);
    hook(&clone.path().join(".git"), "pre-push");
    pushes_are_judged(&origin, &clone);
}

#[test]
fn a_protected_branch_is_neither_deleted_nor_rewritten_by_a_push() {
    for receives in [true, false] {
        let (origin, clone) = receiving(PROTECTED);
        match receives {
            true => hook(origin.path(), "pre-receive"),
            false => hook(&clone.path().join(".git"), "pre-push"),
        }
        let push = |args: &[&str]| git(clone.path(), &[&["push", "origin"], args].concat());
        clone.write("one.txt", "one\n");
        clone.commit("One");
        push(&["main", "main:refs/heads/topic"]).exits(0);
        push(&["--delete", "main"]).exits(1);
        push(&["--delete", "main", "topic"]).exits(1);
        clone.git(&["commit", "--quiet", "--amend", "-m", "Another one"]);
        push(&["--force", "main"]).exits(1);
        push(&["--force", "main:refs/heads/topic"]).exits(0);
        push(&["--delete", "topic"]).exits(0);
    }
}

/// What a pre-receive hook says about these updates: `old new name`.
fn received(repo: &TempRepo, updates: &[(&str, &str, &str)]) -> Run {
    let lines: String = updates.iter().map(|(old, new, name)| format!("{old} {new} {name}\n")).collect();
    let input = tempfile::NamedTempFile::new().unwrap();
    fs::write(input.path(), lines).unwrap();
    Run::of(repo.gatecheck(&["--push"]).stdin(fs::File::open(input.path()).unwrap()))
}

#[test]
fn a_push_of_nothing_says_so() {
    let repo = with_policy(ADDED);
    let run = received(&repo, &[]).exits(0);
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(said.contains("standard input names no ref update"), "{said}");
}

/// The id of a ref that is not there.
const NO_REF: &str = "0000000000000000000000000000000000000000";

#[test]
fn a_branch_is_judged_by_its_own_rules_whatever_is_pushed_beside_it() {
    let (origin, clone) = receiving(&ADDED.replace("    with:", "    when: { target: main }\n    with:"));
    let old = clone.git(&["rev-parse", "HEAD"]);
    clone.write("bad.txt", "OFFENCE\n");
    let new = clone.commit("Offend");
    clone.git(&["push", "--quiet", "origin", "HEAD:refs/heads/there"]);
    let beside = (NO_REF, new.as_str(), "refs/heads/beside");
    received(&origin, &[beside]).exits(0);
    received(&origin, &[beside, (&old, &new, "refs/heads/main")]).exits(1);
}

#[test]
fn a_mild_branch_does_not_judge_what_is_pushed_beside_it() {
    let (origin, clone) = receiving(ADDED);
    let main = clone.git(&["rev-parse", "HEAD"]);
    clone.write("gatecheck.yaml", ADDED.replace("OFFENCE", "OTHER"));
    let mild = clone.commit("Be mild");
    clone.write("bad.txt", "OFFENCE\n");
    let bad = clone.commit("Offend");
    clone.git(&["push", "--quiet", "origin", "HEAD:refs/heads/there"]);
    let beside = (mild.as_str(), bad.as_str(), "refs/heads/beside");
    received(&origin, &[beside]).exits(0);
    for other in [
        (main.as_str(), bad.as_str(), "refs/heads/main"),
        (NO_REF, &bad, "refs/tags/v1"),
        (&mild, &bad, "refs/tags/v1"),
        (NO_REF, &bad, "refs/remotes/x/main"),
    ] {
        received(&origin, &[other]).exits(1);
        received(&origin, &[beside, other]).exits(1);
    }
}

#[test]
fn the_default_branch_of_a_receiving_repository_is_its_head() {
    let (origin, clone) = receiving(ADDED);
    origin.git(&["branch", "--move", "main", "trunk"]);
    clone.write("gatecheck.yaml", ADDED.replace("OFFENCE", "OTHER"));
    clone.write("bad.txt", "OFFENCE\n");
    let new = clone.commit("Be mild");
    clone.git(&["push", "--quiet", "origin", "HEAD:refs/heads/there"]);
    received(&origin, &[(NO_REF, &new, "refs/heads/beside")]).exits(1);
    clone.git(&["push", "--quiet", "origin", "HEAD:refs/heads/main"]);
    received(&origin, &[(NO_REF, &new, "refs/heads/beside")]).exits(1);
}

/// Subjects in lower case, a body, and a ticket.
const WORDED: &str = "gatecheck: 1\nrules:\n  words:\n    check: commits\n    level: block\n    with:\n      \
                      conventional: {}\n      sign-off: { by: either }\n      forbid: [autosquash, work-in-progress]\n      \
                      signatures: { allowed-signers: signers }\n  no-offence:\n    check: text\n    level: block\n    with:\n      \
                      forbidden: [{ pattern: OFFENCE }]\n";

#[test]
fn a_commit_msg_hook_judges_the_message_and_nothing_else() {
    let repo = with_policy(WORDED);
    repo.write("signers", "# nobody yet\n");
    repo.commit("Say who signs");
    hook(repo.path(), "commit-msg");
    let commit = |args: &[&str]| git(repo.path(), &[&["commit", "--allow-empty"], args].concat());
    let run = commit(&["-m", "added a queue"]).exits(1);
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(said.contains("the new commit") && said.contains("added a queue"), "{said}");
    assert!(said.contains("git commit --edit --file"), "{said}");
    commit(&["-m", "feat: add a queue"]).exits(1);
    repo.write("bad.txt", "OFFENCE\n");
    repo.git(&["add", "bad.txt"]);
    commit(&["--signoff", "-m", "feat: add a queue"]).exits(0);
    // It waits for the commit that takes it in; a push of it is another matter.
    commit(&["--fixup", "HEAD"]).exits(0);
    commit(&["--signoff", "-m", "feat: wip queue"]).exits(1);
    // Git itself words a merge.
    repo.git(&["checkout", "--quiet", "-b", "side", "HEAD~1"]);
    repo.write("side.txt", "side\n");
    repo.git(&["add", "side.txt"]);
    commit(&["--signoff", "-m", "feat: add a side"]).exits(0);
    git(repo.path(), &["merge", "--no-ff", "--no-edit", "main"]).exits(0);
    commit(&["--amend", "--no-edit"]).exits(0);
}

#[test]
fn a_message_is_judged_without_the_comments_of_the_editor() {
    let repo = with_policy(WORDED.replace("sign-off: { by: either }\n", "body: { max-line-length: 30 }\n").as_str());
    repo.write("signers", "# nobody yet\n");
    repo.commit("Say who signs");
    hook(repo.path(), "commit-msg");
    repo.write("kept.txt", "feat: a line that a patch below the scissors shows\n");
    let commit = |editor: &str, args: &[&str]| {
        let mut command = clean("git", repo.path());
        Run::of(command.env("GIT_EDITOR", editor).args(["commit", "--all", "--verbose"]).args(args))
    };
    let types = |text: &str| format!("sh -c 'printf \"{text}\" | cat - \"$1\" >\"$1.new\" && mv \"$1.new\" \"$1\"' -");
    commit(&types("feat: say it\\n\\na body that goes on and on and on and on\\n"), &[]).exits(1);
    commit(&types("\\n\\nfeat: say it\\n\\na body\\n"), &[]).exits(0);
    // What no editor has shown is kept, and `#` begins the subject then.
    let run = commit(":", &["--amend", "-m", "#12 is mended"]).exits(1);
    assert!(run.stderr.contains("#12 is mended") || run.stdout.contains("#12 is mended"), "{run:?}");
    repo.git(&["config", "core.commentChar", ";"]);
    commit(&types("feat: say it again\\n\\n"), &["--amend"]).exits(0);
}

#[test]
fn hooks_are_installed_beside_none_of_others_and_taken_out_again() {
    let repo = with_policy(ADDED);
    let folder = repo.path().join(".git/hooks");
    let ours = || ["pre-commit", "commit-msg", "pre-push"].map(|it| folder.join(it).exists());
    let run = hooks(repo.path(), &["install"]).exits(0);
    assert_eq!((ours(), run.stdout.lines().count()), ([true; 3], 3), "{run:?}");
    hooks(repo.path(), &["install"]).exits(0);
    hooks(repo.path(), &["uninstall"]).exits(0);
    assert_eq!(ours(), [false; 3]);

    let own = folder.join("pre-push");
    fs::write(&own, "#!/bin/sh\nexit 0\n").unwrap();
    let run = hooks(repo.path(), &["install"]).exits(2);
    assert!(run.stderr.contains("gatecheck --push") && run.stderr.contains("--force"), "{run:?}");
    assert_eq!(ours(), [false, false, true], "a refusal leaves everything as it was");
    hooks(repo.path(), &["install", "--force"]).exits(0);
    assert!(fs::read_to_string(&own).unwrap().contains("gatecheck"));
    hooks(repo.path(), &["uninstall"]).exits(0);
    assert_eq!(fs::read_to_string(&own).unwrap(), "#!/bin/sh\nexit 0\n");

    repo.git(&["config", "core.hooksPath", "tools/hooks"]);
    hook(repo.path(), "pre-commit");
    repo.write("bad.txt", "OFFENCE\n");
    repo.git(&["add", "bad.txt"]);
    git(repo.path(), &["commit", "-m", "bad"]).exits(1);
}

#[test]
fn a_hook_whose_program_is_gone_says_so_and_lets_nothing_through() {
    let repo = with_policy(ADDED);
    hook(repo.path(), "pre-commit");
    let path = repo.path().join(".git/hooks/pre-commit");
    let script = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        script.replace("program=", "program=/absent").replace("program=/absentgatecheck", "program=absent-too"),
    )
    .unwrap();
    executable(&path);
    let run = git(repo.path(), &["commit", "--allow-empty", "-m", "anything"]).exits(1);
    assert!(run.stderr.contains("gatecheck is not there any more"), "{run:?}");
}
