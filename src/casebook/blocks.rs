//! The contents of a block as bytes: plain, escaped, encoded, or assembled at run time.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::markdown::Block;
use crate::checks;
use crate::formats::sample;
use crate::model::{FileMode, ObjectId};

/// What stands in a file block.
pub(super) enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The entry is there, its content cannot be read.
    Absent,
}

/// Mode and content of a file block. The language decides how it is read.
pub(super) fn file(block: &Block<'_>) -> Result<(FileMode, Content), String> {
    let text = block.content;
    let line = text.trim_end_matches('\n');
    Ok(match block.language {
        "absent" if line.is_empty() => (FileMode::Regular, Content::Absent),
        "absent" => return Err("an `absent` file has no content; leave the block empty".to_owned()),
        "link" => (FileMode::Symlink, Content::Bytes(line.as_bytes().to_vec())),
        "submodule" if line.parse::<ObjectId>().is_err() => {
            return Err(format!("`{line}` is not the full id of a commit: 40 or 64 hexadecimal digits"));
        }
        "submodule" => (FileMode::Gitlink, Content::Bytes(line.as_bytes().to_vec())),
        "executable" => (FileMode::Executable, Content::Bytes(text.as_bytes().to_vec())),
        "escaped" => (FileMode::Regular, Content::Bytes(unescape(text)?)),
        "sample" => {
            let made = sample::make(text, &|name, _| checks::made_up_secret(name))?;
            (FileMode::Regular, Content::Bytes(made.into_bytes()))
        }
        "base64" => {
            let packed: String = text.split_whitespace().collect();
            let bytes = BASE64_STANDARD.decode(packed).map_err(|error| format!("this is not base64: {error}"))?;
            (FileMode::Regular, Content::Bytes(bytes))
        }
        _ => (FileMode::Regular, Content::Bytes(text.as_bytes().to_vec())),
    })
}

/// Reads `\xNN` as a byte, `\u{N}` as a character, `\n \r \t \\ \0` as usual, and `\+` as nothing: it
/// splits a literal that must not stand whole in a committed file, such as a token.
fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.chars();
    let mut buffer = [0; 4];
    while let Some(symbol) = rest.next() {
        if symbol != '\\' {
            bytes.extend_from_slice(symbol.encode_utf8(&mut buffer).as_bytes());
            continue;
        }
        match rest.next() {
            Some('n') => bytes.push(b'\n'),
            Some('r') => bytes.push(b'\r'),
            Some('t') => bytes.push(b'\t'),
            Some('0') => bytes.push(0),
            Some('\\') => bytes.push(b'\\'),
            Some('+') => {}
            Some('x') => {
                let digits: String = rest.by_ref().take(2).collect();
                bytes.push(u8::from_str_radix(&digits, 16).map_err(|_| format!("`\\x{digits}` is no byte"))?);
            }
            Some('u') => {
                let digits: String = rest.by_ref().skip_while(|it| *it == '{').take_while(|it| *it != '}').collect();
                let found = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                let symbol = found.ok_or_else(|| format!("`\\u{{{digits}}}` is no character"))?;
                bytes.extend_from_slice(symbol.encode_utf8(&mut buffer).as_bytes());
            }
            other => return Err(format!("`\\{}` is no escape", other.map_or_else(String::new, String::from))),
        }
    }
    Ok(bytes)
}
