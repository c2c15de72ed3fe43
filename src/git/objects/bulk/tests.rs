use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::Mutex;

use proptest::prelude::*;

use super::*;
use crate::git::objects::{HashKind, alternates, blob_id, checksum};
use crate::git::scratch::Scratch;
use crate::model::{Mark, Piece};

const LINES: Grow = Grow { carries: true, margin: Piece::MARGIN, line: Piece::LINE };

/// Who holds which token.
type Held = BTreeSet<(u64, ObjectId)>;

/// Everything of the form `<…>` without a line end in it.
fn tokens(content: &[u8]) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut start = None;
    for (at, byte) in content.iter().enumerate() {
        match (byte, start) {
            (b'<', _) => start = Some(at),
            (b'\n', _) => start = None,
            (b'>', Some(from)) => {
                let mut hasher = DefaultHasher::new();
                content[from..=at].hash(&mut hasher);
                marks.push(Mark { span: from..at + 1, tag: hasher.finish() });
                start = None;
            }
            _ => {}
        }
    }
    marks
}

/// As little as a finder may return: what overlaps a fresh range.
fn least(piece: &Piece<'_>) -> Vec<Mark> {
    let overlaps = |mark: &Mark| {
        piece.fresh.iter().any(|it| it.start < mark.span.end && mark.span.start < it.end.max(it.start + 1))
    };
    tokens(piece.content).into_iter().filter(overlaps).collect()
}

fn found(objects: &Arc<Objects>) -> (Held, Harvest) {
    let bulk = Bulk::open(Arc::clone(objects));
    let harvest = bulk.scan((ObjectKind::Blob, None), LINES, &least);
    (harvest.holdings.iter().map(|(tag, number)| (*tag, bulk.id(*number))).collect(), harvest)
}

/// The same by reading each blob by itself.
fn by_git(scratch: &Scratch) -> (Held, u64) {
    let listed = scratch.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)"]);
    let ids: Vec<ObjectId> =
        listed.lines().filter_map(|line| line.strip_prefix("blob ")).map(|id| id.parse().unwrap()).collect();
    let objects = scratch.objects();
    let held = |id: &ObjectId| {
        let content = objects.read_blob(id).unwrap();
        tokens(&content).into_iter().map(|mark| (mark.tag, *id)).collect::<Vec<_>>()
    };
    (ids.iter().flat_map(held).collect(), ids.len() as u64)
}

fn is_as_by_git(scratch: &Scratch, what: &str) {
    let (expected, count) = by_git(scratch);
    let (held, harvest) = found(&scratch.objects());
    assert!(harvest.errors.is_empty(), "{what}: {:?}", harvest.errors);
    assert_eq!(harvest.count, count, "{what}: each blob counts once");
    assert!(held == expected, "{what}: {} of {}", held.intersection(&expected).count(), expected.len());
}

/// One step of a made-up history.
#[derive(Clone, Debug)]
enum Edit {
    Insert { at: usize, seed: u32, lines: u32 },
    Token { at: usize, number: u8, width: usize },
    Remove { at: usize, lines: usize },
    Move { from: usize, lines: usize, to: usize },
    Repeat { from: usize, lines: usize, to: usize },
    Splice { at: usize, bytes: usize },
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = 0_usize..10_000;
    prop_oneof![
        (at.clone(), any::<u32>(), 1_u32..30).prop_map(|(at, seed, lines)| Edit::Insert { at, seed, lines }),
        (at.clone(), 0_u8..12, 1_usize..400).prop_map(|(at, number, width)| Edit::Token { at, number, width }),
        (at.clone(), 1_usize..40).prop_map(|(at, lines)| Edit::Remove { at, lines }),
        (at.clone(), 1_usize..40, at.clone()).prop_map(|(from, lines, to)| Edit::Move { from, lines, to }),
        (at.clone(), 1_usize..40, at.clone()).prop_map(|(from, lines, to)| Edit::Repeat { from, lines, to }),
        (at, 1_usize..300).prop_map(|(at, bytes)| Edit::Splice { at, bytes }),
    ]
}

