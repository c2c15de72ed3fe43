//! What a CI runner takes for a command when it reads the log.
//!
//! GitHub's runner obeys `::name …::` at the start of a line, after white space, and `##[name …]`
//! anywhere in it (`ActionCommand.cs`); Azure obeys `##vso[…]`, TeamCity `##teamcity[…]`. Lines of
//! a repository that end up in the log must not set outputs or silence annotations.

use std::borrow::Cow;

/// A line that no runner takes for a command: a backslash goes before what would make it one.
pub(in crate::report) fn break_commands(line: &str) -> Cow<'_, str> {
    let indent = line.len() - line.trim_start().len();
    let leads = line.trim_start().starts_with("::");
    if !leads && !line.contains("##") {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len() + 2);
    for (offset, symbol) in line.char_indices() {
        if (leads && offset == indent) || (symbol == '[' && opens_command(line.get(..offset).unwrap_or_default())) {
            out.push('\\');
        }
        out.push(symbol);
    }
    Cow::Owned(out)
}

/// Whether a `[` after this text would open a command: `##`, then perhaps a name.
pub(in crate::report) fn opens_command(before: &str) -> bool {
    before.trim_end_matches(|symbol: char| symbol.is_alphanumeric()).ends_with("##")
}

/// The message of a workflow command. Line breaks survive; other invisible characters are shown.
pub(in crate::report) fn command_data(text: &str) -> String {
    let shown = super::visible_lines(text);
    let lines: Vec<Cow<'_, str>> = shown.split('\n').map(break_commands).collect();
    lines.join("\n").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command.
pub(in crate::report) fn command_property(text: &str) -> String {
    break_commands(&super::visible(text)).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}
