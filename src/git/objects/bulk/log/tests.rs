use std::fmt::Write as _;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::git::scratch::{Scratch, raw_entry};

fn sorted(mut numbers: Vec<Number>) -> Vec<Number> {
    numbers.sort_unstable();
    numbers
}

/// What a tree is made of: a part of the base between two of its entries, off by some bytes, or an entry of its own.
#[derive(Clone, Debug)]
enum Part {
    Copy { from: usize, to: usize, skew: (usize, usize) },
    Entry(u8),
    Bytes(Vec<u8>),
}

fn part() -> impl Strategy<Value = Part> {
    let skew = prop_oneof![4 => Just(0_usize), 1 => 0_usize..29];
    prop_oneof![
        6 => (0_usize..9, 0_usize..9, skew.clone(), skew)
            .prop_map(|(from, to, first, last)| Part::Copy { from, to, skew: (first, last) }),
        2 => any::<u8>().prop_map(Part::Entry),
        1 => proptest::collection::vec(any::<u8>(), 1..4).prop_map(Part::Bytes),
    ]
}

fn entry(seed: u8) -> Vec<u8> {
    // Some are submodules, and some stand twice.
    let mode = if seed.is_multiple_of(5) { "160000" } else { "100644" };
    raw_entry(mode, &b"names"[..1 + usize::from(seed % 4)], &ObjectId::from_bytes(&[seed % 32; 20]).unwrap())
}

/// The tree that the parts make out of the base, and how.
fn made(base: &[Vec<u8>], parts: &[Part]) -> (Vec<u8>, Trace) {
    let whole = base.concat();
    let place = |entry: usize| base.iter().take(entry).map(Vec::len).sum::<usize>();
    let (mut content, mut trace) = (Vec::new(), Trace::default());
    for part in parts {
        match part {
            Part::Copy { from, to, skew } => {
                let start = (place(*from) + skew.0).min(whole.len());
                let end = (place(*to) + skew.1).clamp(start, whole.len());
                trace.copy(Copied { from: start, to: content.len(), len: end - start });
                content.extend(&whole[start..end]);
            }
            Part::Entry(seed) => content.extend(entry(*seed)),
            Part::Bytes(bytes) => content.extend(bytes),
        }
    }
    (content, trace)
}

proptest! {
    #[test]
    fn any_copies_give_the_entries_of_a_parse_from_end_to_end(
        base in proptest::collection::vec(any::<u8>().prop_map(entry), 0..9),
        parts in proptest::collection::vec(part(), 0..7),
    ) {
        let bulk = Bulk { objects: Scratch::new().objects(), forests: Vec::new(), loose: Vec::new(), unusable: Vec::new() };
        let lister = Lister { bulk: &bulk, hash: HashKind::Sha1, total: 0, telling: |_, _| false, absent: Mutex::default() };
        let mut log = super::Part::default();
        let whole = base.concat();
        let object = |content| Object { id: ObjectId::NONE, number: 0, content, is_again: false };
        let first = lister.look(&object(&whole), None, &mut Trace::default(), &mut log).kept;
        let (content, mut trace) = made(&base, &parts);
        let second = lister.look(&object(&content), Some((whole.len(), &first)), &mut trace, &mut log).kept;
        let (mut at, mut expected, mut is_malformed) = (0, Vec::new(), false);
        while at < content.len() && !is_malformed {
            match lister.entry(&content, at, &mut log) {
                Ok((entry, end)) => {
                    expected.push((entry.start, entry.child));
                    at = end;
                }
                Err(_) => is_malformed = true,
            }
        }
        let entries: Vec<_> = second.entries.iter().map(|it| (it.start, it.child)).collect();
        prop_assert_eq!(&entries, &expected);
        prop_assert_eq!((second.end, log.malformed.len()), (at, usize::from(is_malformed)));
        let children = |parsed: &Parsed| parsed.entries.iter().map(|it| it.child).filter(|it| *it != NONE).collect();
        let (before, after): (Vec<Number>, Vec<Number>) = (children(&first), children(&second));
        let step = log.steps[1];
        let changes = &log.changes[before.len()..];
        let (added, removed) = changes.split_at(index(step.added));
        prop_assert_eq!(removed.len(), index(step.removed));
        prop_assert_eq!(sorted([&after, removed].concat()), sorted([&before, added].concat()));
    }
}

/// Many versions of a few folders, as `git fast-import` reads them.
fn stream() -> String {
    let mut stream = String::new();
    for step in 0..150_u32 {
        let text = format!("content {}", step % 40);
        let file =
            |salt: u32| format!("folder{}/sub{}/file{}", step % 3, step * salt % 4, step.wrapping_mul(7 + salt) % 60);
        let (one, two) = (file(3), file(5));
        write!(stream, "commit refs/heads/main\ncommitter A <a@x> {} +0000\ndata 1\nx\n", 1_700_000_000 + step)
            .unwrap();
        write!(stream, "M 644 inline {one}\ndata {}\n{text}\nM 755 inline {two}x\ndata 1\n{}\n", text.len(), step % 10)
            .unwrap();
        if step % 6 == 5 {
            write!(stream, "D {one}\nM 160000 {} module\n", "5".repeat(40)).unwrap();
        }
        stream.push('\n');
    }
    stream
}

fn is_as_parsed(scratch: &Scratch, what: &str) {
    let objects = scratch.objects();
    let bulk = Bulk::open(Arc::clone(&objects));
    let log = bulk.tree_log(std::iter::empty(), |_, _| false);
    assert!(log.errors.is_empty(), "{what}: {:?}", log.errors);
    let listed = scratch.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)"]);
    let trees: Vec<ObjectId> =
        listed.lines().filter_map(|it| it.strip_prefix("tree ")).map(|it| it.parse().unwrap()).collect();
    for limit in [1, 3] {
        let mut wanted = log.none();
        let absent = log.absent().iter().map(|id| log.number(&bulk, id).unwrap());
        for number in (0..bulk.total()).step_by(limit).chain(absent) {
            wanted.add(number);
        }
        let held = log.holding(&wanted).unwrap();
        for tree in &trees {
            let content = objects.read(tree).unwrap().data;
            let entries = TreeEntries::new(&content, objects.hash()).map(Result::unwrap);
            let named = entries.filter(|it| it.kind() != EntryKind::File(FileMode::Gitlink));
            let named = named.map(|it| log.number(&bulk, &it.id).unwrap()).filter(|it| wanted.has(*it)).collect();
            assert_eq!(held.of(bulk.number(tree).unwrap()), sorted(named), "{what}: {tree}");
        }
    }
}

#[test]
fn who_names_what_is_told_as_the_trees_have_it_however_they_are_stored() {
    let scratch = Scratch::new();
    scratch.git(&["config", "fastimport.unpackLimit", "1"]);
    scratch.git_raw(&["fast-import", "--quiet", "--force"], stream().as_bytes());
    is_as_parsed(&scratch, "as imported");
    for depth in ["--depth=4000", "--depth=1"] {
        scratch.git(&["repack", "-adf", "--quiet", "--window=50", depth]);
        is_as_parsed(&scratch, depth);
    }
    let [lost, null] = [[9; 20], [0; 20]].map(|raw| ObjectId::from_bytes(&raw).unwrap());
    scratch.literal("tree", &[raw_entry("100644", b"lost", &lost), raw_entry("100644", b"null", &null)].concat());
    scratch.git(&["repack", "-a", "--quiet"]);
    is_as_parsed(&scratch, "two packs and a loose tree with absent files");
}