impl Edit {
    fn apply(&self, text: &mut Vec<u8>) {
        let line = |text: &[u8], at: usize| {
            let at = at % (text.len() + 1);
            text[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |it| it + 1)
        };
        let lines = |text: &[u8], at: usize, count: usize| {
            let start = line(text, at);
            let ends =
                text[start..].iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| start + at + 1);
            start..ends.take(count).last().unwrap_or(text.len())
        };
        match *self {
            Self::Insert { at, seed, lines: count } => {
                let at = line(text, at);
                text.splice(at..at, Scratch::lines(seed, count).into_bytes());
            }
            Self::Token { at, number, width } => {
                let at = at % (text.len() + 1);
                text.splice(at..at, format!("<{number:0width$}>").into_bytes());
            }
            Self::Remove { at, lines: count } => drop(text.drain(lines(text, at, count))),
            Self::Move { from, lines: count, to } => {
                let moved: Vec<u8> = text.drain(lines(text, from, count)).collect();
                let to = line(text, to);
                text.splice(to..to, moved);
            }
            Self::Repeat { from, lines: count, to } => {
                let copied = text[lines(text, from, count)].to_vec();
                let to = line(text, to);
                text.splice(to..to, copied);
            }
            Self::Splice { at, bytes } => {
                let at = at % (text.len() + 1);
                text.drain(at..(at + bytes).min(text.len()));
            }
        }
    }
}

/// Commits with one file that is edited over and over, as `git fast-import` reads them.
fn stream(branch: &str, edits: &[Edit]) -> Vec<u8> {
    let mut text = Scratch::lines(1, 120).into_bytes();
    let mut stream = Vec::new();
    for (number, edit) in edits.iter().enumerate() {
        edit.apply(&mut text);
        let head =
            format!("commit refs/heads/{branch}\ncommitter A <a@x> {} +0000\ndata 1\nx\n", 1_700_000_000 + number);
        stream.extend(head.into_bytes());
        stream.extend(format!("M 644 inline f\ndata {}\n", text.len()).into_bytes());
        stream.extend_from_slice(&text);
        stream.push(b'\n');
    }
    stream
}

fn imported(hash: HashKind, edits: &[Edit]) -> Scratch {
    let scratch = Scratch::with_hash(hash);
    scratch.git(&["config", "fastimport.unpackLimit", "1"]);
    scratch.git_raw(&["fast-import", "--quiet"], &stream("main", edits));
    scratch
}

const REPACK: [&str; 4] = ["repack", "-adf", "--quiet", "--window=20"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn marks_and_holders_are_those_of_a_search_of_every_blob(edits in proptest::collection::vec(edit(), 2..40)) {
        let scratch = imported(HashKind::Sha1, &edits);
        is_as_by_git(&scratch, "as imported");
        scratch.git(&[&REPACK[..], &["--depth=60"]].concat());
        is_as_by_git(&scratch, "deep");
    }
}

fn some_edits(count: u32) -> Vec<Edit> {
    let number =
        |step: u32, salt: u32| usize::try_from((step * 7919 + salt).wrapping_mul(2_654_435_761) >> 16).unwrap();
    let one = |step: u32| {
        let (at, to) = (number(step, 1) % 9000, number(step, 2) % 9000);
        match step % 7 {
            0 | 3 => Edit::Token { at, number: u8::try_from(step % 10).unwrap(), width: 4 + number(step, 3) % 90 },
            1 => Edit::Insert { at, seed: step, lines: 1 + step % 20 },
            2 => Edit::Remove { at, lines: 1 + number(step, 4) % 8 },
            4 => Edit::Move { from: at, lines: 12, to },
            5 => Edit::Repeat { from: at, lines: 9, to },
            _ => Edit::Splice { at, bytes: 1 + number(step, 5) % 120 },
        }
    };
    (0..count).map(one).collect()
}

#[test]
fn every_way_to_store_objects_gives_the_same() {
    for hash in [HashKind::Sha1, HashKind::Sha256] {
        let edits = some_edits(120);
        let scratch = imported(hash, &edits);
        let deep = [&REPACK[..], &["--depth=4000"]].concat();
        for (what, arguments) in [
            ("deltas that name their base", [&["-c", "repack.useDeltaBaseOffset=false"], &deep[..]].concat()),
            ("an old index", [&["-c", "pack.indexVersion=1"], &deep[..]].concat()),
            ("deep", deep.clone()),
        ] {
            scratch.git(&arguments);
            is_as_by_git(&scratch, what);
        }
        let mut more = edits;
        more.extend(some_edits(30).into_iter().rev());
        scratch.git_raw(&["fast-import", "--quiet", "--force"], &stream("other", &more));
        assert_eq!(alternates::pack_indexes(&scratch.object_dir()).len(), 2);
        is_as_by_git(&scratch, "two packs");
        // One pack with everything beside those two: all that they hold is held twice.
        scratch.git(&["repack", "-a", "--quiet"]);
        assert_eq!(alternates::pack_indexes(&scratch.object_dir()).len(), 3);
        is_as_by_git(&scratch, "everything twice");
        scratch.git_raw(&["hash-object", "-w", "--stdin"], b"<loose>\n");
        is_as_by_git(&scratch, "and a loose blob");
    }
}

