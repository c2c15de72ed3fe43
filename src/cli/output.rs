//! Where reports go: standard output and files, several in one run.

use std::fs;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use super::args::{ColorChoice, OutputArgs};
use super::error::CliError;
use crate::gather::Terminal;
use crate::report::{FORMATS, Format, UnknownFormat};

/// What is written where.
pub(super) struct Outputs {
    /// What goes to standard output.
    pub(super) stdout: Format,
    /// What goes to files, in the order of the command line.
    pub(super) files: Vec<(Format, PathBuf)>,
}

impl Outputs {
    /// Reads `--format` and `--output`.
    pub(super) fn new(args: &OutputArgs) -> Result<Self, CliError> {
        let stdout = args.format.as_deref().map_or(Ok(Format::Terminal), format)?;
        let files = args.output.iter().map(|text| destination(text)).collect::<Result<Vec<_>, _>>()?;
        for (index, (_, path)) in files.iter().enumerate() {
            if files.iter().take(index).any(|(_, earlier)| earlier == path) {
                return Err(CliError::usage(format!("`--output` names `{}` twice", path.display()))
                    .help("give each report a file of its own"));
            }
        }
        Ok(Self { stdout, files })
    }
}

fn format(name: &str) -> Result<Format, CliError> {
    name.parse().map_err(|_: UnknownFormat| {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.as_str()).collect();
        let nearest = crate::formats::suggest::nearest(name, names.iter().copied());
        let hint = nearest.map(|it| format!("did you mean `{it}`? ")).unwrap_or_default();
        CliError::usage(format!("there is no format `{name}`"))
            .help(format!("{hint}the formats are {}", names.join(", ")))
    })
}

fn destination(text: &str) -> Result<(Format, PathBuf), CliError> {
    let (name, path) = text.split_once('=').filter(|(_, path)| !path.is_empty()).ok_or_else(|| {
        CliError::usage(format!("`--output {text}` names no file"))
            .help("write it as FORMAT=FILE, such as `--output sarif=gatecheck.sarif`")
    })?;
    Ok((format(name)?, PathBuf::from(path)))
}

/// Writes a file whole or not at all: beside its place first, then renamed into it.
pub(super) fn write_file(path: &Path, content: &[u8]) -> Result<(), CliError> {
    let failed = |error: io::Error| CliError::undecided(format!("`{}` cannot be written: {error}", path.display()));
    // A pipe or a device cannot be renamed into, and nothing reads it half written.
    if path.metadata().is_ok_and(|it| !it.is_file()) || ["/dev", "/proc"].iter().any(|it| path.starts_with(it)) {
        // What was opened before by somebody else, such as `/dev/stdout`, is continued and never cut off.
        let open = fs::OpenOptions::new().append(true).open(path);
        return open.and_then(|mut file| file.write_all(content)).map_err(failed);
    }
    // A link stays a link: what it leads to is replaced.
    let resolved = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let path = resolved.as_path();
    let name = path.file_name().ok_or_else(|| CliError::usage(format!("`{}` is no file name", path.display())))?;
    let mut beside = name.to_owned();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(beside);
    let written = fs::File::create(&beside).and_then(|file| {
        let mut out = BufWriter::new(file);
        out.write_all(content)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&beside, path)
    });
    written.map_err(|error| {
        let _ = fs::remove_file(&beside);
        failed(error)
    })
}

/// Appends to a file of which only the first `limit` bytes count; `write` is told how many are left.
pub(super) fn append_within(
    path: &Path,
    limit: usize,
    write: impl FnOnce(usize, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().append(true).create(true).open(path)?;
    let used = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let mut text = Vec::new();
    write(limit.saturating_sub(used), &mut text)?;
    if limit.saturating_sub(used) < text.len() {
        return Err(io::Error::other("earlier steps left no room in it"));
    }
    file.write_all(&text)
}

/// Writes to standard output. A reader that went away does not change the verdict.
pub(super) fn write_stdout(content: &[u8]) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(content).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::undecided(format!("standard output cannot be written: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// What standard output can show.
pub(super) struct Screen {
    /// Whether colors are wanted.
    pub(super) color: bool,
    /// Whether links are wanted.
    pub(super) hyperlinks: bool,
    /// Columns.
    pub(super) width: usize,
    /// Whether box drawing characters are safe.
    pub(super) unicode: bool,
}

impl Screen {
    /// Decides from the command line, the environment and the stream itself.
    pub(super) fn new(args: &OutputArgs, environment: Terminal) -> Self {
        let terminal = io::stdout().is_terminal();
        let auto = environment.color.unwrap_or(terminal);
        let wanted = |choice: ColorChoice| match choice {
            ColorChoice::Auto => auto,
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        };
        let size = if terminal { terminal_size::terminal_size() } else { None };
        let size = size.map(|(width, _)| usize::from(width.0));
        let width = environment.columns.or(size).unwrap_or(100).clamp(40, 140);
        let hyperlinks = wanted(args.hyperlinks) && terminal;
        Self { color: wanted(args.color), hyperlinks, width, unicode: environment.unicode }
    }
}
