//! Layouts and formats that repositories have and that a reader may not expect.

use crate::git::objects::HashKind;
use crate::git::range::Request;
use crate::git::{GitError, Overrides, RefFormat, Repository, Trust};
use crate::model::FileMode;

use super::{Sandbox, content, gather, range_of, run, shown, try_run};

#[test]
fn a_repository_is_found_from_a_folder_inside_and_not_from_outside() {
    let sandbox = Sandbox::with_files(&[("deep/er/a", "1")]);
    let inside = Repository::discover(&sandbox.root.join("deep/er"), Trust::AsData).unwrap();
    assert_eq!(inside.work_tree(), Some(std::fs::canonicalize(&sandbox.root).unwrap().as_path()));
    let outside = Repository::discover(sandbox.outside(), Trust::AsData);
    assert!(matches!(outside, Err(GitError::NotARepository(_))));
    let absent = Repository::discover(&sandbox.outside().join("absent/folder"), Trust::AsData);
    assert!(matches!(absent, Err(GitError::NotARepository(_))));
}

#[test]
fn a_linked_work_tree_has_its_own_head_and_index_and_shares_the_rest() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let linked = sandbox.outside().join("linked");
    sandbox.git(&["worktree", "add", "--quiet", "-b", "side", linked.to_str().unwrap()]);
    std::fs::write(linked.join("new"), "x").unwrap();
    run(&linked, &["add", "new"]);
    let repository = Repository::discover(&linked, Trust::AsData).unwrap();
    assert_eq!(repository.head().unwrap().branch(), Some("side"));
    assert_ne!(repository.git_dir(), repository.common_dir());
    assert_eq!(shown(&gather(&repository, &Request::Staged).unwrap()), ["A new"]);
    assert_eq!(sandbox.changes(&Request::Staged), Vec::<String>::new());
}

#[test]
fn a_bare_repository_has_ranges_and_no_work_tree() {
    let source = Sandbox::with_files(&[("a", "1")]);
    source.commit(&[("b", "1")], "more");
    let bare = source.clone_to("bare.git", &["--bare"]);
    let repository = bare.open();
    assert!(repository.is_bare());
    assert_eq!(shown(&gather(&repository, &range_of("main~1", "main")).unwrap()), ["A b"]);
    assert_eq!(shown(&gather(&repository, &Request::All { head: None }).unwrap()), ["A a", "A b"]);
    assert!(matches!(gather(&repository, &Request::Local), Err(GitError::Bare(_))));
}

#[test]
fn a_sha256_repository_is_read_like_any_other() {
    let sandbox = Sandbox::with(&["--object-format=sha256"]);
    sandbox.commit(&[("a", "1"), ("d/b", "1")], "start");
    sandbox.git(&["switch", "--quiet", "-c", "feature"]);
    sandbox.commit(&[("c", "1")], "more");
    sandbox.write("d/b", "2");
    sandbox.git(&["add", "d/b"]);
    sandbox.write("new", "x");
    assert_eq!(sandbox.open().hash(), HashKind::Sha256);
    assert_eq!(sandbox.changes(&Request::Staged), ["M d/b"]);
    let gathered = sandbox.gather(&Request::Local);
    assert_eq!(shown(&gathered), ["A c", "M d/b", "A new"]);
    assert_eq!(gathered.facts.refs.merge, Ok(crate::model::MergeOutcome::Clean));
}

#[test]
fn refs_in_tables_are_asked_of_git() {
    let folder = tempfile::tempdir().unwrap();
    let (_, _, supported) = try_run(folder.path(), &["init", "--quiet", "--ref-format=reftable", "probe"]);
    if !supported {
        return;
    }
    let sandbox = Sandbox::with(&["--ref-format=reftable"]);
    sandbox.commit(&[("a", "1")], "start");
    sandbox.git(&["tag", "v1.0.0"]);
    sandbox.git(&["switch", "--quiet", "-c", "feature"]);
    sandbox.commit(&[("b", "1")], "more");
    let repository = sandbox.open();
    assert_eq!(repository.ref_format(), RefFormat::Reftable);
    let gathered = gather(&repository, &Request::Local).unwrap();
    assert_eq!(shown(&gathered), ["A b"]);
    assert_eq!(gathered.facts.refs.source.as_deref(), Ok("feature"));
    assert_eq!(gathered.facts.tags.unwrap().len(), 1);
}

#[test]
fn an_unknown_format_is_refused_by_name() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    sandbox.git(&["config", "core.repositoryFormatVersion", "1"]);
    sandbox.git(&["config", "extensions.objectFormat", "sha512"]);
    let error = Repository::discover(&sandbox.root, Trust::AsData).err().unwrap();
    assert_eq!(
        error.to_string(),
        "the repository uses `extensions.objectFormat = sha512`, which gatecheck does not read"
    );
}

