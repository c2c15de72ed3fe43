//! Files too large to be held: scanned in windows that overlap, while they are read piece by piece.
//!
//! Which lines of such a file a change adds is not worked out: all of it counts as added.

use std::collections::BTreeSet;

use super::blob;
use super::hit::{Hit, Secret};
use super::input::Within;
use super::look::Look;
use super::mask;
use super::tell::{self, Told};
use crate::checks::Judged;
use crate::model::{Encoding, Facts, File, Missing, Position, Region, RepoPath, Snippet, Text, is_binary};

/// Bytes that are scanned at once, and by how many two windows overlap: more than the longest secret and what tells it.
const WINDOW: usize = 8 << 20;
const OVERLAP: usize = 128 << 10;
/// Secrets of one file that are told.
const MOST: usize = 10_000;

/// A secret of a large file. Of a file that is no text nobody can say where.
pub(super) struct Seen {
    pub(super) hit: Hit,
    pub(super) region: Option<Region>,
    pub(super) snippet: Option<Snippet>,
}

/// A file that is being read.
pub(super) struct Reading<'a> {
    look: Look<'a>,
    path: &'a RepoPath,
    window: usize,
    overlap: usize,
    raw: Vec<u8>,
    /// What stood at the front and tells the encoding; made up where there was none.
    mark: Vec<u8>,
    is_first: bool,
    /// Where in the window begins what none before had.
    own_from: usize,
    is_binary: bool,
    /// Line ends before the window, and characters of its first line before it.
    lines: u32,
    columns: u32,
    seen: Vec<Seen>,
    known: BTreeSet<(String, Secret)>,
}

/// The secrets of the large files among those that could not be read, in place of what is missing of them.
pub(super) fn search(look: &Look<'_>, facts: &Facts, judged: &mut Judged, before: usize) -> Vec<Told> {
    let params = look.params;
    let whats: Vec<String> = judged.missing.iter().skip(before).map(|it| it.what.clone()).collect();
    if whats.is_empty() {
        return Vec::new();
    }
    let mut told = Vec::new();
    for (file, commit) in params.scope.files(facts) {
        let name = format!("`{}`", file.path);
        if params.except.is_match(&file.path) || !whats.iter().any(|what| what.contains(&name)) {
            continue;
        }
        let mut reading = Reading::new(*look, &file.path);
        let (missing, read) = match facts.head.read(&file) {
            Err(missing) => (missing, facts.head.read_large(&file, &mut |piece| reading.feed(piece))),
            // What it takes the place of is too large to tell what is new: all of it counts as added.
            Ok(content) => {
                let Some(missing) = too_large_before(facts, &file) else { continue };
                reading.feed(&content);
                (missing, Some(Ok(())))
            }
        };
        match read {
            None => {}
            Some(Err(why)) => judged.missing.iter_mut().filter(|it| **it == missing).for_each(|it| *it = why.clone()),
            Some(Ok(())) => {
                judged.missing.retain(|it| *it != missing);
                let (seen, cut) = reading.finish();
                judged.missing.extend(cut);
                told.extend(seen.into_iter().map(|seen| tell::in_large(&file.path, commit, seen)));
            }
        }
    }
    told
}

/// What is missing because the file that another takes the place of is too large to be held, and for no other reason.
fn too_large_before(facts: &Facts, file: &File) -> Option<Missing> {
    let change = facts.change.files.iter().find(|it| it.new.as_ref() == Some(file));
    let old = match change {
        Some(change) => change.old.clone(),
        None => facts.base.file(&file.path).ok().flatten(),
    }?;
    let missing = facts.base.read(&old).err()?;
    facts.base.read_large(&old, &mut |_| {})?.ok().map(|()| missing)
}

impl<'a> Reading<'a> {
    pub(super) fn new(look: Look<'a>, path: &'a RepoPath) -> Self {
        Self {
            look,
            path,
            window: WINDOW,
            overlap: OVERLAP,
            raw: Vec::new(),
            mark: Vec::new(),
            is_first: true,
            own_from: 0,
            is_binary: false,
            lines: 0,
            columns: 0,
            seen: Vec::new(),
            known: BTreeSet::new(),
        }
    }

