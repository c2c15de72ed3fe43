//! The secrets of the whole history: each with the commit that brought it.
//!
//! A blob has no path until the trees are read. So all blobs are scanned as if they were settings, where most counts;
//! the few in which something was found get their path, and are scanned again as what they are.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::hit::{Hit, Kind};
use super::input::{self, Input, Within};
use super::large::Reading;
use super::look::Look;
use super::tell::{self, Told};
use super::{blob, files, squeeze};
use crate::checks::Judged;
use crate::model::{
    Encoding, Facts, History, Mark, Missing, NameSeeker, ObjectId, Origin, Piece, RepoPath, Seeker, Text, Timestamp,
    is_binary,
};

/// Adds the secrets that are in no file of the head, and to those that are the commit that brought them.
pub(super) fn search(look: &Look<'_>, facts: &Facts, judged: &mut Judged, told: &mut Vec<Told>) {
    let Some(history) = judged.keep(facts.history.clone()) else { return };
    let Some(found) = judged.keep(found(look, history.as_ref())) else { return };
    judged.missing.extend(found.missing);
    for (name, value) in [("blobs of the history", found.blobs), ("bytes of the history", found.bytes)] {
        judged.rests_on(name, value);
    }
    if found.unreached > 0 {
        judged.rests_on("possible secrets in objects that no ref reaches", found.unreached);
    }
    let mut past = found.secrets;
    for it in std::mem::take(told) {
        // A secret may stand in several files of the head: all of them are told where it came from.
        told.push(match past.get_mut(&it.identity) {
            Some(first) => {
                first.is_in_head = true;
                tell::brought(it, &first.origin)
            }
            None => it,
        });
    }
    told.extend(past.into_values().filter(|it| !it.is_in_head).map(|it| it.told));
}

struct Found {
    /// By identity.
    secrets: BTreeMap<String, Past>,
    missing: Vec<Missing>,
    blobs: u64,
    bytes: u64,
    /// What is in objects that no ref reaches, and in no others.
    unreached: usize,
}

/// A secret where it first stood.
struct Past {
    origin: Origin,
    told: Told,
    is_in_head: bool,
}

fn found(look: &Look<'_>, history: &dyn History) -> Result<Found, Missing> {
    let params = look.params;
    let anything = input::nowhere();
    let find = |piece: &Piece<'_>| marks(look, piece, &anything);
    let scanned = history.scan(&Seeker { name: params.digest, find: &find })?;
    let holders: BTreeSet<ObjectId> = scanned.holders.values().flatten().copied().collect();
    let origins = history.origins(&holders)?;
    let mut first: BTreeSet<(ObjectId, &Origin)> = BTreeSet::new();
    let mut unreached = 0;
    for (tag, blobs) in &scanned.holders {
        let known: Vec<(ObjectId, &Origin)> = blobs.iter().filter_map(|id| Some((*id, origins.get(id)?))).collect();
        unreached += usize::from(known.is_empty() && *tag != SHAPE);
        let judged = known.into_iter().filter(|(_, origin)| !params.except.is_match(&origin.path));
        if *tag == SHAPE || params.own.depends_on_place() {
            // Each has values of its own; or the oldest may stand where it is allowed.
            first.extend(judged);
        } else {
            first.extend(judged.min_by(|(_, a), (_, b)| (a.order, &a.path).cmp(&(b.order, &b.path))));
        }
    }
    let named = history.named(&NameSeeker {
        name: params.digest,
        is_wanted: &|path| files::is_in_table(path) && !params.except.is_match(path),
        holds: &|path, content| holds(look, path, content),
    })?;
    first.extend(named.files.iter().map(|(id, origin)| (*id, origin)));
    let missing = scanned.missing.into_iter().chain(named.missing).collect();
    let (blobs, bytes) = (scanned.blobs, scanned.bytes);
    let mut found = Found { secrets: BTreeMap::new(), missing, blobs, bytes, unreached };
    for (id, origin) in first {
        match history.read(&id) {
            Ok(content) => found.confirm(look, origin, &content),
            Err(missing) => found.confirm_large(look, (history, &id, missing), origin),
        }
    }
    Ok(found)
}

impl Found {
    /// Scans a blob as the file that it was, and keeps what was not found in an older one.
    fn confirm(&mut self, look: &Look<'_>, origin: &Origin, content: &[u8]) {
        let (path, params) = (&origin.path, look.params);
        if is_binary(content) {
            let input = look.at(path, content, Within::Whole);
            if let Some(store) = blob::as_store(&input) {
                if params.own.reports(&input, &store) {
                    self.keep(origin, &store, || tell::store_in_the_past(origin, &store));
                }
                return;
            }
            for hit in blob::of_binary(params, &input) {
                self.keep(origin, &hit, || tell::in_a_past_binary(origin, &hit));
            }
            return;
        }
        let text = Text::decode(content);
        let input = look.at(path, text.as_str().as_bytes(), Within::Whole);
        let hits = blob::of_text(params, &input);
        for hit in hits.iter().filter(|hit| params.own.reports(&input, hit)) {
            self.keep(origin, hit, || tell::in_the_past(origin, &text, hit, &hits));
        }
    }

