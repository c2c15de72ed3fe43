//! Filters of betterleaks: expressions that say which matches are skipped, as far as they only declare.
//!
//! An expression becomes a list of terms, one of which must hold. What no test of ours says makes its term unknown, and
//! leaves the others as they are: less is skipped then, never more.

/// Most terms that one expression may come to.
const MOST_TERMS: usize = 256;
/// Deepest nesting of brackets.
const DEEPEST: usize = 32;
/// The longest expression, in bytes.
const LONGEST: usize = 64 << 10;

/// A match is skipped when all of these hold; nothing when that cannot be said.
pub type Term = Option<Vec<Test>>;

/// A test of a match.
#[derive(Clone, PartialEq, Debug)]
pub enum Test {
    /// One of these expressions is found in it.
    Matches(Of, Vec<String>),
    /// The entropy of the secret, in bits per character, is at most this.
    EntropyAtMost(f64),
}

/// What is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Of {
    /// The path of the file.
    Path,
    /// The secret.
    Secret,
    /// All that the rule's expression matches.
    Match,
    /// The line.
    Line,
}

/// Reads an expression.
#[must_use]
pub fn parse(text: &str) -> Vec<Term> {
    let tokens = if text.len() <= LONGEST { tokens(text) } else { None };
    tokens.map_or_else(|| vec![None], |tokens| any_of(&tokens, DEEPEST))
}

#[derive(Clone, PartialEq, Debug)]
enum Token {
    Word(String),
    Text(String),
    Number(f64),
    Sign(&'static str),
}

/// Signs of the language; the longer ones first.
const SIGNS: [&str; 22] = [
    "||", "&&", "==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", "{", "}", ",", ".", "?", ":", "!", "+", "-", "*",
];

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if let Some((token, length)) = quoted(rest) {
            found.push(token);
            length
        } else if first.is_ascii_alphabetic() || first == '_' {
            let length = rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '_').unwrap_or(rest.len());
            found.push(Token::Word(rest.get(..length)?.to_owned()));
            length
        } else if first.is_ascii_digit() {
            let length = rest.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(rest.len());
            found.push(Token::Number(rest.get(..length)?.parse().ok()?));
            length
        } else if let Some(comment) = rest.strip_prefix("//") {
            2 + comment.find('\n').unwrap_or(comment.len())
        } else {
            let sign = SIGNS.into_iter().find(|it| rest.starts_with(it))?;
            found.push(Token::Sign(sign));
            sign.len()
        };
        rest = rest.get(length..)?.trim_start();
    }
    Some(found)
}

/// The text that a quote opens, and how many bytes it takes with its quotes.
fn quoted(text: &str) -> Option<(Token, usize)> {
    let (is_raw, body) = match text.strip_prefix(['r', 'R']) {
        Some(body) if body.starts_with(['"', '\'']) => (true, body),
        Some(_) | None => (false, text),
    };
    let quote = ["\"\"\"", "'''", "\"", "'", "`"].into_iter().find(|it| body.starts_with(it))?;
    let is_raw = is_raw || quote == "`";
    let inner = body.get(quote.len()..)?;
    let (mut value, mut at) = (String::new(), 0);
    loop {
        let rest = inner.get(at..)?;
        if rest.starts_with(quote) {
            return Some((Token::Text(value), text.len() - rest.len() + quote.len()));
        }
        let mut symbols = rest.chars();
        let mut symbol = symbols.next()?;
        at += symbol.len_utf8();
        if symbol == '\\' && !is_raw {
            let escaped = symbols.next()?;
            at += escaped.len_utf8();
            symbol = match escaped {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '\\' | '"' | '\'' | '`' | '?' => escaped,
                _ => return None,
            };
        }
        value.push(symbol);
    }
}

/// The terms of a chain of alternatives.
fn any_of(tokens: &[Token], depth: usize) -> Vec<Term> {
    let mut terms = Vec::new();
    for part in split(tokens, "||") {
        terms.extend(all_of(part, depth));
        if MOST_TERMS < terms.len() {
            return vec![None];
        }
    }
    terms
}

/// The terms of parts that must all hold: each alternative of the one with each of the other.
fn all_of(tokens: &[Token], depth: usize) -> Vec<Term> {
    let mut terms: Vec<Term> = vec![Some(Vec::new())];
    for part in split(tokens, "&&") {
        let alternatives = part_of(part, depth);
        if MOST_TERMS < terms.len().saturating_mul(alternatives.len()) {
            return vec![None];
        }
        let joined = terms.iter().flat_map(|term| {
            alternatives.iter().map(|more| {
                Some(term.iter().flatten().chain(more.as_ref()?).cloned().collect()).filter(|_| term.is_some())
            })
        });
        terms = joined.collect();
    }
    terms
}

fn part_of(tokens: &[Token], depth: usize) -> Vec<Term> {
    match tokens {
        [Token::Sign("("), inner @ .., Token::Sign(")")] if is_closed(inner) => match depth.checked_sub(1) {
            Some(depth) => any_of(inner, depth),
            None => vec![None],
        },
        _ => vec![test(tokens).map(|test| vec![test])],
    }
}