    /// Takes the next bytes.
    pub(super) fn feed(&mut self, piece: &[u8]) {
        self.raw.extend(piece);
        while self.raw.len() >= self.window.saturating_add(self.overlap) {
            let rest = self.raw.split_off(self.window);
            self.look(false);
            self.raw.extend(rest);
        }
    }

    /// Everything that was seen, and what is missing because it was too much.
    pub(super) fn finish(mut self) -> (Vec<Seen>, Option<Missing>) {
        self.look(true);
        let is_cut = self.seen.len() >= MOST;
        let cut = is_cut.then(|| {
            let what = format!("more than {MOST} secrets in `{}`", self.path);
            Missing::here(what, "keep files of this size out of Git, for example in Git LFS")
        });
        (self.seen, cut)
    }

    fn look(&mut self, is_last: bool) {
        let was_first = std::mem::replace(&mut self.is_first, false);
        if was_first {
            self.is_binary = is_binary(&self.raw);
            self.take_mark();
        }
        if self.is_binary {
            self.look_at_bytes(was_first);
            let from = if is_last { self.raw.len() } else { self.raw.len().saturating_sub(self.overlap) };
            self.raw.drain(..from);
            return;
        }
        // Each place belongs to one window: to the one in which more stands around it.
        let first = if was_first { 0 } else { self.decoded(self.own_from).as_str().len() };
        let own_until = self.raw.len().saturating_sub(self.overlap / 2);
        let end = if is_last { usize::MAX } else { self.decoded(own_until).as_str().len() };
        self.look_at_text(first..end);
        if is_last {
            self.raw.clear();
            return;
        }
        let mut from = self.raw.len().saturating_sub(self.overlap);
        let mut passed = self.decoded(from);
        if passed.as_str().ends_with('\r') {
            // The line feed that may come belongs to it.
            from = from.saturating_sub(if self.mark.len() == 3 { 1 } else { self.mark.len() });
            passed = self.decoded(from);
        }
        self.pass(passed.as_str());
        self.own_from = own_until.saturating_sub(from);
        self.raw.drain(..from);
    }

    /// Notes how the text is written, so that each window can be read like the first.
    fn take_mark(&mut self) {
        let is_le = self.raw.first() != Some(&0);
        let (mark, length): (&[u8], usize) = match (Encoding::of(&self.raw), self.raw.as_slice()) {
            (Encoding::Utf32, [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..]) if is_le => (&[0xFF, 0xFE, 0, 0], 4),
            (Encoding::Utf32, [0, 0, 0xFE, 0xFF, ..]) => (&[0, 0, 0xFE, 0xFF], 4),
            (Encoding::Utf32, _) => (if is_le { &[0xFF, 0xFE, 0, 0] } else { &[0, 0, 0xFE, 0xFF] }, 0),
            (Encoding::Utf16, [0xFF, 0xFE, ..]) => (&[0xFF, 0xFE], 2),
            (Encoding::Utf16, [0xFE, 0xFF, ..]) => (&[0xFE, 0xFF], 2),
            (Encoding::Utf16, _) => (if is_le { &[0xFF, 0xFE] } else { &[0xFE, 0xFF] }, 0),
            (Encoding::Utf8, [0xEF, 0xBB, 0xBF, ..]) => (&[0xEF, 0xBB, 0xBF], 3),
            (Encoding::Utf8, _) => (&[0xEF, 0xBB, 0xBF], 0),
        };
        self.mark = mark.to_vec();
        self.raw.drain(..length.min(self.raw.len()));
    }

    fn decoded(&self, length: usize) -> Text {
        Text::decode(&[self.mark.as_slice(), self.raw.get(..length).unwrap_or(&self.raw)].concat())
    }

