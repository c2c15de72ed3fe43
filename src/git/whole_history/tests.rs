use super::*;
use crate::git::objects::HashKind;
use crate::git::scratch::Scratch;
use crate::git::{Overrides, Trust};
use crate::model::{Mark, RepoPath, Seeker};

fn history(scratch: &Scratch) -> WholeHistory {
    let repository = Repository::discover_with(scratch.path(), Trust::AsData, Overrides::default()).unwrap();
    WholeHistory::of(&repository, |_, _| false).unwrap()
}

/// Finds `secret` in what is fresh and all else.
fn scanned(history: &WholeHistory) -> Scanned {
    let find = |piece: &Piece<'_>| {
        let at = piece.content.windows(6).enumerate().filter(|(_, it)| *it == b"secret");
        at.map(|(start, _)| Mark { span: start..start + 6, tag: 7 }).collect()
    };
    history.scan(&Seeker { name: None, find: &find }).unwrap()
}

/// Path and subject of the commit that each holder of `secret` comes from; those that nothing reaches are not among it.
fn found(scratch: &Scratch) -> Vec<(String, String)> {
    let history = history(scratch);
    let scanned = scanned(&history);
    assert_eq!(scanned.missing, []);
    let holders: BTreeSet<ObjectId> = scanned.holders.into_values().flatten().collect();
    let origins = history.origins(&holders).unwrap();
    let named = |origin: &Origin| {
        let subject = scratch.git(&["log", "-1", "--format=%s", &origin.commit.to_string()]);
        (origin.path.to_string(), subject)
    };
    let mut found: Vec<_> = origins.values().map(named).collect();
    found.sort();
    found
}

fn pair(path: &str, subject: &str) -> (String, String) {
    (path.to_owned(), subject.to_owned())
}

#[test]
fn a_blob_comes_from_the_oldest_commit_that_has_it_on_whatever_ref() {
    for hash in [HashKind::Sha1, HashKind::Sha256] {
        let scratch = Scratch::with_hash(hash);
        scratch.write("a/b/one", "secret 1");
        scratch.write("z", "secret 1");
        scratch.commit("first");
        scratch.git(&["mv", "a", "moved"]);
        scratch.write("top", "secret 2");
        scratch.commit("second");
        scratch.remove("top");
        scratch.commit("removes");
        scratch.git(&["checkout", "--quiet", "-b", "topic"]);
        scratch.write("deep/er/and/deeper/x", "secret 3");
        scratch.commit("on a branch");
        scratch.git(&["checkout", "--quiet", "main"]);
        scratch.write("stashed", "secret 4");
        scratch.git(&["add", "stashed"]);
        scratch.git(&["stash", "--quiet"]);
        scratch.git(&["worktree", "add", "--quiet", "--detach", "elsewhere"]);
        let elsewhere = scratch.path().join("elsewhere");
        std::fs::write(elsewhere.join("detached"), "secret 5").unwrap();
        let at = elsewhere.display().to_string();
        scratch.git(&["-C", &at, "add", "detached"]);
        scratch.git(&["-C", &at, "commit", "--quiet", "--message", "detached"]);
        scratch.git_raw(&["hash-object", "-w", "--stdin"], b"secret that nothing names");
        let expected = [
            pair("a/b/one", "first"),
            pair("deep/er/and/deeper/x", "on a branch"),
            pair("detached", "detached"),
            pair("stashed", "index on main: ".to_owned().as_str()),
            pair("top", "second"),
        ];
        let is_as_expected = |found: Vec<(String, String)>| {
            assert_eq!(found.len(), expected.len(), "{found:?}");
            for (found, expected) in found.iter().zip(&expected) {
                assert!(found.0 == expected.0 && found.1.starts_with(&expected.1), "{found:?}");
            }
        };
        is_as_expected(found(&scratch));
        scratch.git(&["repack", "-adf", "--quiet"]);
        is_as_expected(found(&scratch));
        scratch.git(&["repack", "-adfk", "--quiet"]);
        is_as_expected(found(&scratch));
    }
}

