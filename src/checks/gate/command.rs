//! Calls of a program in the script of a step, and what becomes of their exit code. POSIX shells and bash are read;
//! quoting is followed as far as separators need it.

/// A call of the gate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Call {
    /// The line that it stands in, trimmed.
    pub(super) line: String,
    /// What keeps its exit code from failing the step.
    pub(super) lost: Option<Lost>,
}

/// How an exit code is lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Lost {
    /// `|| something` that does not fail.
    Or,
    /// `&& something` in the middle of a script.
    And,
    /// A pipe: the exit code is that of the last program, unless `pipefail` is set.
    Pipe,
    /// `&`: nobody waits for it.
    Background,
    /// `set +e`.
    NoErrexit,
    /// The gate's own `--exit-zero`.
    ExitZero,
    /// `if`, `while`, `!`: the script decides.
    Tested,
}

/// Subcommands and flags of gatecheck that judge nothing.
const OTHER: [&str; 18] = [
    "init",
    "import",
    "hook",
    "explain",
    "checks",
    "test",
    "facts",
    "schema",
    "policy",
    "completions",
    "man",
    "doctor",
    "help",
    "--help",
    "-h",
    "--version",
    "-V",
    "-v",
];
/// Words that run the command behind them.
const WRAPPERS: [&str; 12] =
    ["exec", "time", "sudo", "env", "nice", "command", "npx", "uvx", "then", "do", "else", "{"];
/// Words behind which the exit code is a question.
const TESTS: [&str; 5] = ["if", "elif", "while", "until", "!"];

/// Every call of one of the programs.
pub(super) fn calls(script: &str, programs: &[String]) -> Vec<Call> {
    let mut shell = Shell { errexit: true, pipefail: false };
    let mut found = Vec::new();
    let lines = joined(script);
    let last = lines.iter().rposition(|line| !line.trim().is_empty());
    for (number, line) in lines.iter().enumerate() {
        let pieces = pieces(line);
        for (index, piece) in pieces.iter().enumerate() {
            let words: Vec<&str> = piece.text.split_whitespace().collect();
            if let ["set", flags @ ..] = words.as_slice() {
                shell.set(flags);
            }
            let Some((tested, arguments)) = call(&words, programs) else { continue };
            if arguments.first().is_some_and(|it| OTHER.contains(it)) {
                continue;
            }
            let next = pieces.get(index + 1).map_or("", |it| it.text.trim());
            let lost = match () {
                () if arguments.contains(&"--exit-zero") => Some(Lost::ExitZero),
                () if tested => Some(Lost::Tested),
                () => shell.lost(piece.end, next, last == Some(number)),
            };
            let lost = lost.map(|it| if it == Lost::NoErrexit && script.contains("$?") { Lost::Tested } else { it });
            found.push(Call { line: line.trim().to_owned(), lost });
        }
    }
    found
}

/// The options of the shell that decide what a failure does. GitHub and GitLab start it with `-e`.
struct Shell {
    errexit: bool,
    pipefail: bool,
}

impl Shell {
    /// How the exit code of a command is lost that ends so, before the command `next`.
    fn lost(&self, end: End, next: &str, is_last_line: bool) -> Option<Lost> {
        match end {
            End::Or => (!fails(next)).then_some(Lost::Or),
            End::Pipe if !self.pipefail => Some(Lost::Pipe),
            End::Background => Some(Lost::Background),
            // `-e` passes over what fails in front of `&&`; at the end it is the exit code of the script.
            End::And => (!is_last_line).then_some(Lost::And),
            End::Pipe | End::Line => (!self.errexit).then_some(Lost::NoErrexit),
        }
    }

    /// `set -e`, `set +e`, `set -o pipefail`, `set -euo pipefail`.
    fn set(&mut self, flags: &[&str]) {
        let mut on = true;
        for flag in flags {
            match *flag {
                "pipefail" => self.pipefail = on,
                "errexit" => self.errexit = on,
                _ => {
                    on = flag.starts_with('-');
                    if flag.starts_with(['-', '+']) && flag.contains('e') {
                        self.errexit = on;
                    }
                }
            }
        }
    }
}

/// Whether a command always fails: `exit 1`, `false`.
fn fails(command: &str) -> bool {
    let words: Vec<&str> = command.trim_start_matches(['{', '(']).split_whitespace().collect();
    match words.as_slice() {
        ["false", ..] => true,
        ["exit" | "return", code, ..] => code.trim_end_matches([';', '}', ')']) != "0",
        ["exit" | "return"] => true,
        // `|| { echo …; exit 1; }`: the rest of the group stands in the next pieces.
        _ => false,
    }
}