    fn look_at_text(&mut self, own: std::ops::Range<usize>) {
        let text = self.decoded(self.raw.len());
        let input = self.look.at(self.path, text.as_str().as_bytes(), Within::Whole);
        let hits = blob::of_text(self.look.params, &input);
        for hit in hits.iter().filter(|hit| own.contains(&hit.span.start) && self.look.params.own.reports(&input, hit))
        {
            if self.seen.len() >= MOST {
                return;
            }
            let mut snippet = text.snippet(hit.span);
            mask::mask(&mut snippet, &text, &hits);
            snippet.first_line = snippet.first_line.saturating_add(self.lines);
            let region = text.region(hit.span);
            let region = Region { start: self.moved(region.start), end: self.moved(region.end) };
            self.seen.push(Seen { hit: hit.clone(), region: Some(region), snippet: Some(snippet) });
        }
    }

    fn look_at_bytes(&mut self, is_first: bool) {
        let input = self.look.at(self.path, &self.raw, Within::Whole);
        let store = blob::as_store(&input).filter(|it| is_first && self.look.params.own.reports(&input, it));
        for hit in blob::of_binary(self.look.params, &input).into_iter().chain(store) {
            if self.seen.len() < MOST && self.known.insert((hit.kind.name().to_owned(), hit.secret.clone())) {
                self.seen.push(Seen { hit, region: None, snippet: None });
            }
        }
    }

    fn moved(&self, at: Position) -> Position {
        let columns = if at.line == 1 { self.columns } else { 0 };
        Position { line: at.line.saturating_add(self.lines), column: at.column.saturating_add(columns) }
    }

    /// Counts the lines of what goes out of the window.
    fn pass(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find(['\n', '\r']) {
            let after = rest.get(at..).unwrap_or_default();
            let length = if after.starts_with("\r\n") { 2 } else { 1 };
            rest = after.get(length..).unwrap_or_default();
            self.lines = self.lines.saturating_add(1);
            self.columns = 0;
        }
        self.columns = self.columns.saturating_add(u32::try_from(rest.chars().count()).unwrap_or(u32::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::secrets::watch::Watch;
    use crate::checks::secrets::{Params, catalogue};
    use crate::model::Timestamp;

    type Place = (Region, String);

    fn seen(look: Look<'_>, raw: &[u8], (window, overlap): (usize, usize)) -> Vec<Place> {
        let path = RepoPath::new("dump.txt");
        let mut reading = Reading { window, overlap, ..Reading::new(look, &path) };
        raw.chunks(777).for_each(|piece| reading.feed(piece));
        let (seen, cut) = reading.finish();
        assert!(cut.is_none());
        seen.iter().map(|it| (it.region.unwrap(), it.hit.kind.name().to_owned())).collect()
    }

    #[test]
    fn windows_show_what_the_whole_shows_at_the_same_places() {
        let params: Params = serde_json::from_str("{}").unwrap();
        let watch = Watch::default();
        let look = Look { params: &params, now: Timestamp(0), watch: &watch };
        let token = catalogue::sample("github-pat").unwrap();
        for end in ["\n", "\r\n", "\r"] {
            let mut text = String::new();
            for number in 0..700_u32 {
                text.push_str(&"größer ".repeat(usize::try_from(number % 13).unwrap()));
                if number % 9 == 0 {
                    text.push_str(&format!("token = {token} "));
                }
                text.push_str(if number % 50 == 49 { " ; " } else { end });
            }
            let utf16 = [vec![0xFE, 0xFF], text.encode_utf16().flat_map(u16::to_be_bytes).collect()].concat();
            let utf32: Vec<u8> = text.replace('ö', "o").chars().map(u32::from).flat_map(u32::to_le_bytes).collect();
            for raw in [text.clone().into_bytes(), utf16, utf32] {
                let whole = seen(look, &raw, (1 << 24, 1 << 20));
                assert_eq!(whole.len(), 78);
                for sizes in [(4096, 1024), (2000, 800), (8192, 4096)] {
                    assert_eq!(seen(look, &raw, sizes), whole, "{sizes:?} {end:?}");
                }
            }
        }
    }
}
