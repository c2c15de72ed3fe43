//! Names that editors, tools and people give to the copy of a file that they keep.

/// Endings of a copy behind a dot, a hyphen, an underscore or a space: `id_rsa.bak`, `id_rsa_old`, `key.pem copy`.
const WORDS: [&str; 16] = [
    "bak", "bkp", "bck", "backup", "old", "orig", "original", "save", "saved", "copy", "prev", "previous", "tmp",
    "swp", "swo", "rej",
];
/// Endings that are taken off one after the other: `.env.bak.1~`.
const MOST: usize = 4;
/// Digits of a number, a date or a time behind a copy.
const DIGITS: usize = 14;

/// The paths of which this one may be a copy, in lower case; none for a name without such an ending.
pub(super) fn originals(path: &str) -> Vec<String> {
    let small = path.to_lowercase();
    let (folder, name) = small.rsplit_once('/').map_or((None, small.as_str()), |(folder, name)| (Some(folder), name));
    let mut found = Vec::new();
    let mut rest = name;
    while let Some(shorter) = original(rest).filter(|_| found.len() < MOST) {
        rest = shorter;
        // An editor hides its own copy: `..env.swp` is one of `.env`, and `.id_rsa.swp` one of `id_rsa`.
        let hidden = rest.strip_prefix('.').filter(|_| name.ends_with(".swp") || name.ends_with(".swo"));
        for each in std::iter::once(rest).chain(hidden) {
            found.push(folder.map_or_else(|| each.to_owned(), |folder| format!("{folder}/{each}")));
        }
    }
    found
}

fn original(name: &str) -> Option<&str> {
    let is_autosave = name.strip_prefix('#').and_then(|it| it.strip_suffix('#'));
    let shorter = is_autosave.or_else(|| name.strip_suffix('~')).or_else(|| {
        let name = name.strip_suffix(')').filter(|it| it.contains('(')).unwrap_or(name);
        let at = name.rfind(['.', '-', '_', ' ', '('])?;
        let (before, ending) = name.split_at(at);
        let ending = ending.get(1..)?;
        let is_number = (1..=DIGITS).contains(&ending.len()) && ending.bytes().all(|it| it.is_ascii_digit());
        (WORDS.contains(&ending) || is_number).then(|| before.trim_end_matches([' ', '(']))
    });
    shorter.filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_copy(copy: &str, of: &str) -> bool {
        originals(copy).iter().any(|it| it == of)
    }

    #[test]
    fn copies_are_traced_to_what_they_copy() {
        for (copy, of) in [
            ("id_rsa.bak", "id_rsa"),
            ("a/ID_RSA.old", "a/id_rsa"),
            ("id_rsa-backup", "id_rsa"),
            ("id_rsa_old", "id_rsa"),
            ("id_rsa copy", "id_rsa"),
            ("id_rsa (1)", "id_rsa"),
            ("key.pem.orig", "key.pem"),
            (".env~", ".env"),
            ("#.env#", ".env"),
            ("..env.swp", ".env"),
            (".id_rsa.swp", "id_rsa"),
            ("server.key.20240131", "server.key"),
            ("server.key.2024-01-31", "server.key"),
            ("server.key.bak.1~", "server.key"),
        ] {
            assert!(is_copy(copy, of), "{copy}: {:?}", originals(copy));
        }
    }

    #[test]
    fn other_names_are_no_copies() {
        for name in ["id_rsa.pub", "key.pem", "bak", ".bak", "~", "##", "(1)", "id_rsa.gpg", "gold", "é", "a/"] {
            assert!(originals(name).iter().all(String::is_empty), "{name}: {:?}", originals(name));
        }
    }
}