#[test]
fn every_version_of_the_index_says_the_same() {
    let sandbox = Sandbox::with_files(&[
        ("a/very/long/path/one", "1"),
        ("a/very/long/path/two", "1"),
        ("b", "1"),
        ("z/y/x", "1"),
    ]);
    sandbox.write("a/very/long/path/two", "2");
    sandbox.git(&["add", "--all"]);
    let long = format!("{}/deep", "n".repeat(200));
    sandbox.write(&format!("{long}/{}", "m".repeat(240)), "x");
    let deep = ["q".repeat(230).as_str(); 18].join("/");
    let cacheinfo = format!("100644,{},{deep}", sandbox.git(&["hash-object", "-w", "b"]));
    sandbox.git(&["update-index", "--add", "--cacheinfo", &cacheinfo]);
    sandbox.write("announced", "x");
    for version in ["2", "3", "4"] {
        sandbox.git(&["update-index", "--index-version", version]);
        sandbox.git(&["add", "--intent-to-add", "announced"]);
        assert_eq!(
            sandbox.changes(&Request::Staged),
            ["M a/very/long/path/two".to_owned(), format!("A {deep}")],
            "{version}"
        );
    }
}

#[test]
fn a_sparse_index_is_read_through_its_trees() {
    let sandbox = Sandbox::with_files(&[("in/a", "1"), ("out/b", "1"), ("out/deep/c", "1"), ("root", "1")]);
    sandbox.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    let listed = sandbox.git(&["ls-files", "--sparse", "--stage"]);
    assert!(listed.contains("040000"), "the index is sparse: {listed}");
    sandbox.write("in/a", "2");
    sandbox.git(&["add", "in/a"]);
    let gathered = sandbox.gather(&Request::Staged);
    assert_eq!(shown(&gathered), ["M in/a"]);
    assert_eq!(content(&gathered, "out/deep/c"), "1");
    let files = gathered.facts.head.files(&crate::model::RepoPath::root()).unwrap();
    let names: Vec<String> = files.iter().map(|it| it.path.to_string()).collect();
    assert_eq!(names, ["in/a", "out/b", "out/deep/c", "root"]);
    assert_eq!(sandbox.changes(&Request::Local), ["M in/a"]);
    assert_eq!(sandbox.changes(&Request::All { head: None }).len(), 4);
}

#[test]
fn a_split_index_is_asked_of_git() {
    let sandbox = Sandbox::with_files(&[("a", "1"), ("b", "1")]);
    sandbox.git(&["update-index", "--split-index"]);
    sandbox.write("a", "2");
    sandbox.git(&["add", "a"]);
    sandbox.write("announced", "x");
    sandbox.git(&["add", "--intent-to-add", "announced"]);
    assert_eq!(sandbox.changes(&Request::Staged), ["M a"]);
    assert_eq!(sandbox.changes(&Request::Local), ["M a", "A announced"]);
}

#[test]
fn a_damaged_index_is_an_error_with_a_remedy() {
    let sandbox = Sandbox::with_files(&[("a", "1"), ("b", "1")]);
    let path = sandbox.root.join(".git/index");
    let raw = std::fs::read(&path).unwrap();
    for length in [0, 3, 11, 40, raw.len() / 2, raw.len() - 21] {
        std::fs::write(&path, &raw[..length]).unwrap();
        let error = gather(&sandbox.open(), &Request::Staged).err().unwrap();
        assert!(matches!(error, GitError::Index { .. }), "{length}: {error}");
        assert!(error.help().contains("git reset"));
    }
}

#[test]
fn packed_and_loose_refs_are_one_set() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    for number in 0..40 {
        sandbox.git(&["update-ref", &format!("refs/heads/b{number:02}"), "HEAD"]);
    }
    sandbox.git(&["tag", "--annotate", "--message", "x", "v1"]);
    sandbox.git(&["pack-refs", "--all"]);
    let old = sandbox.id("HEAD");
    let new = sandbox.commit(&[("b", "1")], "more");
    let repository = sandbox.open();
    assert_eq!(repository.find_ref("refs/heads/b17").unwrap().map(|it| it.to_string()), Some(old.clone()));
    assert_eq!(repository.find_ref("refs/heads/b99").unwrap(), None);
    assert_eq!(repository.resolve("main").unwrap().to_string(), new);
    assert_eq!(repository.resolve("v1^{commit}").unwrap().to_string(), old);
    assert_eq!(repository.resolve("main~1").unwrap().to_string(), old);
    assert_eq!(repository.resolve("main^1~0").unwrap().to_string(), old);
    assert_eq!(repository.resolve(new.get(..7).unwrap()).unwrap().to_string(), new);
    assert_eq!(repository.resolve("@").unwrap().to_string(), new);
    for unknown in ["main~2", "main^2", "nothing", "v2", "deadbeef"] {
        assert!(matches!(repository.resolve(unknown), Err(GitError::UnknownRevision { .. })), "{unknown}");
    }
}

