//! Fetching from repositories on this disk, in every way that it can go wrong.

use super::*;
use crate::git::scratch::Scratch;

fn fetcher(cache: &Path) -> Fetcher {
    let path = std::env::split_paths(option_env!("PATH").unwrap_or("/usr/local/bin:/usr/bin:/bin")).collect();
    let variables = [("HOME", "/nonexistent"), ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", scrubbed::NOTHING)];
    let variables = Variables(variables.map(|(name, value)| (name.to_owned(), value.into())).into());
    Fetcher { cache: Some(cache.to_owned()), program_path: path, variables, ..Fetcher::default() }
}

fn sample(hash: HashKind) -> (Scratch, String, ObjectId) {
    let scratch = Scratch::with_hash(hash);
    scratch.write("gatecheck.yaml", "gatecheck: 1\n");
    let rev = scratch.commit("one");
    scratch.write("gatecheck.yaml", "gatecheck: 2\n");
    scratch.commit("two");
    let url = format!("file://{}", scratch.path().display());
    (scratch, url, rev)
}

fn content(tree: &dyn Tree) -> String {
    let file = tree.file(&RepoPath::new("gatecheck.yaml")).unwrap().unwrap();
    String::from_utf8(tree.read(&file).unwrap().to_vec()).unwrap()
}

fn failure(result: Result<Arc<dyn Tree>, GitError>) -> (String, String, bool) {
    let error = result.err().unwrap();
    (error.to_string(), error.help(), error.is_usage())
}

#[test]
fn a_commit_is_fetched_once_and_then_read_offline() {
    for hash in [HashKind::Sha1, HashKind::Sha256] {
        let (scratch, url, rev) = sample(hash);
        let cache = tempfile::tempdir().unwrap();
        assert_eq!(content(fetcher(cache.path()).tree(&url, &rev).unwrap().as_ref()), "gatecheck: 1\n");
        drop(scratch);
        // Without the repository and without the program.
        let offline = Fetcher { program_path: Vec::new(), ..fetcher(cache.path()) };
        assert_eq!(content(offline.tree(&url, &rev).unwrap().as_ref()), "gatecheck: 1\n");
        let left: Vec<_> = fs::read_dir(cache.path().join("policies")).unwrap().flatten().collect();
        assert_eq!(left.len(), 1, "nothing unfinished is left behind: {left:?}");
    }
}

#[test]
fn runs_at_the_same_time_do_not_disturb_each_other() {
    let (_scratch, url, rev) = sample(HashKind::Sha1);
    let cache = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                assert_eq!(content(fetcher(cache.path()).tree(&url, &rev).unwrap().as_ref()), "gatecheck: 1\n");
            });
        }
    });
}

#[test]
fn a_commit_that_is_not_there_is_the_policy_s_fault_and_an_unreachable_repository_the_world_s() {
    let (scratch, url, _) = sample(HashKind::Sha1);
    let cache = tempfile::tempdir().unwrap();
    let nothing = ObjectId::from_bytes(&[9; 20]).unwrap();
    let (message, help, is_usage) = failure(fetcher(cache.path()).tree(&url, &nothing));
    assert!(message.contains("no such commit") && help.contains("gatecheck policy lock") && is_usage, "{message}");
    let blob = scratch.id("HEAD:gatecheck.yaml");
    let (message, _, is_usage) = failure(fetcher(cache.path()).tree(&url, &blob));
    assert!(message.contains("it is a blob") && is_usage, "{message}");
    let (message, help, is_usage) = failure(fetcher(cache.path()).tree("file:///nowhere/at/all", &nothing));
    assert!(!is_usage && help.contains("git ls-remote file:///nowhere/at/all"), "{message}");
    assert_eq!(fs::read_dir(cache.path().join("policies")).unwrap().count(), 0);
    let homeless = Fetcher { cache: None, ..fetcher(cache.path()) };
    assert!(failure(homeless.tree(&url, &nothing)).1.contains("GATECHECK_CACHE_DIR"));
}

