//! Loose objects: one compressed file each.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::model::ObjectId;

use super::ObjectKind;
use super::error::Flaw;
use super::inflate::{self, Input};
use super::oid_table::Prefix;
use super::source::Source;

/// Room for the longest header, `commit 18446744073709551615` and a zero byte.
const HEADER: usize = 32;

/// The file that would hold the object.
pub(super) fn path(dir: &Path, id: &ObjectId) -> PathBuf {
    let hex = id.to_string();
    let (first, rest) = hex.split_at_checked(2).unwrap_or(("", &hex));
    dir.join(first).join(rest)
}

/// Opens the file of a loose object; nothing when there is none.
pub(super) fn open(path: &Path) -> Result<Option<Source>, Flaw> {
    match Source::open(path) {
        Ok(source) => Ok(Some(source)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(Flaw::Bad("what should be its file is not a file"))
        }
        Err(error) => Err(Flaw::Io(error)),
    }
}

/// Inflates a loose object. The file must hold it and nothing else.
pub(super) fn read(source: &Source, limit: u64) -> Result<(ObjectKind, Vec<u8>), Flaw> {
    let mut input = Input::new(source, 0);
    let mut found = None;
    let whole_limit = limit.saturating_add(HEADER as u64);
    let planned = inflate::planned(&mut input, HEADER, whole_limit, |head| {
        let (kind, size, skip) = parse_header(head)?;
        if size > limit {
            return Err(Flaw::TooLarge { size, limit });
        }
        found = Some((kind, skip));
        Ok(size.saturating_add(skip as u64))
    });
    let mut bytes = planned?;
    let (kind, skip) = found.ok_or(Flaw::Bad("its header is unreadable"))?;
    if !input.window()?.is_empty() {
        return Err(Flaw::Bad("bytes follow after its compressed data"));
    }
    bytes.drain(..skip.min(bytes.len()));
    Ok((kind, bytes))
}

/// Gives the content of a loose object of this size piece by piece.
pub(super) fn stream(source: &Source, size: u64, each: &mut dyn FnMut(&[u8])) -> Result<(), Flaw> {
    let mut head = [0; HEADER];
    let (count, _) = inflate::up_to(&mut Input::new(source, 0), &mut head)?;
    let (_, found, skip) = parse_header(head.get(..count).unwrap_or_default())?;
    if found != size {
        return Err(Flaw::Bad("its size changed while it was read"));
    }
    inflate::pieces(&mut Input::new(source, 0), size, skip, each)
}

/// The kind and the size of a loose object.
pub(super) fn header(source: &Source) -> Result<(ObjectKind, u64), Flaw> {
    let mut head = [0; HEADER];
    let (count, _) = inflate::up_to(&mut Input::new(source, 0), &mut head)?;
    let (kind, size, _) = parse_header(head.get(..count).unwrap_or_default())?;
    Ok((kind, size))
}

/// Kind, size and length of the header `blob 12\0`.
fn parse_header(head: &[u8]) -> Result<(ObjectKind, u64, usize), Flaw> {
    const UNREADABLE: Flaw = Flaw::Bad("its header is unreadable");
    let end = head.iter().position(|byte| *byte == 0).ok_or(UNREADABLE)?;
    let text = head.get(..end).and_then(|it| std::str::from_utf8(it).ok()).ok_or(UNREADABLE)?;
    let (kind, size) = text.split_once(' ').ok_or(UNREADABLE)?;
    let plain = size.bytes().all(|it| it.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
    let size = size.parse().ok().filter(|_| plain).ok_or(UNREADABLE)?;
    Ok((ObjectKind::from_name(kind).ok_or(UNREADABLE)?, size, end.saturating_add(1)))
}

/// Up to `most` loose objects whose names start with `prefix`.
pub(super) fn with_prefix(dir: &Path, prefix: &Prefix, most: usize) -> Vec<ObjectId> {
    let first = format!("{:02x}", prefix.first());
    let Ok(files) = fs::read_dir(dir.join(&first)) else { return Vec::new() };
    let names = files.filter_map(Result::ok).filter_map(|file| file.file_name().into_string().ok());
    let ids = names.filter_map(|name| format!("{first}{name}").parse::<ObjectId>().ok());
    ids.filter(|id| prefix.compare(id.as_bytes()).is_eq()).take(most).collect()
}
