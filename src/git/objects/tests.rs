use std::fs;

use proptest::prelude::*;

use super::headers::Headers;
use super::*;
use crate::git::scratch::Scratch;

/// Every object of the repository, as Git reads it.
fn all(scratch: &Scratch) -> Vec<(ObjectId, String, Vec<u8>)> {
    let raw = scratch.git_raw(&["cat-file", "--batch-all-objects", "--batch"], b"");
    let mut rest = raw.as_slice();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (line, after) = headers::split_line(rest);
        let words: Vec<&str> = std::str::from_utf8(line).unwrap().split(' ').collect();
        let size: usize = words[2].parse().unwrap();
        found.push((words[0].parse().unwrap(), words[1].to_owned(), after[..size].to_vec()));
        rest = &after[size + 1..];
    }
    found
}

fn reads_like_git(scratch: &Scratch) {
    let objects = scratch.objects();
    let expected = all(scratch);
    assert!(expected.len() > 10);
    for (id, kind, content) in expected {
        assert_eq!(objects.header(&id).unwrap(), (ObjectKind::from_name(&kind).unwrap(), content.len() as u64));
        let object = objects.read(&id).unwrap();
        assert_eq!((object.kind.name(), &*object.data), (kind.as_str(), content.as_slice()), "{id}");
        assert_eq!(objects.header(&id).unwrap().1, content.len() as u64);
    }
}

fn sample(hash: HashKind) -> Scratch {
    let scratch = Scratch::with_hash(hash);
    for step in 0..8 {
        let mut text = Scratch::lines(1, 400);
        text.insert_str(text.len() / 2, &format!("new in {step}\n"));
        scratch.write("src/large.txt", text);
        scratch.write("empty", "");
        scratch.write(&format!("docs/{step}.md"), format!("page {step}\n"));
        scratch.commit(&format!("step {step}"));
    }
    scratch.git(&["tag", "--annotate", "--message", "one", "v1"]);
    scratch
}

#[test]
fn loose_and_packed_objects_read_as_git_reads_them() {
    for hash in [HashKind::Sha1, HashKind::Sha256] {
        let scratch = sample(hash);
        reads_like_git(&scratch);
        scratch.git(&["repack", "-a", "-d", "-f", "--quiet"]);
        reads_like_git(&scratch);
        scratch.write("later", "loose beside a pack");
        scratch.commit("later");
        reads_like_git(&scratch);
    }
}

#[test]
fn deltas_that_name_their_base_and_old_indexes_are_read() {
    let scratch = sample(HashKind::Sha1);
    scratch.git(&["-c", "repack.useDeltaBaseOffset=false", "repack", "-a", "-d", "-f", "--quiet"]);
    reads_like_git(&scratch);
    scratch.git(&["-c", "pack.indexVersion=1", "repack", "-a", "-d", "-f", "--quiet"]);
    reads_like_git(&scratch);
    scratch.git(&["multi-pack-index", "write"]);
    reads_like_git(&scratch);
}

#[test]
fn a_truncated_loose_object_is_an_error_at_every_length() {
    let scratch = Scratch::new();
    let content = Scratch::lines(3, 20);
    let id = scratch.literal("blob", content.as_bytes());
    let path = loose::path(&scratch.object_dir(), &id);
    let whole = fs::read(&path).unwrap();
    make_writable(&path);
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let read = scratch.objects().read(&id);
        assert!(matches!(read, Err(ObjectError::Corrupt { .. })), "{length}: {read:?}");
    }
    fs::write(&path, [whole.as_slice(), b"x"].concat()).unwrap();
    assert!(scratch.objects().read(&id).is_err());
    fs::write(&path, &whole).unwrap();
    assert_eq!(&*scratch.objects().read(&id).unwrap().data, content.as_bytes());
}

fn make_writable(path: &Path) {
    let content = fs::read(path).unwrap();
    fs::remove_file(path).unwrap();
    fs::write(path, content).unwrap();
}

#[test]
fn no_flipped_byte_of_a_loose_object_changes_what_is_read() {
    let scratch = Scratch::new();
    let id = scratch.literal("blob", b"some content that is long enough to be compressed, compressed, compressed");
    let good = scratch.objects().read(&id).unwrap().data;
    let path = loose::path(&scratch.object_dir(), &id);
    let whole = fs::read(&path).unwrap();
    make_writable(&path);
    for position in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[position] ^= 0x10;
        fs::write(&path, bytes).unwrap();
        if let Ok(object) = scratch.objects().read(&id) {
            assert_eq!(object.data, good);
        }
    }
}

