//! Positioned reads. No memory map: a file that shrinks while it is mapped kills the process.

use std::fs::File;
use std::io;
use std::path::Path;

/// Something that can be read at any offset, from any thread.
pub(super) enum Source {
    File { file: File, len: u64 },
    Memory(Vec<u8>),
}

/// Files up to this size are read at once and closed; larger ones are read in pieces.
const SMALL: u64 = 256 * 1024;

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
        let source = Self::open(path)?;
        if source.len() > SMALL {
            return Ok(source);
        }
        let mut bytes = vec![0; usize::try_from(source.len()).unwrap_or(0)];
        source.read_exact_at(0, &mut bytes)?;
        Ok(Self::Memory(bytes))
    }

    pub(super) fn len(&self) -> u64 {
        match self {
            Self::File { len, .. } => *len,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// Reads as many bytes as there are, up to the length of `buffer`; zero at the end.
    pub(super) fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File { file, .. } => loop {
                match positioned(file, offset, buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => return other,
                }
            },
            Self::Memory(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                let rest = bytes.get(start..).unwrap_or_default();
                let count = rest.len().min(buffer.len());
                if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
                    to.copy_from_slice(from);
                }
                Ok(count)
            }
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

#[cfg(unix)]
fn positioned(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn positioned(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}