#[test]
fn a_branch_with_the_name_of_a_search_stays_a_name() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let repository = sandbox.open();
    for name in [":/((((((", "@{-1}", "--upload-pack=x", "main@{1}", "a..b", "HEAD^{/x}"] {
        assert!(matches!(repository.resolve(name), Err(GitError::NotARevision(_))), "{name}");
        assert!(repository.resolve_branch(name).is_err(), "{name}");
    }
}

#[test]
fn replaced_objects_and_grafts_do_not_change_what_is_judged() {
    let sandbox = Sandbox::with_files(&[("a", "true")]);
    sandbox.commit(&[("b", "1")], "more");
    let real = sandbox.git(&["rev-parse", "HEAD:a"]);
    sandbox.write("fake", "fake");
    let fake = sandbox.git(&["hash-object", "-w", "fake"]);
    sandbox.git(&["replace", &real, &fake]);
    assert_eq!(content(&sandbox.gather(&Request::All { head: Some("HEAD".into()) }), "a"), "true");
}

#[test]
fn a_clone_that_borrows_objects_reads_them() {
    let origin = Sandbox::with_files(&[("a", "1")]);
    origin.commit(&[("b", "1")], "more");
    let sandbox = origin.clone_to("clone", &["--reference", origin.root.to_str().unwrap()]);
    assert_eq!(sandbox.changes(&range_of("HEAD~1", "HEAD")), ["A b"]);
    assert_eq!(sandbox.gather(&range_of("HEAD~1", "HEAD")).facts.refs.merge, Ok(crate::model::MergeOutcome::Clean));
}

#[test]
fn a_submodule_is_a_fact_and_has_a_work_tree_of_its_own() {
    let library = Sandbox::with_files(&[("lib", "1")]);
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let url = format!("file://{}", library.root.display());
    sandbox.git(&["submodule", "--quiet", "add", &url, "lib"]);
    sandbox.git(&["commit", "--quiet", "--message", "vendor"]);
    let gathered = sandbox.gather(&range_of("HEAD~1", "HEAD"));
    let change = gathered.facts.change.files.iter().find(|it| it.path().as_str() == "lib").unwrap();
    assert_eq!(change.new.as_ref().map(|it| it.mode), Some(FileMode::Gitlink));
    assert_eq!(gathered.facts.new_blob(change).map(|it| it.is_none()), Ok(true));
    let inner = Repository::discover(&sandbox.root.join("lib"), Trust::AsData).unwrap();
    assert_eq!(inner.work_tree(), Some(std::fs::canonicalize(sandbox.root.join("lib")).unwrap().as_path()));
}

#[test]
fn an_explicit_git_directory_uses_the_current_folder_as_its_work_tree() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    sandbox.write("b", "1");
    let overrides = Overrides { git_dir: Some(sandbox.root.join(".git")), ..Overrides::default() };
    assert_eq!(shown(&gather(&sandbox.open_with(overrides), &Request::Local).unwrap()), ["A b"]);
}

#[cfg(unix)]
#[test]
fn a_repository_of_somebody_else_is_data_and_is_refused_on_request() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    std::fs::create_dir_all(sandbox.root.join(".git/info")).unwrap();
    std::fs::write(sandbox.root.join(".git/info/exclude"), "hidden\n").unwrap();
    sandbox.write("hidden", "x");
    assert_eq!(sandbox.changes(&Request::Local), Vec::<String>::new());
    let given = std::os::unix::fs::chown(sandbox.root.join(".git"), Some(12345), None);
    if given.is_err() {
        // Only root gives files away.
        return;
    }
    let repository = sandbox.open();
    assert!(repository.is_foreign() && !repository.is_trusted());
    assert_eq!(
        shown(&gather(&repository, &Request::Local).unwrap()),
        ["A hidden"],
        "its own excludes are not believed"
    );
    let error = Repository::discover(&sandbox.root, Trust::OwnerOnly).err().unwrap();
    assert!(error.help().contains("git config --global --add safe.directory /"), "{}", error.help());
    let vouched = Repository::discover(&sandbox.root, Trust::Vouched).unwrap();
    assert_eq!(shown(&gather(&vouched, &Request::Local).unwrap()), Vec::<String>::new());
}