#[test]
fn borrowed_and_unpacked_objects_are_read() {
    let lender = imported(HashKind::Sha1, &some_edits(40));
    let borrower = Scratch::empty(HashKind::Sha1);
    borrower.git(&["clone", "--quiet", "--shared", &lender.path().display().to_string(), "."]);
    borrower.write("own", "<own>\n");
    borrower.commit("own");
    is_as_by_git(&borrower, "alternates");
    let loose = Scratch::new();
    for pack in fs::read_dir(lender.object_dir().join("pack")).unwrap().map(|it| it.unwrap().path()) {
        if pack.extension().is_some_and(|it| it == "pack") {
            loose.git_raw(&["unpack-objects", "-q"], &fs::read(pack).unwrap());
        }
    }
    is_as_by_git(&loose, "loose");
    assert!(alternates::pack_indexes(&loose.object_dir()).is_empty());
}

fn pack_of(scratch: &Scratch) -> PathBuf {
    alternates::pack_indexes(&scratch.object_dir()).remove(0).with_extension("pack")
}

fn overwrite(path: &Path, content: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, content).unwrap();
}

#[test]
fn no_flipped_byte_hides_what_a_blob_holds() {
    let scratch = imported(HashKind::Sha1, &some_edits(12));
    scratch.git(&REPACK);
    let (expected, count) = by_git(&scratch);
    let pack = pack_of(&scratch);
    for path in [pack.clone(), pack.with_extension("idx")] {
        let whole = fs::read(&path).unwrap();
        // Behind the pack itself only its checksum follows, in the index those of both files.
        for position in (0..whole.len()).step_by(3) {
            let mut bytes = whole.clone();
            bytes[position] ^= 0x41;
            overwrite(&path, &bytes);
            let (held, harvest) = found(&scratch.objects());
            let is_whole = held == expected && harvest.count == count;
            // A name that the index does not have any more is one for which the trees are asked.
            let other_names = path != pack && held.len() == expected.len();
            assert!(is_whole || other_names || !harvest.errors.is_empty(), "{} at {position}", path.display());
        }
        overwrite(&path, &whole);
    }
}

#[test]
fn a_good_copy_stands_in_for_a_damaged_one() {
    let scratch = imported(HashKind::Sha1, &some_edits(30));
    scratch.git(&REPACK);
    let expected = by_git(&scratch);
    let pack = pack_of(&scratch);
    let bytes = fs::read(&pack).unwrap();
    let twin = Scratch::new();
    twin.git_raw(&["unpack-objects", "-q"], &bytes);
    let mut broken = bytes.clone();
    broken[40..bytes.len() - 40].iter_mut().step_by(9).for_each(|byte| *byte ^= 0x55);
    overwrite(&pack, &broken);
    let (_, alone) = found(&scratch.objects());
    assert!(!alone.errors.is_empty());
    let both = Objects::open(&scratch.object_dir(), HashKind::Sha1).unwrap().with_alternate(&twin.object_dir());
    let (held, harvest) = found(&Arc::new(both));
    assert!(harvest.errors.is_empty(), "{:?}", harvest.errors);
    assert_eq!((held, harvest.count), expected);
}

/// Writes a pack with these entries, and an index that believes them.
fn forged(scratch: &Scratch, entries: &[(ObjectId, Vec<u8>)]) {
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend(u32::try_from(entries.len()).unwrap().to_be_bytes());
    let mut rows: BTreeMap<ObjectId, (u32, u32)> = BTreeMap::new();
    for (id, raw) in entries {
        rows.insert(*id, (u32::try_from(pack.len()).unwrap(), libdeflater::crc32(raw)));
        pack.extend(raw);
    }
    pack.extend(checksum(HashKind::Sha1, &pack).as_bytes());
    let mut index = b"\xFFtOc\0\0\0\x02".to_vec();
    for first in 0..=u8::MAX {
        let count = rows.keys().filter(|id| id.as_bytes()[0] <= first).count();
        index.extend(u32::try_from(count).unwrap().to_be_bytes());
    }
    rows.keys().for_each(|id| index.extend(id.as_bytes()));
    rows.values().for_each(|(_, crc)| index.extend(crc.to_be_bytes()));
    rows.values().for_each(|(offset, _)| index.extend(offset.to_be_bytes()));
    index.extend(&pack[pack.len() - 20..]);
    index.extend(checksum(HashKind::Sha1, &index).as_bytes());
    let folder = scratch.object_dir().join("pack");
    fs::write(folder.join("pack-forged.pack"), pack).unwrap();
    fs::write(folder.join("pack-forged.idx"), index).unwrap();
}

