//! What to do about an offence, with the command that does just this where there is one.

use super::line::{Mend, Offence};
use crate::formats::unicode::{hidden, space_name};
use crate::model::{Encoding, RepoPath, Text};

impl Offence {
    /// What to do on the line with this number; without one, in the whole file.
    pub(super) fn help(&self, path: &RepoPath, line: Option<u32>) -> String {
        let (what, class, instead) = match &self.mend {
            Mend::Retype => return "type it anew with ASCII characters".to_owned(),
            Mend::Delete(characters) => ("delete", class(characters), ""),
            Mend::Space(symbol) => ("put a plain space in the place of", class(&[*symbol]), " "),
        };
        // A name such as `-x` would be an option.
        let folder = if path.as_str().starts_with('-') { "./" } else { "" };
        let quoted = format!("{folder}{}", path.to_string().replace('\'', r"'\''"));
        let can_be_pasted = !quoted.chars().any(|it| hidden(it).is_some() || space_name(it).is_some());
        match line.filter(|_| can_be_pasted) {
            // Elsewhere in the file the same character may be right.
            Some(line) => {
                format!(
                    "{what} it on this line: `perl -CSD -i -pe 's/[{class}]/{instead}/g if $. == {line}' '{quoted}'`"
                )
            }
            None => format!("{what} the characters `{class}`"),
        }
    }
}

fn class(characters: &[char]) -> String {
    characters.iter().map(|it| format!("\\x{{{:X}}}", u32::from(*it))).collect()
}

/// Whether the command counts the lines of this text as we do, and gives all other bytes back as they were.
pub(super) fn suits_the_command(text: &Text) -> bool {
    let content = text.as_str();
    let lone = |(at, _): (usize, &str)| content.as_bytes().get(at + 1) != Some(&b'\n');
    text.encoding() == Encoding::Utf8
        && !content.contains(char::REPLACEMENT_CHARACTER)
        && !content.match_indices('\r').any(lone)
}
