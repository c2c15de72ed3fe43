//! The results of files of cases as JUnit XML, which every CI server reads.

use std::fmt::Write as _;

use super::Casebook;

/// One test suite a file, one test case a case. `books` are pairs of path and results.
#[must_use]
pub fn junit(books: &[(&str, &Casebook)]) -> String {
    let count = |book: &Casebook| (book.results.len(), book.results.iter().filter(|it| !it.holds()).count());
    let (tests, failures) = books.iter().map(|(_, book)| count(book)).fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(xml, "<testsuites name=\"gatecheck test\" tests=\"{tests}\" failures=\"{failures}\">");
    for (path, book) in books {
        let (tests, failures) = count(book);
        let path = escape(path);
        let _ = writeln!(xml, "  <testsuite name=\"{path}\" tests=\"{tests}\" failures=\"{failures}\">");
        for result in &book.results {
            let (title, line) = (escape(&result.title), result.line);
            let _ = write!(xml, "    <testcase classname=\"{path}\" name=\"{title}\" file=\"{path}\" line=\"{line}\"");
            if result.holds() {
                xml.push_str("/>\n");
                continue;
            }
            let told = escape(&format!("expected:\n{}\n\nactual:\n{}\n", result.expected, result.actual));
            let _ =
                writeln!(xml, ">\n      <failure message=\"the verdict differs\">{told}</failure>\n    </testcase>");
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

/// Text as an attribute or an element may hold it. XML 1.0 has no way to write most control
/// characters, so they become U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for symbol in text.chars() {
        match symbol {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(symbol),
            '\u{FFFE}' | '\u{FFFF}' => escaped.push(char::REPLACEMENT_CHARACTER),
            control if control.is_control() => escaped.push(char::REPLACEMENT_CHARACTER),
            plain => escaped.push(plain),
        }
    }
    escaped
}