#[test]
fn no_flipped_byte_of_a_pack_changes_what_is_read() {
    let scratch = Scratch::new();
    for step in 0..3 {
        scratch.write("a", Scratch::lines(1, 12 + step));
        scratch.commit("step");
    }
    scratch.git(&["repack", "-a", "-d", "-f", "--quiet"]);
    let expected = all(&scratch);
    let index = alternates::pack_indexes(&scratch.object_dir()).remove(0);
    for path in [index.with_extension("pack"), index] {
        let whole = fs::read(&path).unwrap();
        make_writable(&path);
        for position in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[position] ^= 0x41;
            fs::write(&path, bytes).unwrap();
            let objects = scratch.objects();
            for (id, _, content) in &expected {
                if let Ok(object) = objects.read(id) {
                    assert_eq!(&*object.data, content.as_slice());
                }
            }
        }
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn a_damaged_copy_does_not_hide_a_good_one() {
    let scratch = Scratch::new();
    scratch.write("a", "content");
    let commit = scratch.commit("one");
    scratch.git(&["repack", "-a", "--quiet"]);
    let path = loose::path(&scratch.object_dir(), &commit);
    make_writable(&path);
    let pack = alternates::pack_indexes(&scratch.object_dir()).remove(0).with_extension("pack");
    fs::write(&path, "not zlib").unwrap();
    assert!(scratch.objects().read(&commit).is_ok());
    make_writable(&pack);
    fs::write(&pack, "not a pack").unwrap();
    assert!(matches!(scratch.objects().read(&commit), Err(ObjectError::Corrupt { .. })));
}

#[test]
fn packs_that_appear_later_are_found_and_absent_objects_are_said_to_be() {
    let scratch = sample(HashKind::Sha1);
    let objects = scratch.objects();
    let old = scratch.id("HEAD");
    assert!(objects.contains(&old));
    scratch.write("new", "new");
    let new = scratch.commit("new");
    scratch.git(&["repack", "-a", "-d", "-f", "--quiet"]);
    assert!(objects.contains(&new) && objects.read(&new).is_ok() && objects.read(&old).is_ok());
    let nothing = blob_id(HashKind::Sha1, b"nowhere");
    assert!(!objects.contains(&nothing));
    assert!(matches!(objects.read(&nothing), Err(ObjectError::Absent(id)) if id == nothing));
}

#[test]
fn alternates_are_followed_and_their_loops_end() {
    let lender = sample(HashKind::Sha1);
    let borrower = Scratch::new();
    let info = |scratch: &Scratch| scratch.object_dir().join("info/alternates");
    fs::write(info(&borrower), format!("# a comment\n{}\n", lender.object_dir().display())).unwrap();
    fs::write(info(&lender), format!("{}\n./\n/nowhere\n", borrower.object_dir().display())).unwrap();
    assert!(borrower.objects().read(&lender.id("HEAD")).is_ok());
    let plain = Objects::in_memory(HashKind::Sha1).with_alternate(&borrower.object_dir());
    assert!(plain.contains(&lender.id("HEAD")));
}

#[test]
fn an_object_beyond_the_limit_is_refused_before_it_is_inflated() {
    let scratch = Scratch::new();
    let id = scratch.literal("blob", &vec![0; 1_000_000]);
    for _ in 0..2 {
        let limited = Objects::open(&scratch.object_dir(), HashKind::Sha1).unwrap().with_limit(999_999);
        let read = limited.read(&id);
        assert!(matches!(read, Err(ObjectError::TooLarge { size: 1_000_000, limit: 999_999, .. })), "{read:?}");
        assert_eq!(limited.header(&id).unwrap(), (ObjectKind::Blob, 1_000_000));
        assert!(scratch.objects().read(&id).is_ok());
        scratch.write("zeros", vec![0; 1_000_000]);
        scratch.commit("zeros");
        scratch.git(&["repack", "-a", "-d", "--quiet"]);
    }
}

#[test]
fn abbreviations_name_every_object_that_they_fit() {
    let scratch = sample(HashKind::Sha1);
    scratch.git(&["repack", "-a", "-d", "--quiet"]);
    scratch.write("loose", "loose");
    scratch.commit("loose");
    let objects = scratch.objects();
    for (id, ..) in all(&scratch) {
        for length in [4, 7, 12, 40] {
            let text: String = id.to_string().chars().take(length).collect();
            assert!(objects.resolve_prefix(&text).unwrap().contains(&id), "{text}");
        }
    }
    assert_eq!(objects.resolve_prefix(&"0".repeat(40)).unwrap(), []);
    for text in ["", "abc", "xyzw", "../..", &"a".repeat(41)] {
        assert!(matches!(objects.resolve_prefix(text), Err(ObjectError::NotAPrefix(_))), "{text}");
    }
}

#[test]
fn contents_that_exist_in_memory_only_are_read_like_any_other() {
    let objects = Objects::in_memory(HashKind::Sha1);
    let id = objects.hold(Arc::from(&b"work tree"[..]));
    assert_eq!(id, blob_id(HashKind::Sha1, b"work tree"));
    assert_eq!(&*objects.read(&id).unwrap().data, b"work tree");
    assert_eq!(objects.header(&id).unwrap(), (ObjectKind::Blob, 9));
}

#[test]
fn an_absent_object_says_how_to_fetch_it_in_this_kind_of_clone() {
    let full = sample(HashKind::Sha1);
    let url = format!("file://{}", full.path().display());
    let shallow = Scratch::empty(HashKind::Sha1);
    shallow.git(&["clone", "--quiet", "--depth=1", &url, "."]);
    full.git(&["config", "uploadpack.allowFilter", "true"]);
    let partial = Scratch::empty(HashKind::Sha1);
    partial.git(&["clone", "--quiet", "--filter=blob:none", "--no-checkout", &url, "."]);
    let how = |scratch: &Scratch, id: &ObjectId| {
        let objects = scratch.objects();
        objects.missing(&objects.read(id).unwrap_err()).how
    };
    assert!(how(&shallow, &full.id("HEAD~1")).contains("git fetch --unshallow"));
    assert!(how(&partial, &full.id("HEAD:empty")).contains("git fetch --refetch --no-filter"));
    assert!(how(&full, &blob_id(HashKind::Sha1, b"nowhere")).contains("git fsck"));
}

#[test]
fn commits_are_parsed_and_their_signatures_taken_out() {
    let scratch = Scratch::new();
    let tree = scratch.id("4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    let head = format!("tree {tree}\nauthor Ana <ana@x> 1700000000 +0100\ncommitter B\u{f6} <b@x> 1700000001 +0000\n");
    let signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n";
    let other = "gpgsig-sha256 other\n continued\n";
    let raw = format!("{head}{signature}{other}encoding utf-8\n\nsubject\n\ngpgsig in the message\n");
    let id = scratch.literal("commit", raw.as_bytes());
    let commit = scratch.objects().commit(&id).unwrap();
    assert_eq!((commit.author.name.as_str(), commit.author.email.as_str()), ("Ana", "ana@x"));
    assert_eq!((commit.committer.name.as_str(), commit.committer.time.0), ("B\u{f6}", 1_700_000_001));
    assert_eq!(commit.message, "subject\n\ngpgsig in the message\n");
    let found = commit.signature.unwrap();
    assert_eq!(found.armor, "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n");
    let signed = format!("{head}encoding utf-8\n\nsubject\n\ngpgsig in the message\n");
    assert_eq!(String::from_utf8(found.signed).unwrap(), signed);
}

#[test]
fn a_commit_without_a_tree_or_with_a_broken_parent_is_corrupt_and_odd_names_are_not() {
    let scratch = Scratch::new();
    let tree = scratch.id("4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    let read = |raw: String| scratch.objects().commit(&scratch.literal("commit", raw.as_bytes()));
    assert!(matches!(read("author A <a> 1 +0\n\nx".into()), Err(ObjectError::Corrupt { .. })));
    assert!(matches!(read(format!("tree {tree}\nparent ../../x\n\nx")), Err(ObjectError::Corrupt { .. })));
    let odd = read(format!("tree {tree}\nauthor > <<\n\nx")).unwrap();
    assert_eq!((odd.author.email.as_str(), odd.author.time.0, odd.signature), ("<", 0, None));
    let latin = [format!("tree {tree}\nencoding ISO-8859-1\n\n").as_bytes(), b"gr\xFC\xDFe"].concat();
    let latin = scratch.objects().commit(&scratch.literal("commit", &latin)).unwrap();
    assert_eq!(latin.message, "gr\u{fc}\u{df}e");
}

#[test]
fn tags_are_parsed_peeled_and_their_signatures_taken_out() {
    let scratch = sample(HashKind::Sha1);
    let commit = scratch.id("HEAD");
    let armor = "-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----\n";
    let body = format!("object {commit}\ntype commit\ntag v2\ntagger Ana <ana@x> 5 +0000\n\nsecond\n");
    let signed = scratch.literal("tag", format!("{body}{armor}").as_bytes());
    let objects = scratch.objects();
    let tag = objects.tag(&signed).unwrap();
    assert_eq!((tag.target, tag.kind, tag.name.as_str()), (commit, ObjectKind::Commit, "v2"));
    assert_eq!(tag.annotation.message, "second\n");
    let signature = tag.annotation.signature.unwrap();
    assert_eq!((signature.armor.as_str(), signature.signed), (armor, body.into_bytes()));
    let outer = scratch.literal("tag", format!("object {signed}\ntype tag\ntag outer\n\n").as_bytes());
    assert_eq!(objects.peel_to_commit(&outer).unwrap(), commit);
    assert_eq!(objects.tree_of(&outer).unwrap(), scratch.id("HEAD^{tree}"));
    assert!(matches!(objects.peel_to_commit(&scratch.id("HEAD:empty")), Err(ObjectError::WrongKind { .. })));
}

/// An index with these objects, as version 2 has it.
fn index_bytes(offsets: &[u32]) -> Vec<u8> {
    let count = u32::try_from(offsets.len()).unwrap();
    let mut raw = vec![0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2];
    (0..256_u32).for_each(|first| raw.extend((if first < 7 { 0 } else { count }).to_be_bytes()));
    (0..count).for_each(|number| raw.extend([[7; 16].as_slice(), &number.to_be_bytes()].concat()));
    raw.extend(vec![0; 4 * offsets.len()]);
    offsets.iter().for_each(|offset| raw.extend(offset.to_be_bytes()));
    raw.extend([0; 8 + 40]);
    raw
}

#[test]
fn names_are_found_even_where_they_are_not_evenly_spread() {
    let offsets: Vec<u32> = (0..5000).collect();
    let index = index::PackIndex::read(Source::Memory(index_bytes(&offsets)), HashKind::Sha1).unwrap();
    for number in offsets {
        let id = ObjectId::from_bytes(&[[7; 16].as_slice(), &number.to_be_bytes()].concat()).unwrap();
        assert_eq!(index.find(&id).unwrap(), Some(u64::from(number)));
    }
    for absent in [[7; 20], [8; 20], [0; 20]] {
        assert_eq!(index.find(&ObjectId::from_bytes(&absent).unwrap()).unwrap(), None);
    }
}

proptest! {
    #[test]
    fn no_index_bytes_panic(position in 0_usize..1400, byte: u8, length in 0_usize..2000, wanted: [u8; 20]) {
        let mut raw = index_bytes(&[1, 2, 0x8000_0000, 0x8000_0001, 5, 6, 7, 8]);
        raw.truncate(length);
        if let Some(at) = raw.get_mut(position) {
            *at = byte;
        }
        if let Ok(index) = index::PackIndex::read(Source::Memory(raw), HashKind::Sha1) {
            let _ = index.find(&ObjectId::from_bytes(&wanted).unwrap());
            let _ = index.find(&ObjectId::from_bytes(&[7; 20]).unwrap());
            let _ = index.with_prefix(&Prefix::parse("0707").unwrap(), 10);
        }
    }

    #[test]
    fn no_loose_or_commit_bytes_panic(raw in proptest::collection::vec(any::<u8>(), 0..200), text in "(tree |parent |gpgsig |[0-9a-f]{40}|\n| |<|>|[0-9]){0,30}") {
        let _ = loose::read(&Source::Memory(raw.clone()), 1 << 20);
        for bytes in [raw.as_slice(), text.as_bytes()] {
            let cut = Headers::parse(bytes);
            let _ = cut.identity(cut.get("author").unwrap_or(bytes));
            let (armor, signed) = headers::signature(bytes, HashKind::Sha1);
            prop_assert!(armor.len() + signed.len() <= bytes.len());
        }
    }
}

#[test]
fn a_delta_that_is_its_own_base_ends_in_an_error() {
    let scratch = Scratch::new();
    let id = ObjectId::from_bytes(&[[7; 16].as_slice(), &[0; 4]].concat()).unwrap();
    let delta = [5, 5, 0x90, 5];
    let mut zlib = flate2::Compress::new(flate2::Compression::fast(), true);
    let mut deflated = Vec::with_capacity(64);
    zlib.compress_vec(&delta, &mut deflated, flate2::FlushCompress::Finish).unwrap();
    let entry = [&[0x74], id.as_bytes(), &deflated].concat();
    let pack = [b"PACK\0\0\0\x02\0\0\0\x01".as_slice(), &entry, &[0; 20]].concat();
    fs::write(scratch.object_dir().join("pack/pack-x.pack"), pack).unwrap();
    fs::write(scratch.object_dir().join("pack/pack-x.idx"), index_bytes(&[12])).unwrap();
    let objects = scratch.objects();
    assert!(matches!(objects.read(&id), Err(ObjectError::Corrupt { what, .. }) if what.contains("chain of deltas")));
    assert!(matches!(objects.header(&id), Err(ObjectError::Corrupt { what, .. }) if what.contains("chain of deltas")));
}
