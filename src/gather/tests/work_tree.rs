//! What the disk says and Git does not know yet.

use crate::git::Overrides;
use crate::git::range::Request;
use crate::model::{ChildKind, FileMode, Level, RepoPath};

use super::{Sandbox, content, gather, shown};

#[test]
fn a_file_of_the_same_size_and_time_is_still_read_when_the_index_is_as_young() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    sandbox.write("a", "2");
    assert_eq!(sandbox.changes(&Request::Local), ["M a"]);
    sandbox.write("a", "1");
    assert_eq!(sandbox.changes(&Request::Local), Vec::<String>::new());
}

#[test]
fn an_announced_file_is_no_staged_content_and_is_content_on_disk() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    sandbox.write("announced", "x");
    sandbox.git(&["add", "--intent-to-add", "announced"]);
    assert_eq!(sandbox.changes(&Request::Staged), Vec::<String>::new());
    let gathered = sandbox.gather(&Request::Local);
    assert_eq!(shown(&gathered), ["A announced"]);
    assert_eq!(content(&gathered, "announced"), "x");
    std::fs::remove_file(sandbox.root.join("announced")).unwrap();
    assert_eq!(sandbox.changes(&Request::Local), Vec::<String>::new());
}

#[test]
fn flags_of_the_index_hide_nothing_that_is_staged_or_on_disk() {
    let sandbox = Sandbox::with_files(&[("a", "1"), ("b", "1"), ("absent", "1")]);
    sandbox.write("a", "2");
    sandbox.git(&["add", "a"]);
    sandbox.git(&["update-index", "--assume-unchanged", "a", "b"]);
    sandbox.git(&["update-index", "--skip-worktree", "absent"]);
    std::fs::remove_file(sandbox.root.join("absent")).unwrap();
    assert_eq!(sandbox.changes(&Request::Staged), ["M a"]);
    sandbox.write("b", "22");
    assert_eq!(sandbox.changes(&Request::Local), ["M a", "M b"]);
}

#[test]
fn a_file_that_became_a_folder_and_a_folder_that_became_a_file() {
    let sandbox = Sandbox::with_files(&[("file", "1"), ("folder/one", "1"), ("folder/two", "2"), ("keep/x", "3")]);
    std::fs::remove_file(sandbox.root.join("file")).unwrap();
    sandbox.write("file/inside", "new");
    std::fs::remove_dir_all(sandbox.root.join("folder")).unwrap();
    sandbox.write("folder", "now a file");
    let gathered = sandbox.gather(&Request::Local);
    let expected = ["D file", "A file/inside", "A folder", "D folder/one", "D folder/two"];
    assert_eq!(shown(&gathered), expected);
    let children = gathered.facts.head.children(&RepoPath::root()).unwrap();
    let kinds: Vec<(String, bool)> =
        children.iter().map(|it| (it.path.to_string(), it.kind == ChildKind::Folder)).collect();
    let expected = [("file", true), ("folder", false), ("keep", true)].map(|(name, folder)| (name.to_owned(), folder));
    assert_eq!(kinds, expected);
    sandbox.git(&["add", "--all"]);
    assert_eq!(sandbox.changes(&Request::Staged), shown(&gathered));
}

#[test]
fn a_nested_repository_and_its_submodule_twin() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let library = Sandbox::with_files(&[("lib", "1")]);
    let url = format!("file://{}", library.root.display());
    sandbox.git(&["submodule", "--quiet", "add", &url, "vendor/lib"]);
    let gathered = sandbox.gather(&Request::Staged);
    assert_eq!(shown(&gathered), ["A .gitmodules", "A vendor/lib"]);
    let gitlink = gathered.facts.head.file(&RepoPath::new("vendor/lib")).unwrap().unwrap();
    assert_eq!((gitlink.mode, gitlink.id.to_string()), (FileMode::Gitlink, library.id("HEAD")));
    sandbox.git(&["commit", "--quiet", "--message", "vendor"]);
    assert_eq!(sandbox.changes(&Request::Local), Vec::<String>::new());
    let inner = sandbox.root.join("vendor/lib");
    super::run(&inner, &["commit", "--quiet", "--allow-empty", "--message", "bump"]);
    assert_eq!(sandbox.changes(&Request::Local), ["M vendor/lib"]);
    super::run(&sandbox.root, &["init", "--quiet", "nested"]);
    sandbox.write("nested/x", "1");
    let gathered = sandbox.gather(&Request::Local);
    assert_eq!(shown(&gathered), ["M vendor/lib"]);
    assert!(gathered.problems.iter().any(|it| it.message.contains("`nested`")));
}

