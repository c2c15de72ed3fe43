//! The secrets of the whole history: each with the commit that brought it.
//!
//! A blob has no path until the trees are read. So all blobs are scanned as if they were settings, where most counts;
//! the few in which something was found get their path, and are scanned again as what they are.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Params;
use super::hit::{Hit, Kind};
use super::scan::{self, Input, Within};
use super::tell::{self, Told};
use super::watch::Watch;
use crate::checks::Judged;
use crate::model::{Encoding, Facts, History, Mark, Missing, ObjectId, Origin, Piece, RepoPath, Text, Timestamp};

/// Adds the secrets that are in no file of the head, and to those that are the commit that brought them.
pub(super) fn search(params: &Params, facts: &Facts, watch: &Watch<'_>, judged: &mut Judged, told: &mut Vec<Told>) {
    let Some(history) = judged.keep(facts.history.clone()) else { return };
    let view = View { params, now: facts.run.now, watch };
    let Some(found) = judged.keep(found(&view, history.as_ref())) else { return };
    judged.missing.extend(found.missing);
    for (name, value) in [("blobs of the history", found.blobs), ("bytes of the history", found.bytes)] {
        judged.rests_on(name, value);
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
}

/// A secret where it first stood.
struct Past {
    origin: Origin,
    told: Told,
    is_in_head: bool,
}

/// How history is looked at.
struct View<'a> {
    params: &'a Params,
    now: Timestamp,
    watch: &'a Watch<'a>,
}

fn found(view: &View<'_>, history: &dyn History) -> Result<Found, Missing> {
    let params = view.params;
    let anything = scan::nowhere();
    let scanned = history.scan(&|piece| marks(view, piece, &anything))?;
    let holders: BTreeSet<ObjectId> = scanned.holders.values().flatten().copied().collect();
    let origins = history.origins(&holders)?;
    let mut first: BTreeMap<ObjectId, &Origin> = BTreeMap::new();
    for blobs in scanned.holders.values() {
        let known = blobs.iter().filter_map(|id| Some((*id, origins.get(id)?)));
        let mut judged = known.filter(|(_, origin)| !params.except.is_match(&origin.path));
        if params.own.depends_on_place() {
            // The oldest may stand where it is allowed.
            first.extend(judged.by_ref());
        }
        let oldest = judged.min_by(|(_, a), (_, b)| (a.time, &a.path, a.commit).cmp(&(b.time, &b.path, b.commit)));
        first.extend(oldest);
    }
    let mut found =
        Found { secrets: BTreeMap::new(), missing: scanned.missing, blobs: scanned.blobs, bytes: scanned.bytes };
    for (id, origin) in first {
        match history.read(&id) {
            Ok(content) => found.confirm(view, origin, &content),
            Err(missing) => found.missing.push(missing),
        }
    }
    Ok(found)
}

impl Found {
    /// Scans a blob as the file that it was, and keeps what was not found in an older one.
    fn confirm(&mut self, view: &View<'_>, origin: &Origin, content: &[u8]) {
        let params = view.params;
        let text = Text::decode(content);
        let bytes = text.as_str().as_bytes();
        let input =
            Input { path: &origin.path, text: bytes, within: Within::Whole, now: view.now, watch: Some(view.watch) };
        let hits = params.own.scan(&input);
        for hit in hits.iter().filter(|hit| params.own.reports(&input, hit)) {
            let identity = tell::identity(hit);
            let is_older = |past: &Past| (origin.time, &origin.path) < (past.origin.time, &past.origin.path);
            if self.secrets.get(&identity).is_none_or(is_older) {
                let told = tell::in_the_past(origin, &text, hit, &hits);
                self.secrets.insert(identity, Past { origin: origin.clone(), told, is_in_head: false });
            }
        }
    }
}

/// What a piece of history may hold.
fn marks(view: &View<'_>, piece: &Piece<'_>, path: &RepoPath) -> Vec<Mark> {
    let params = view.params;
    let is_wide = piece.content.get(..512.min(piece.content.len())).is_some_and(|it| it.contains(&0))
        && Text::decode(piece.content.get(..4096).unwrap_or(piece.content)).encoding() == Encoding::Utf16;
    if is_wide {
        // Decoded text has other offsets: whatever is in it is marked on the blob as a whole.
        let text = Text::decode(piece.content);
        let bytes = text.as_str().as_bytes();
        let input = Input { path, text: bytes, within: Within::Whole, now: view.now, watch: Some(view.watch) };
        let hits = params.own.scan(&input);
        let whole = 0..piece.content.len();
        return hits.iter().filter(|hit| params.own.reports(&input, hit)).map(|hit| mark(hit, whole.clone())).collect();
    }
    let input =
        Input { path, text: piece.content, within: Within::Fresh(piece.fresh), now: view.now, watch: Some(view.watch) };
    let hits = params.own.scan(&input);
    let is_binary = !hits.is_empty() && piece.content.get(..8000).unwrap_or(piece.content).contains(&0);
    let sure = hits.iter().filter(|hit| params.own.reports(&input, hit));
    sure.filter(|hit| !is_binary || matches!(hit.kind, Kind::Known(..) | Kind::Own(_)))
        .map(|hit| mark(hit, hit.span.start..hit.span.end))
        .collect()
}

fn mark(hit: &Hit, span: Range<usize>) -> Mark {
    Mark { span, tag: tell::tag(hit) }
}