#[test]
fn a_damaged_store_is_fetched_anew_and_never_gives_other_content() {
    let (scratch, url, rev) = sample(HashKind::Sha1);
    let cache = tempfile::tempdir().unwrap();
    let fetcher = fetcher(cache.path());
    fetcher.tree(&url, &rev).unwrap();
    let store = Wanted { url: &url, rev: &rev }.store(&cache.path().join("policies"));
    fs::remove_dir_all(store.join("objects/pack")).unwrap();
    assert_eq!(content(fetcher.tree(&url, &rev).unwrap().as_ref()), "gatecheck: 1\n");
    // A blob of the store is another one now, under the old name.
    fs::remove_dir_all(store.join("objects/pack")).unwrap();
    for id in [rev, scratch.id("HEAD~1^{tree}")] {
        copy_loose(&scratch, &store, &id, &id);
    }
    copy_loose(&scratch, &store, &scratch.id("HEAD:gatecheck.yaml"), &scratch.id("HEAD~1:gatecheck.yaml"));
    let tree = fetcher.tree(&url, &rev).unwrap();
    let file = tree.file(&RepoPath::new("gatecheck.yaml")).unwrap().unwrap();
    let missing = tree.read(&file).err().unwrap();
    assert!(missing.what.contains("corrupt") || missing.what.contains("cannot be read"), "{missing}");
    assert!(missing.how.contains("remove the damaged copy"), "{missing}");
}

fn copy_loose(from: &Scratch, store: &Path, id: &ObjectId, name: &ObjectId) {
    let place = |folder: &Path, id: &ObjectId| {
        let text = id.to_string();
        let (first, rest) = text.split_at(2);
        folder.join(first).join(rest)
    };
    let target = place(&store.join("objects"), name);
    fs::create_dir_all(target.parent().unwrap()).unwrap();
    fs::copy(place(&from.object_dir(), id), target).unwrap();
}

#[cfg(unix)]
#[test]
fn a_fetch_that_does_not_end_is_ended() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("git");
    fs::write(&program, "#!/bin/sh\nexec /bin/sleep 600\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let cache = tempfile::tempdir().unwrap();
    let slow = Fetcher {
        program_path: vec![folder.path().to_owned()],
        limit: Some(Duration::from_millis(50)),
        ..fetcher(cache.path())
    };
    let rev = ObjectId::from_bytes(&[9; 20]).unwrap();
    let (message, _, is_usage) = failure(slow.tree("file:///nowhere", &rev));
    assert!(message.contains("no answer within") && !is_usage, "{message}");
    // The same program in the work tree that is judged is not started at all.
    let (url, places) = (sample(HashKind::Sha1), vec![fs::canonicalize(folder.path()).unwrap()]);
    let careful = Fetcher { places, ..slow };
    let careful = Fetcher { limit: None, ..careful };
    assert_eq!(content(careful.tree(&url.1, &url.2).unwrap().as_ref()), "gatecheck: 1\n");
}

#[cfg(unix)]
#[test]
fn no_hook_and_no_command_of_an_address_is_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_scratch, url, rev) = sample(HashKind::Sha1);
    let home = tempfile::tempdir().unwrap();
    let hooks = home.path().join("hooks");
    fs::create_dir(&hooks).unwrap();
    let ran = home.path().join("ran");
    for name in ["reference-transaction", "post-checkout"] {
        fs::write(hooks.join(name), format!("#!/bin/sh\ntouch {}\n", ran.display())).unwrap();
        fs::set_permissions(hooks.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let config = home.path().join("config");
    let text =
        format!("[core]\nhooksPath = {0}\n[init]\ntemplateDir = {0}\n[protocol]\nallow = always\n", hooks.display());
    fs::write(&config, text).unwrap();
    let variables = Variables(vec![("GIT_CONFIG_GLOBAL".into(), config.into())]);
    let cache = tempfile::tempdir().unwrap();
    let eager = Fetcher { variables, ..fetcher(cache.path()) };
    eager.tree(&url, &rev).unwrap();
    let other = ObjectId::from_bytes(&[9; 20]).unwrap();
    let (message, ..) = failure(eager.tree(&format!("ext::touch {}", ran.display()), &other));
    assert!(message.contains("not allowed"), "{message}");
    assert!(!ran.exists());
}

#[test]
fn credentials_of_an_address_are_not_told() {
    let secret = ["tok", "en"].concat();
    let words = format!("fatal: unable to access 'https://ana:{secret}@git.example.com/x/':\n  Could not resolve host");
    assert_eq!(told(&words), "fatal: unable to access 'https://***@git.example.com/x/': Could not resolve host");
    let variables = Variables(vec![("GIT_CONFIG_VALUE_0".into(), secret.clone().into())]);
    assert!(!format!("{variables:?}").contains(&secret));
}