#[test]
fn ignore_rules_come_from_folders_the_repository_and_the_user() {
    let sandbox =
        Sandbox::with_files(&[(".gitignore", "*.o\n/build/\n!keep.o\n"), ("sub/.gitignore", "local\n!*.o\n")]);
    let user = sandbox.outside().join("user-ignore");
    std::fs::write(&user, "*.swp\n").unwrap();
    std::fs::create_dir_all(sandbox.root.join(".git/info")).unwrap();
    std::fs::write(sandbox.root.join(".git/info/exclude"), "private\n").unwrap();
    let noise = ["x.o", "build/out", "private", "x.swp", "sub/local"];
    let seen = ["keep.o", "sub/build/out", "sub/x.o", "local"];
    noise.iter().chain(&seen).for_each(|path| sandbox.write(path, path));
    let overrides = Overrides { user_excludes: Some(user), ..Overrides::default() };
    let gathered = gather(&sandbox.open_with(overrides), &Request::Local).unwrap();
    assert_eq!(shown(&gathered), ["A keep.o", "A local", "A sub/build/out", "A sub/x.o"]);
}

/// Writes the index once more: the times of files that are as young as it prove nothing.
fn age(sandbox: &Sandbox) {
    std::thread::sleep(std::time::Duration::from_millis(50));
    sandbox.write("late", "late");
    sandbox.git(&["add", "late"]);
}

#[test]
fn a_clean_file_is_its_blob_wherever_it_is_read() {
    let files = [("plain", "abc"), ("lines", "1\n2\n"), ("turned", "abc"), ("changed", "abc")];
    let attributes = [(".gitattributes", "lines eol=crlf\nturned filter=turn\n")];
    let sandbox = Sandbox::with_files(&[&attributes[..], &files].concat());
    sandbox.git(&["config", "filter.turn.smudge", "tr abc xyz"]);
    sandbox.git(&["config", "filter.turn.clean", "tr xyz abc"]);
    for (path, _) in files {
        std::fs::remove_file(sandbox.root.join(path)).unwrap();
    }
    sandbox.git(&["checkout", "--quiet", "."]);
    for (path, on_disk) in [("plain", "abc"), ("lines", "1\r\n2\r\n"), ("turned", "xyz")] {
        assert_eq!(std::fs::read_to_string(sandbox.root.join(path)).unwrap(), on_disk);
    }
    age(&sandbox);
    let gathered = sandbox.gather(&Request::All { head: None });
    sandbox.write("changed", "xyz");
    for (path, stored) in files {
        assert_eq!(content(&gathered, path), stored, "{path}");
    }
}

#[test]
fn a_clean_file_needs_no_object() {
    let sandbox = Sandbox::with_files(&[("a", "abc")]);
    age(&sandbox);
    let id = sandbox.id("HEAD:a");
    let (folder, name) = id.split_at(2);
    std::fs::remove_file(sandbox.root.join(".git/objects").join(folder).join(name)).unwrap();
    assert_eq!(content(&sandbox.gather(&Request::All { head: None }), "a"), "abc");
}

#[test]
fn line_ends_that_git_converts_are_no_change_and_others_are() {
    let sandbox = Sandbox::with_files(&[("a", "1\n2\n"), ("b", "1\n")]);
    sandbox.write("a", "1\r\n2\r\n");
    assert_eq!(sandbox.changes(&Request::Local), ["M a"]);
    sandbox.git(&["config", "core.autocrlf", "true"]);
    assert_eq!(sandbox.changes(&Request::Local), Vec::<String>::new());
    sandbox.write("b", "2\r\n");
    assert_eq!(sandbox.changes(&Request::Local), ["M b"]);
}