#[test]
fn what_a_ref_names_without_a_commit_is_found_too() {
    let scratch = Scratch::new();
    scratch.commit("empty");
    let blob = scratch.git_raw(&["hash-object", "-w", "--stdin"], b"secret in a tag");
    let blob: ObjectId = std::str::from_utf8(&blob).unwrap().trim().parse().unwrap();
    scratch.git(&["tag", "--annotate", "--message", "x", "v1", &blob.to_string()]);
    let history = history(&scratch);
    let origins = history.origins(&BTreeSet::from([blob])).unwrap();
    let origin = &origins[&blob];
    assert_eq!((&origin.path, origin.commit), (&RepoPath::root(), blob));
}

fn lose(scratch: &Scratch, revision: &str) {
    let id = scratch.id(revision).to_string();
    let (first, rest) = id.split_at(2);
    std::fs::remove_file(scratch.object_dir().join(first).join(rest)).unwrap();
}

#[test]
fn an_absent_blob_is_told_with_its_path_if_a_ref_reaches_it_and_only_then() {
    let scratch = Scratch::new();
    scratch.write("kept", "secret");
    scratch.commit("first");
    scratch.write("folder/lost", "lost");
    scratch.commit("second");
    let name = scratch.git(&["rev-parse", "--short=12", "HEAD"]);
    lose(&scratch, "HEAD:folder/lost");
    let told = scanned(&history(&scratch));
    let [missing] = told.missing.as_slice() else { panic!("{:?}", told.missing) };
    assert_eq!(missing.what, format!("`folder/lost` of commit {name}: it is not in this clone"));
    assert_eq!(told.holders.len(), 1);
    scratch.git(&["update-ref", "refs/heads/main", "HEAD~1"]);
    assert_eq!(scanned(&history(&scratch)).missing, []);
}

#[test]
fn absent_folders_and_commits_are_told() {
    for (what, revision) in [("folder", "HEAD:folder"), ("root", "HEAD^{tree}"), ("commit", "HEAD~1")] {
        let scratch = Scratch::new();
        scratch.write("folder/file", "x");
        scratch.commit("first");
        scratch.write("folder/file", "y");
        scratch.commit("second");
        lose(&scratch, revision);
        assert_eq!(scanned(&history(&scratch)).missing.len(), 1, "{what}");
    }
}

#[test]
fn a_shallow_or_partial_clone_says_what_it_lacks_and_the_command() {
    let full = Scratch::new();
    for step in 0..4 {
        full.write("a", format!("secret {step}"));
        full.commit("step");
    }
    full.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", full.path().display());
    let shallow = Scratch::empty(HashKind::Sha1);
    shallow.git(&["clone", "--quiet", "--depth=2", &url, "."]);
    let told = scanned(&history(&shallow));
    let [missing] = told.missing.as_slice() else { panic!("{:?}", told.missing) };
    assert!(missing.how.contains("git fetch --unshallow"), "{missing}");
    assert_eq!(told.holders.values().map(Vec::len).sum::<usize>(), 2);
    let partial = Scratch::empty(HashKind::Sha1);
    partial.git(&["clone", "--quiet", "--no-checkout", "--filter=blob:none", &url, "."]);
    let told = scanned(&history(&partial));
    assert_eq!((told.blobs, told.missing.len()), (0, 4));
    assert!(told.missing.iter().all(|it| it.how.contains("--no-filter")), "{:?}", told.missing);
}

#[test]
fn a_malformed_tree_is_told() {
    let scratch = Scratch::new();
    scratch.write("a", "x");
    scratch.commit("first");
    let tree = scratch.literal("tree", b"100644 a\0short");
    let commit = scratch.git(&["commit-tree", "-m", "x", &tree.to_string()]);
    scratch.git(&["update-ref", "refs/heads/other", &commit]);
    let told = scanned(&history(&scratch));
    assert!(told.missing.iter().any(|it| it.what.contains("malformed")), "{:?}", told.missing);
}
