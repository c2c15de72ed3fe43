//! Positioned reads. No memory map: a file that shrinks while it is mapped kills the process.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Something that can be read at any offset, from any thread.
pub(super) enum Source {
    File {
        file: File,
        len: u64,
    },
    /// A table in which names are looked up. Once as much was read in pieces as the file has, a long
    /// walk is under way, and the file is read as a whole.
    Table {
        file: File,
        len: u64,
        pieces: AtomicU64,
        whole: OnceLock<Option<Vec<u8>>>,
    },
    Memory(Vec<u8>),
}

/// Tables up to this size are read at once and closed; larger ones are read in pieces.
const SMALL: u64 = 256 * 1024;
/// Tables beyond this size are never read as a whole.
const HUGE: u64 = 256 * 1024 * 1024;

impl Source {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not a regular file"));
        }
        Ok(Self::File { file, len: metadata.len() })
    }

    /// Like [`Source::open`], but a small file is held in memory.
    pub(super) fn open_index(path: &Path) -> io::Result<Self> {
        match Self::open(path)? {
            Self::File { file, len } if len > SMALL => {
                Ok(Self::Table { file, len, pieces: AtomicU64::new(0), whole: OnceLock::new() })
            }
            Self::File { file, len } => read_whole(&file, len).map(Self::Memory),
            source @ (Self::Table { .. } | Self::Memory(_)) => Ok(source),
        }
    }

    /// The whole of a regular file that is at most this large.
    pub(super) fn read_all(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
        match Self::open(path)? {
            Self::File { file, len } if len <= largest => read_whole(&file, len),
            Self::File { .. } | Self::Table { .. } => Err(io::ErrorKind::OutOfMemory.into()),
            Self::Memory(bytes) => Ok(bytes),
        }
    }

    pub(super) fn len(&self) -> u64 {
        match self {
            Self::File { len, .. } | Self::Table { len, .. } => *len,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// Reads as many bytes as there are, up to the length of `buffer`; zero at the end.
    pub(super) fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File { file, .. } => from_file(file, offset, buffer),
            Self::Table { file, len, pieces, whole } => {
                if let Some(Some(bytes)) = whole.get() {
                    return Ok(from_memory(bytes, offset, buffer));
                }
                let so_far = pieces.fetch_add(buffer.len() as u64, Ordering::Relaxed);
                if so_far > *len && *len < HUGE {
                    whole.get_or_init(|| read_whole(file, *len).ok());
                }
                from_file(file, offset, buffer)
            }
            Self::Memory(bytes) => Ok(from_memory(bytes, offset, buffer)),
        }
    }

    pub(super) fn read_exact_at(&self, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            let count = self.read_at(offset, buffer)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            offset = offset.saturating_add(count as u64);
            buffer = buffer.get_mut(count..).unwrap_or_default();
        }
        Ok(())
    }

    pub(super) fn read_array<const N: usize>(&self, offset: u64) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.read_exact_at(offset, &mut bytes)?;
        Ok(bytes)
    }
}

fn from_file(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match positioned(file, offset, buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Reads `len` bytes; fewer when the file has become shorter.
fn read_whole(file: &File, len: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(len).map_err(|_| io::ErrorKind::OutOfMemory)?];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|it| !it.is_empty()) {
        match from_file(file, filled as u64, rest)? {
            0 => break,
            count => filled = filled.saturating_add(count),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

fn from_memory(bytes: &[u8], offset: u64, buffer: &mut [u8]) -> usize {
    let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
    let rest = bytes.get(start..).unwrap_or_default();
    let count = rest.len().min(buffer.len());
    if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
        to.copy_from_slice(from);
    }
    count
}

#[cfg(unix)]
fn positioned(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn positioned(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}