#[test]
fn a_conflict_is_said_and_leaves_a_staged_run_undecided() {
    let sandbox = Sandbox::with_files(&[("a", "1\n")]);
    sandbox.git(&["switch", "--quiet", "-c", "other"]);
    sandbox.commit(&[("a", "other\n")], "other");
    sandbox.git(&["switch", "--quiet", "main"]);
    sandbox.commit(&[("a", "main\n")], "main");
    let (_, _, merged) = super::try_run(&sandbox.root, &["merge", "other"]);
    assert!(!merged);
    let gathered = sandbox.gather(&Request::Staged);
    let problem = gathered.problems.iter().find(|it| it.message.contains("conflict")).unwrap();
    assert_eq!(problem.level, Level::Block);
    let gathered = sandbox.gather(&Request::Local);
    assert_eq!(shown(&gathered), ["M a"]);
    assert!(content(&gathered, "a").contains("<<<<<<<"));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_is_its_target_as_text_and_is_never_followed() {
        let sandbox = Sandbox::with_files(&[("folder/a", "1"), ("other/a", "2")]);
        symlink("/etc/passwd", sandbox.root.join("pw")).unwrap();
        symlink("loop", sandbox.root.join("loop")).unwrap();
        std::fs::remove_dir_all(sandbox.root.join("folder")).unwrap();
        symlink("other", sandbox.root.join("folder")).unwrap();
        let gathered = sandbox.gather(&Request::Local);
        assert_eq!(shown(&gathered), ["A folder", "D folder/a", "A loop", "A pw"]);
        assert_eq!(content(&gathered, "pw"), "/etc/passwd");
        let file = gathered.facts.head.file(&RepoPath::new("pw")).unwrap().unwrap();
        assert_eq!(file.mode, FileMode::Symlink);
        sandbox.git(&["add", "--all"]);
        assert_eq!(content(&sandbox.gather(&Request::Staged), "pw"), "/etc/passwd");
    }

    #[test]
    fn a_pipe_is_named_and_not_waited_for() {
        let sandbox = Sandbox::with_files(&[("a", "1"), (".gitignore", "")]);
        for name in ["a", "pipe"] {
            let _ = std::fs::remove_file(sandbox.root.join(name));
            let made = std::process::Command::new("mkfifo").arg(sandbox.root.join(name)).status();
            assert!(made.unwrap().success());
        }
        let gathered = sandbox.gather(&Request::Local);
        assert_eq!(shown(&gathered), ["D a"]);
        let unread = gathered.problems.iter().filter(|it| it.message.contains("was not read"));
        // What is committed and cannot be read was not judged; what is not tracked, Git itself cannot add.
        assert_eq!(unread.map(|it| it.level).collect::<Vec<_>>(), [Level::Block, Level::Warn]);
    }

    #[test]
    fn modes_and_types_change_without_content() {
        use std::os::unix::fs::PermissionsExt as _;
        let sandbox = Sandbox::with_files(&[("run", "x"), ("plain", "target")]);
        std::fs::set_permissions(sandbox.root.join("run"), std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::remove_file(sandbox.root.join("plain")).unwrap();
        symlink("target", sandbox.root.join("plain")).unwrap();
        let gathered = sandbox.gather(&Request::Local);
        assert_eq!(shown(&gathered), ["M plain", "M run"]);
        let files = &gathered.facts.change.files;
        let modes: Vec<_> = files.iter().map(|it| it.new.as_ref().unwrap().mode).collect();
        assert_eq!(modes, [FileMode::Symlink, FileMode::Executable]);
        assert!(files.iter().all(|it| it.old.as_ref().unwrap().id == it.new.as_ref().unwrap().id));
        sandbox.git(&["add", "--all"]);
        assert_eq!(sandbox.changes(&Request::Staged), ["M plain", "M run"]);
    }

    #[test]
    fn names_that_are_not_utf8_come_back_as_they_are() {
        use std::os::unix::ffi::OsStrExt as _;
        let sandbox = Sandbox::with_files(&[("a", "1")]);
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9\x1b[31m\n");
        std::fs::write(sandbox.root.join(name), "x").unwrap();
        let gathered = sandbox.gather(&Request::Local);
        let path = gathered.facts.change.files.first().unwrap().path().clone();
        assert_eq!(path.to_bytes(), b"caf\xe9\x1b[31m\n");
    }
}