    /// The same with a blob that cannot be read at once: it is read in pieces if that is for its size.
    fn confirm_large(
        &mut self,
        look: &Look<'_>,
        (history, id, missing): (&dyn History, &ObjectId, Missing),
        origin: &Origin,
    ) {
        let mut reading = Reading::new(*look, &origin.path);
        match history.read_large(id, &mut |piece| reading.feed(piece)) {
            None => self.missing.push(missing),
            Some(Err(why)) => self.missing.push(why),
            Some(Ok(())) => {
                let (seen, cut) = reading.finish();
                self.missing.extend(cut);
                for seen in seen {
                    let hit = seen.hit.clone();
                    self.keep(origin, &hit, || tell::in_a_large_past(origin, seen));
                }
            }
        }
    }

    fn keep(&mut self, origin: &Origin, hit: &Hit, told: impl FnOnce() -> Told) {
        let identity = tell::identity(hit);
        let is_older = |past: &Past| (origin.order, &origin.path) < (past.origin.order, &past.origin.path);
        if self.secrets.get(&identity).is_none_or(is_older) {
            self.secrets.insert(identity, Past { origin: origin.clone(), told: told(), is_in_head: false });
        }
    }
}

/// Whether a file holds what only its name tells.
fn holds(look: &Look<'_>, path: &RepoPath, content: &[u8]) -> bool {
    let any = |text: &[u8]| {
        let input = Input { now: ANY_DAY, ..look.at(path, text, Within::Whole) };
        let hits = files::read(&input).into_iter().chain(blob::as_store(&input));
        hits.into_iter().any(|hit| look.params.own.wants(&input, &hit))
    };
    if is_binary(content) { any(content) } else { any(Text::decode(content).as_str().as_bytes()) }
}

/// What is marked must not depend on the day, so that it can be remembered: no token has expired yet, and what is allowed
/// is looked at when it is confirmed.
const ANY_DAY: Timestamp = Timestamp(0);
/// The tag of a shape: the file may hold something that is no secret elsewhere. All of one shape have it.
const SHAPE: u64 = 0;

/// What a piece of history may hold.
fn marks(look: &Look<'_>, piece: &Piece<'_>, path: &RepoPath) -> Vec<Mark> {
    let params = look.params;
    let content = piece.content;
    let whole = 0..content.len();
    if is_wide(content) {
        // Decoded text has other offsets: whatever is in it is marked on the blob as a whole.
        let text = Text::decode(content);
        let input = Input { now: ANY_DAY, ..look.at(path, text.as_str().as_bytes(), Within::Whole) };
        let hits = blob::of_text(params, &input);
        let sure = hits.iter().filter(|hit| params.own.wants(&input, hit));
        let shape = files::shape(input.text, std::slice::from_ref(&(0..input.text.len()))).map(|_| SHAPE);
        return sure.map(tell::tag).chain(shape).map(|tag| Mark { span: whole.clone(), tag }).collect();
    }
    let input = Input { now: ANY_DAY, ..look.at(path, content, Within::Fresh(piece.fresh)) };
    let hits = params.own.scan(&input);
    let mut marks: Vec<Mark> = Vec::new();
    // Nearly all is text without a zero byte.
    let is_binary = has_zero(content) && is_binary(content) || !hits.is_empty() && is_binary(content);
    let sure = hits.iter().filter(|hit| !is_binary || matches!(hit.kind, Kind::Known(..) | Kind::Own(_)));
    marks.extend(sure.filter(|hit| params.own.wants(&input, hit)).map(mark));
    for part in with_zeros(piece) {
        let hits = squeeze::hits(&input, part, |input| match is_binary {
            true => params.own.scan_binary(input),
            false => params.own.scan(input),
        });
        marks.extend(hits.iter().filter(|hit| params.own.wants(&input, hit)).map(mark));
    }
    if let Some(store) = blob::as_store(&Input { within: Within::Whole, ..input }).filter(|_| is_binary) {
        marks.push(Mark { span: whole, tag: tell::tag(&store) });
    }
    marks.extend(files::shape(content, piece.fresh).map(|span| Mark { span, tag: SHAPE }));
    marks
}

/// Bytes around a fresh range with zero bytes that are read with it.
const BEFORE_ZEROS: usize = 256;
const BEHIND_ZEROS: usize = 4 << 10;

/// The fresh ranges with zero bytes, each with what is around it; those that meet are one.
fn with_zeros(piece: &Piece<'_>) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for fresh in piece.fresh {
        let bytes = piece.content.get(fresh.clone()).unwrap_or_default();
        if memchr::memchr(0, bytes).is_none() {
            continue;
        }
        let end = fresh.end.saturating_add(BEHIND_ZEROS).min(piece.content.len());
        let start = fresh.start.saturating_sub(BEFORE_ZEROS);
        match parts.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            Some(_) | None => parts.push(start..end),
        }
    }
    parts
}

/// Whether the bytes are text of wide characters.
fn is_wide(content: &[u8]) -> bool {
    let first = content.get(..512).unwrap_or(content);
    let may_be = matches!(first, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) || memchr::memchr(0, first).is_some();
    may_be && Encoding::of(content) != Encoding::Utf8
}

fn has_zero(content: &[u8]) -> bool {
    memchr::memchr(0, content.get(..8000).unwrap_or(content)).is_some()
}

fn mark(hit: &Hit) -> Mark {
    Mark { span: hit.span.start..hit.span.end, tag: tell::tag(hit) }
}
