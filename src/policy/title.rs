//! Reads `title`: a text, or one for each language.

use super::reader::Reader;
use crate::formats::node::{Node, Value};

/// A title in one language or several.
#[derive(Clone, Debug)]
pub(super) struct Title(Vec<(String, String)>);

impl Title {
    /// The title in a language such as `zh-CN`: in that very one, in another of its kind, in English, or the first.
    pub(super) fn in_language(&self, wanted: &str) -> &str {
        let kind = |language: &str| language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let exact = |language: &str| language.replace('_', "-").eq_ignore_ascii_case(&wanted.replace('_', "-"));
        let found = self.0.iter().find(|(language, _)| exact(language));
        let found = found.or_else(|| self.0.iter().find(|(language, _)| kind(language) == kind(wanted)));
        let found = found.or_else(|| self.0.iter().find(|(language, _)| kind(language) == "en"));
        found.or(self.0.first()).map_or("", |(_, text)| text)
    }
}

pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<Title> {
    let Value::Mapping(entries) = &node.value else {
        return reader.text(node, "`title`").map(|text| Title(vec![("en".to_owned(), text.to_owned())]));
    };
    if entries.is_empty() {
        let help = "write a text, or one for each language: `{ en: …, zh-CN: … }`";
        reader.fault(node.span, "nothing stands here", "`title` is empty", help);
        return None;
    }
    let mut texts = Vec::with_capacity(entries.len());
    for entry in entries {
        let is_tag = entry
            .key
            .split('-')
            .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|it| it.is_ascii_alphanumeric()));
        if !is_tag {
            let message = format!("`{}` is no language", entry.key);
            reader.fault(entry.key_span, "not a language", message, "name it as browsers do: `en`, `de`, `zh-CN`");
            continue;
        }
        let what = format!("the title in `{}`", entry.key);
        if let Some(text) = reader.text(&entry.value, &what) {
            texts.push((entry.key.clone(), text.to_owned()));
        }
    }
    Some(Title(texts))
}
