//! Descriptions: their headings, and what their author wrote below them.

use std::collections::BTreeSet;

/// A description in Markdown, comments left out.
pub(super) struct Description {
    lines: Vec<String>,
    /// Whether a line stands in a block of code, where nothing is a heading or a task.
    code: Vec<bool>,
}

/// Lines beyond which the rest is not read; forges allow 65 536 characters.
const MOST: usize = 100_000;

impl Description {
    pub(super) fn new(text: &str) -> Self {
        let text = without_comments(text);
        let lines: Vec<String> = text.lines().take(MOST).map(|it| it.trim_end().to_owned()).collect();
        let mut fence: Option<&str> = None;
        let mut code = Vec::with_capacity(lines.len());
        for line in &lines {
            let bare = line.trim_start();
            let opens = ["```", "~~~"].into_iter().find(|mark| bare.starts_with(mark));
            code.push(fence.is_some() || opens.is_some());
            fence = match (fence, opens) {
                (Some(open), Some(mark)) if open == mark => None,
                (Some(open), _) => Some(open),
                (None, mark) => mark,
            };
        }
        Self { lines, code }
    }

    /// All of it.
    pub(super) fn text(&self) -> String {
        self.lines.join("\n")
    }

    fn prose(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.lines.iter().zip(&self.code).enumerate();
        lines.filter(|(_, (_, is_code))| !**is_code).map(|(index, (line, _))| (index, line.as_str()))
    }

    /// The lines below a heading, down to the next one of its level or above; nothing when there is no such heading.
    fn section(&self, title: &str) -> Option<Vec<&str>> {
        let wanted = title.trim().to_lowercase();
        let headings: Vec<(usize, usize, String)> = self
            .prose()
            .filter_map(|(index, line)| heading(line).map(|(level, text)| (index, level, text.to_lowercase())))
            .collect();
        let (at, (start, level, _)) = headings.iter().enumerate().find(|(_, (_, _, text))| *text == wanted)?;
        let end = headings.iter().skip(at + 1).find(|(_, other, _)| other <= level).map_or(self.lines.len(), |it| it.0);
        let lines = self.lines.get(start + 1..end).unwrap_or_default();
        Some(lines.iter().map(String::as_str).collect())
    }

    /// What stands below a heading and is its author's own; nothing when there is no such heading.
    pub(super) fn own_section(&self, title: &str, template: Option<&Self>) -> Option<String> {
        let lines = self.section(title)?;
        Some(own(lines.into_iter(), template))
    }

    /// What of all is its author's own: no headings, and nothing that the template says.
    pub(super) fn own(&self, template: Option<&Self>) -> String {
        own(self.lines.iter().map(String::as_str), template)
    }

    /// Tasks that are not ticked.
    pub(super) fn open_tasks(&self) -> Vec<&str> {
        let task = |line: &'_ str| -> Option<()> {
            let rest = line.trim_start().strip_prefix(['-', '*', '+'])?.trim_start();
            rest.starts_with("[ ]").then_some(())
        };
        self.prose().filter(|(_, line)| task(line).is_some()).map(|(_, line)| line).collect()
    }
}

fn own<'a>(lines: impl Iterator<Item = &'a str>, template: Option<&Description>) -> String {
    let given: BTreeSet<&str> = template.iter().flat_map(|it| &it.lines).map(|line| line.trim()).collect();
    let kept = lines.map(str::trim).filter(|line| heading(line).is_none() && !given.contains(line));
    kept.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Level and text of a heading.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|it| *it == b'#').count();
    let rest = line.get(level..).filter(|_| (1..=6).contains(&level))?;
    rest.starts_with([' ', '\t']).then(|| (level, rest.trim().trim_end_matches('#').trim_end().trim_end_matches(':')))
}

fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        // A comment without an end hides all that follows, on the forge as well.
        rest = after.split_once("-->").map_or("", |(_, rest)| rest);
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_section_ends_at_the_next_heading_of_its_level() {
        let text = "# Why\nBecause.\n### Detail\nMore.\n```sh\n# Tests\n```\n## How ##\nSo.\n# Tests:\n";
        let description = Description::new(text);
        assert_eq!(description.own_section("why", None).as_deref(), Some("Because.\nMore.\n```sh\n```\nSo."));
        assert_eq!(description.own_section("How", None).as_deref(), Some("So."));
        assert_eq!(description.own_section("Tests", None).as_deref(), Some(""));
        assert_eq!(description.own_section("Else", None), None);
    }

    #[test]
    fn comments_and_the_words_of_the_template_are_nobody_s_own() {
        let template = Description::new("## Why\nSay why.\n<!-- hidden -->\n");
        let description = Description::new("## Why\n  Say why.\n<!-- not\nshown -->Because.\n<!-- open");
        assert_eq!(description.own(Some(&template)), "Because.");
    }

    #[test]
    fn tasks_in_code_are_none() {
        let description = Description::new("- [ ] one\n* [x] two\n~~~\n- [ ] three\n~~~\n");
        assert_eq!(description.open_tasks(), ["- [ ] one"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(#|<!--|-->|```|- \\[ \\]|\n| |a|é){0,40}") {
            let description = Description::new(&text);
            let _ = (description.own(Some(&description)), description.own_section("a", None), description.open_tasks());
        }
    }
}