fn entry(kind: u8, size: usize, base: &[u8], data: &[u8]) -> Vec<u8> {
    let mut raw = Vec::new();
    let mut rest = size >> 4;
    raw.push(kind << 4 | u8::try_from(size & 15).unwrap() | if rest > 0 { 0x80 } else { 0 });
    while rest > 0 {
        let more = if rest >> 7 > 0 { 0x80 } else { 0 };
        raw.push(u8::try_from(rest & 0x7F).unwrap() | more);
        rest >>= 7;
    }
    raw.extend(base);
    let mut encoder = flate2::write::ZlibEncoder::new(raw, flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, data).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn circles_of_deltas_and_absurd_sizes_end_with_an_error() {
    let id = |text: &str| blob_id(HashKind::Sha1, text.as_bytes());
    let (one, two, lone) = (id("one"), id("two"), id("lone"));
    let delta = [3, 3, 0x90, 3];
    let scratch = Scratch::new();
    let honest = b"<honest>".as_slice();
    let lost = entry(7, 4, id("nowhere").as_bytes(), &delta);
    forged(
        &scratch,
        &[
            (one, entry(7, 4, two.as_bytes(), &delta)),
            (two, entry(7, 4, one.as_bytes(), &delta)),
            (lone, lost),
            (id("large"), entry(3, 1 << 50, &[], b"small")),
            (blob_id(HashKind::Sha1, honest), entry(3, honest.len(), &[], honest)),
        ],
    );
    let (held, harvest) = found(&scratch.objects());
    assert_eq!((held.len(), harvest.count, harvest.errors.len()), (1, 1, 4), "{:?}", harvest.errors);
}

#[test]
fn deltas_that_double_what_they_copy_are_stopped_at_the_limit() {
    let scratch = Scratch::new();
    let size = |mut value: usize| {
        let mut raw = Vec::new();
        while value > 0x7F {
            raw.push(u8::try_from(value & 0x7F).unwrap() | 0x80);
            value >>= 7;
        }
        raw.push(u8::try_from(value).unwrap());
        raw
    };
    let id = |step: usize| blob_id(HashKind::Sha1, format!("step {step}").as_bytes());
    let mut entries = vec![(id(0), entry(3, 0x1_0000, &[], &[b'a'; 0x1_0000]))];
    for step in 1..24 {
        let before = 0x1_0000 << (step - 1);
        // Twice everything, 64 KiB at a time.
        let mut recipe = [size(before), size(2 * before)].concat();
        for block in (0..2 * before / 0x1_0000).map(|block| block % (before / 0x1_0000)).take(4096) {
            let high = u32::try_from(block).unwrap().to_le_bytes();
            recipe.extend([0x8C, high[0], high[1]]);
        }
        entries.push((id(step), entry(7, recipe.len(), id(step - 1).as_bytes(), &recipe)));
    }
    forged(&scratch, &entries);
    let objects = Objects::open(&scratch.object_dir(), HashKind::Sha1).unwrap().with_limit(1 << 20);
    let (_, harvest) = found(&Arc::new(objects));
    assert_eq!((harvest.count, harvest.errors.len()), (5, 19));
}

#[test]
fn a_pack_whose_index_is_broken_is_told() {
    let scratch = imported(HashKind::Sha1, &some_edits(5));
    let index = pack_of(&scratch).with_extension("idx");
    overwrite(&index, b"not an index");
    let (_, harvest) = found(&scratch.objects());
    assert!(matches!(harvest.errors.as_slice(), [ObjectError::Pack { .. }]), "{:?}", harvest.errors);
}

#[test]
fn each_blob_is_shown_once_and_little_of_it_is_fresh() {
    let scratch = imported(HashKind::Sha1, &some_edits(60));
    scratch.git(&REPACK);
    let shown = Mutex::new(Vec::new());
    let bulk = Bulk::open(scratch.objects());
    let harvest = bulk.scan((ObjectKind::Blob, None), LINES, &|piece| {
        shown.lock().unwrap().push(piece.id);
        assert!(piece.fresh.is_sorted_by(|one, next| one.end < next.start));
        assert!(piece.fresh.iter().all(|it| it.start <= it.end && it.end <= piece.content.len()));
        Vec::new()
    });
    let mut shown = shown.into_inner().unwrap();
    let count = shown.len();
    shown.sort_unstable();
    shown.dedup();
    assert_eq!((count, count as u64), (shown.len(), harvest.count));
    assert!(harvest.fresh < harvest.bytes / 3, "{} of {}", harvest.fresh, harvest.bytes);
}