/// Whether the words call a program, whether a test asks for its exit code, and its arguments.
fn call<'a>(words: &'a [&'a str], programs: &[String]) -> Option<(bool, Vec<&'a str>)> {
    let mut tested = false;
    let mut rest = words.iter();
    loop {
        let word = rest.next()?.trim_start_matches('(');
        if TESTS.contains(&word) {
            tested = true;
        } else if !WRAPPERS.contains(&word) && !is_assignment(word) {
            let word = word.trim_end_matches(')').trim_matches(['"', '\'']);
            let name = word.rsplit('/').next().unwrap_or_default();
            let name = name.strip_suffix(".exe").unwrap_or(name);
            return programs.iter().any(|it| it == name).then(|| (tested, rest.copied().collect()));
        }
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=')
        .is_some_and(|(name, _)| !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_'))
}

/// Lines without comments, with those that a backslash continues put together.
fn joined(script: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in script.lines() {
        let line = without_comment(line);
        let (line, continues) = match line.trim_end().strip_suffix('\\') {
            Some(line) => (line, true),
            None => (line, false),
        };
        match lines.last_mut().filter(|_| goes_on) {
            Some(last) => last.push_str(line),
            None => lines.push(line.to_owned()),
        }
        goes_on = continues;
    }
    lines
}

fn without_comment(line: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, symbol) in line.char_indices() {
        match (quote, symbol) {
            (None, '#') if before.is_whitespace() => return line.get(..at).unwrap_or(line),
            (None, '"' | '\'') => quote = Some(symbol),
            (Some(open), _) if open == symbol => quote = None,
            _ => {}
        }
        before = symbol;
    }
    line
}

/// What ends a piece of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Line,
    And,
    Or,
    Pipe,
    Background,
}

struct Piece {
    text: String,
    end: End,
}

/// The commands of a line, cut at separators outside of quotes.
fn pieces(line: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut quote = None;
    let mut symbols = line.chars().peekable();
    while let Some(symbol) = symbols.next() {
        let end = match (quote, symbol) {
            (None, '"' | '\'') => {
                quote = Some(symbol);
                None
            }
            (Some(open), _) => {
                if open == symbol {
                    quote = None;
                }
                None
            }
            (None, ';') => Some(End::Line),
            (None, '|') if symbols.peek() == Some(&'|') => Some(End::Or),
            (None, '|') => Some(End::Pipe),
            (None, '&') if symbols.peek() == Some(&'&') => Some(End::And),
            // `2>&1`, `&>file`.
            (None, '&') if text.ends_with('>') || symbols.peek() == Some(&'>') => None,
            (None, '&') => Some(End::Background),
            (None, _) => None,
        };
        match end {
            Some(end) => {
                if matches!(end, End::And | End::Or) {
                    symbols.next();
                }
                pieces.push(Piece { text: std::mem::take(&mut text), end });
            }
            None => text.push(symbol),
        }
    }
    pieces.push(Piece { text, end: End::Line });
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(script: &str) -> Vec<Option<Lost>> {
        calls(script, &["gatecheck".to_owned()]).into_iter().map(|it| it.lost).collect()
    }

    #[test]
    fn a_call_is_told_from_words_about_the_program() {
        for script in [
            "gatecheck",
            "  gatecheck --base main",
            "./target/release/gatecheck check",
            "FOO=1 sudo gatecheck # judge",
            "cd x && gatecheck",
            "set -e; gatecheck",
            "(gatecheck)",
            "\"$HOME/bin/gatecheck\" --quiet",
            "gatecheck \\\n  --base main",
            "if [ -f x ]; then\n  gatecheck\nfi",
            "gatecheck 2>&1",
            "gatecheck || exit 1",
            "gatecheck && echo fine",
            "set -o pipefail\ngatecheck | tee log",
        ] {
            assert_eq!(lost(script), [None], "{script}");
        }
        for script in [
            "# gatecheck",
            "cargo install gatecheck",
            "echo gatecheck",
            "gatecheck --version",
            "gatecheck policy show",
            "./gatecheck-helper",
            "echo 'x; gatecheck'",
        ] {
            assert_eq!(lost(script), [], "{script}");
        }
    }

    #[test]
    fn a_lost_exit_code_is_seen() {
        for (script, how) in [
            ("gatecheck || true", Lost::Or),
            ("gatecheck || echo failed", Lost::Or),
            ("gatecheck || exit 0", Lost::Or),
            ("gatecheck | tee log", Lost::Pipe),
            ("set -e\ngatecheck | cat", Lost::Pipe),
            ("gatecheck &", Lost::Background),
            ("gatecheck && echo fine\necho done", Lost::And),
            ("set +e\ngatecheck\necho done", Lost::NoErrexit),
            ("set +e\ngatecheck\ncode=$?", Lost::Tested),
            ("gatecheck --exit-zero", Lost::ExitZero),
            ("if gatecheck; then echo fine; fi", Lost::Tested),
            ("! gatecheck", Lost::Tested),
        ] {
            assert_eq!(lost(script), [Some(how)], "{script}");
        }
        assert_eq!(lost("set +e\nx\nset -e\ngatecheck"), [None]);
    }
}
