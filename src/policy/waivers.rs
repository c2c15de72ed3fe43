//! Reads `waivers`.

use super::document::Fault;
use super::parsed::WaiverEntry;
use super::reader::Reader;
use crate::formats::globs::Globs;
use crate::formats::node::Node;
use crate::formats::suggest;
use crate::model::{Date, RepoPath, Scope, Waiver};

/// The keys of a waiver.
pub(super) const KEYS: [&str; 7] = ["rule", "paths", "fingerprints", "reason", "owner", "approver", "expires"];

/// Those that every waiver must have.
pub(super) const MANDATORY: [&str; 5] = ["rule", "reason", "owner", "approver", "expires"];

pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Vec<WaiverEntry> {
    let Some(items) = reader.items(node, "`waivers`") else { return Vec::new() };
    items.iter().filter_map(|node| waiver(reader, node)).collect()
}

fn waiver(reader: &mut Reader<'_>, node: &Node) -> Option<WaiverEntry> {
    let fields = reader.fields(node, "a waiver", &KEYS)?;
    let field = |key: &str| fields.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
    let missing: Vec<&str> = MANDATORY.into_iter().filter(|key| field(key).is_none()).collect();
    if !missing.is_empty() {
        let message = format!("this waiver lacks {}", suggest::listed(missing.iter().copied()));
        let help = "a waiver says which rule, why, who answers for it, who approved it, and its last day; without \
                    them it could not be audited";
        let span = reader.first_line(node);
        reader.fault(span, "in this waiver", message, help);
    }
    let text = |reader: &mut Reader<'_>, key: &str| {
        let text = field(key).and_then(|node| reader.text(node, &format!("`{key}`")));
        text.map(|it| it.trim().to_owned())
    };
    let rule = text(reader, "rule");
    let (reason, owner, approver) = (text(reader, "reason"), text(reader, "owner"), text(reader, "approver"));
    let expires = field("expires").and_then(|node| expires(reader, node));
    let paths = paths(reader, field("paths"));
    let fingerprints = fingerprints(reader, field("fingerprints"));
    let rule = rule?;
    let span = field("rule").map_or(node.span, |node| node.span);
    let waiver = Waiver {
        label: reader.document.label(reader.first_line(node), ""),
        rule,
        scope: Scope { paths: paths?, fingerprints: fingerprints? },
        reason: reason?,
        owner: owner?,
        approver: approver?,
        expires: expires?,
    };
    Some(WaiverEntry { waiver, rule: reader.mark(span) })
}

fn expires(reader: &mut Reader<'_>, node: &Node) -> Option<Date> {
    let text = reader.text(node, "`expires`")?;
    match text.parse::<Date>() {
        Ok(day) => Some(day),
        Err(_) => {
            let message = format!("`{text}` is not a day of the form YYYY-MM-DD");
            let help = "write the last day on which the waiver holds, in UTC: `2026-12-31`";
            reader.fault(node.span, "no such day", message, help);
            None
        }
    }
}

fn paths(reader: &mut Reader<'_>, node: Option<&Node>) -> Option<Vec<String>> {
    let Some(node) = node else { return Some(Vec::new()) };
    let texts = reader.texts(node, "`paths`")?;
    for text in &texts {
        if let Err(error) = Globs::new([&text.value]) {
            let fault = Fault::new(error).at(&text.mark, "this is no glob");
            reader.faults.push(fault.help("see `paths` of a rule: `src/**`, `*.sql`"));
        }
    }
    if Globs::new(texts.iter().map(|it| &it.value)).is_ok_and(|it| it.is_void()) {
        let span = reader.first_line(node);
        let help = "name the paths that the waiver covers, and after them those that it does not";
        reader.fault(span, "matches nothing", "`paths` takes back everything, so that the waiver covers nothing", help);
    }
    Some(texts.into_iter().map(|it| it.value).collect())
}

fn fingerprints(reader: &mut Reader<'_>, node: Option<&Node>) -> Option<Vec<String>> {
    let Some(node) = node else { return Some(Vec::new()) };
    let texts = reader.texts(node, "`fingerprints`")?;
    for text in &texts {
        let is_print = text.value.len() == 32 && text.value.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
        if !is_print {
            let fault = Fault::new(format!("`{}` is no fingerprint", text.value)).at(&text.mark, "not 32 digits");
            reader.faults.push(fault.help("copy it from the report: 32 hexadecimal digits in lower case"));
        }
    }
    Some(texts.into_iter().map(|it| it.value).collect())
}

/// The globs of a waiver that stands in the policy of a folder, as the repository's root reads them.
pub(super) fn rooted(paths: &[String], folder: &RepoPath) -> Vec<String> {
    if folder.is_root() {
        return paths.to_vec();
    }
    let folder = escaped(folder.as_str());
    if paths.is_empty() {
        return vec![format!("/{folder}/**")];
    }
    let rooted = paths.iter().map(|glob| {
        let (sign, body) = glob.strip_prefix('!').map_or(("", glob.as_str()), |rest| ("!", rest));
        let body = body.trim_start_matches("./");
        let below = if body.contains('/') { body.trim_start_matches('/').to_owned() } else { format!("**/{body}") };
        format!("{sign}/{folder}/{below}")
    });
    // Negations alone match everything else, and everything else must stay the folder.
    let opens = paths.first().is_some_and(|glob| glob.starts_with('!')).then(|| format!("/{folder}/**"));
    opens.into_iter().chain(rooted).collect()
}

fn escaped(folder: &str) -> String {
    let mut text = String::with_capacity(folder.len());
    for symbol in folder.chars() {
        if matches!(symbol, '*' | '?' | '[' | ']' | '{' | '}' | '\\' | '!' | ',') {
            text.push('\\');
        }
        text.push(symbol);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(globs: &[&str], folder: &str, path: &str) -> bool {
        let globs: Vec<String> = globs.iter().map(|it| (*it).to_owned()).collect();
        Globs::new(rooted(&globs, &RepoPath::new(folder))).is_ok_and(|it| it.is_match(&RepoPath::new(path)))
    }

    #[test]
    fn a_waiver_of_a_folder_stays_in_it() {
        assert!(covers(&[], "services/pay", "services/pay/a/b.rs"));
        assert!(!covers(&[], "services/pay", "services/payments/a.rs"));
        assert!(covers(&["*.sql"], "services/pay", "services/pay/db/1.sql"));
        assert!(!covers(&["*.sql"], "services/pay", "db/1.sql"));
        assert!(covers(&["/a.rs"], "services/pay", "services/pay/a.rs"));
        assert!(covers(&["src/"], "services/pay", "services/pay/src/a.rs"));
        assert!(!covers(&["**", "!gen/**"], "services/pay", "services/pay/gen/a.rs"));
        assert!(!covers(&["!gen/**"], "services/pay", "other/a.rs"));
    }

    #[test]
    fn a_folder_with_glob_characters_is_taken_literally() {
        assert!(covers(&[], "app/[id]", "app/[id]/page.tsx"));
        assert!(!covers(&[], "app/[id]", "app/i/page.tsx"));
    }
}