/// Whether every bracket that opens here closes here.
fn is_closed(tokens: &[Token]) -> bool {
    let mut depth = 0_i64;
    for token in tokens {
        depth += step(token);
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

fn step(token: &Token) -> i64 {
    match token {
        Token::Sign("(" | "[" | "{") => 1,
        Token::Sign(")" | "]" | "}") => -1,
        Token::Sign(_) | Token::Word(_) | Token::Text(_) | Token::Number(_) => 0,
    }
}

/// The parts between a sign that stands outside of all brackets.
fn split<'a>(tokens: &'a [Token], sign: &'static str) -> impl Iterator<Item = &'a [Token]> {
    let mut depth = 0;
    tokens.split(move |token| {
        depth += step(token);
        depth == 0 && *token == Token::Sign(sign)
    })
}

fn test(tokens: &[Token]) -> Option<Test> {
    let tokens = match tokens {
        [Token::Word(space), Token::Sign("."), rest @ ..] if space == "filter" => rest,
        _ => tokens,
    };
    if let [Token::Word(name), Token::Sign("("), rest @ ..] = tokens {
        let (of, rest) = target(rest)?;
        return match (name.as_str(), rest) {
            ("matchesAny", [Token::Sign(","), list @ .., Token::Sign(")")]) => Some(Test::Matches(of, texts(list)?)),
            ("containsAny", [Token::Sign(","), list @ .., Token::Sign(")")]) => {
                Some(Test::Matches(of, texts(list)?.iter().map(|it| regex::escape(it)).collect()))
            }
            ("entropy", [Token::Sign(")"), Token::Sign("<=" | "<"), Token::Number(most)]) if of == Of::Secret => {
                Some(Test::EntropyAtMost(*most))
            }
            _ => None,
        };
    }
    let (of, rest) = target(tokens)?;
    let pattern = match rest {
        [Token::Sign("=="), Token::Text(text)] => format!("^{}$", regex::escape(text)),
        [Token::Sign("."), Token::Word(name), Token::Sign("("), Token::Text(text), Token::Sign(")")] => {
            let text = regex::escape(text);
            match name.as_str() {
                "startsWith" => format!("^{text}"),
                "endsWith" => format!("{text}$"),
                "contains" => text,
                "matches" => return Some(Test::Matches(of, vec![raw(rest)?])),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(Test::Matches(of, vec![pattern]))
}

/// The text of a call with one argument.
fn raw(tokens: &[Token]) -> Option<String> {
    tokens.iter().find_map(|it| if let Token::Text(text) = it { Some(text.clone()) } else { None })
}

/// What stands at the beginning is looked at, and what stands behind it.
fn target(tokens: &[Token]) -> Option<(Of, &[Token])> {
    let (map, key, rest) = match tokens {
        [Token::Word(map), Token::Sign("["), Token::Text(key), Token::Sign("]"), rest @ ..]
        | [Token::Word(map), Token::Sign("["), Token::Sign("?"), Token::Text(key), Token::Sign("]"), rest @ ..]
        | [Token::Word(map), Token::Sign("."), Token::Word(key), rest @ ..] => (map.as_str(), key.as_str(), rest),
        _ => return None,
    };
    let of = match (map, key) {
        ("attributes", "path") => Of::Path,
        ("finding", "secret") => Of::Secret,
        ("finding", "match") => Of::Match,
        ("finding", "line") => Of::Line,
        _ => return None,
    };
    match rest {
        [Token::Sign("."), Token::Word(name), Token::Sign("("), Token::Text(_), Token::Sign(")"), rest @ ..]
            if name == "orValue" =>
        {
            Some((of, rest))
        }
        _ => Some((of, rest)),
    }
}

fn texts(list: &[Token]) -> Option<Vec<String>> {
    let [Token::Sign("["), items @ .., Token::Sign("]")] = list else { return None };
    let items = match items {
        [items @ .., Token::Sign(",")] => items,
        _ => items,
    };
    let texts = items.split(|it| *it == Token::Sign(",")).map(|item| match item {
        [Token::Text(text)] if !text.is_empty() => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(of: Of, patterns: &[&str]) -> Test {
        Test::Matches(of, patterns.iter().map(|it| (*it).to_owned()).collect())
    }

    #[test]
    fn what_declares_becomes_terms_and_the_rest_stays_unknown() {
        let text = r#"
            (filter.matchesAny(attributes[?"path"].orValue(""), [r"(?i)\.md$", 'x']) && finding["line"].contains("a.b"))
            || entropy(finding["secret"]) <= 2.5 // few kinds of characters
            || failsTokenEfficiency(finding["secret"])
            || attributes["git.author_name"] == "bot" && finding["secret"] == "v"
            || attributes["path"].startsWith("t/") && (containsAny(finding["secret"], ["A"]) || finding["match"].endsWith("z"))
        "#;
        let path = matches(Of::Path, &["^t/"]);
        let expected = vec![
            Some(vec![matches(Of::Path, &[r"(?i)\.md$", "x"]), matches(Of::Line, &[r"a\.b"])]),
            Some(vec![Test::EntropyAtMost(2.5)]),
            None,
            None,
            Some(vec![path.clone(), matches(Of::Secret, &["A"])]),
            Some(vec![path, matches(Of::Match, &["z$"])]),
        ];
        assert_eq!(parse(text), expected);
        for text in ["", "!(a)", "finding[", "\"", "(a", "finding[\"secret\"] == \"\\q\"", "x ? y : z", "§"] {
            assert_eq!(parse(text), [None], "{text}");
        }
        assert_eq!(parse(&"(".repeat(100)), [None]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in r#"(\(|\)|\||&|finding\["secret"\]|==|"a"|, |\[|matchesAny|é|'|\\){0,40}"#) {
            prop_assert!(parse(&text).len() <= MOST_TERMS);
        }
    }
}
