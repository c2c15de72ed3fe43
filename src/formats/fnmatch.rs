//! Patterns of ref names as GitHub reads them: Ruby's `File.fnmatch` with `FNM_PATHNAME`.
//!
//! `*` and `?` stay inside of a component and leave a dot at its start alone, `**/` is any number of components, `[a-z]`
//! and `[!a]` are as usual, and `\` takes a symbol as it is. Where GitHub's pages and Ruby's manual could be read in two
//! ways, the answer is that nobody knows: a rule that may or may not reach a branch protects nothing for sure.

/// The longest pattern and the longest name that are compared, in characters.
const LONGEST: usize = 1024;

/// Whether a pattern matches the whole of a name; nothing where the ways to read it differ.
#[must_use]
pub fn is_match(pattern: &str, name: &str) -> Option<bool> {
    let name: Vec<char> = name.chars().take(LONGEST + 1).collect();
    if name.len() > LONGEST || pattern.chars().count() > LONGEST {
        return None;
    }
    let strict = Reading::Strict.matches(&tokens(pattern)?, &name);
    let wide = Reading::Wide.matches(&tokens(pattern)?, &name);
    // Braces are plain symbols to Ruby, unless a flag says otherwise.
    let has_braces = pattern.contains('{') && pattern.contains('}');
    (strict == wide && !has_braces).then_some(strict)
}

/// How far a pattern is taken to reach.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// As Ruby's manual says.
    Strict,
    /// `**` crosses components wherever it stands, and a dot at the start of one is a symbol as any other.
    Wide,
}

#[derive(Debug)]
enum Token {
    Literal(char),
    /// `?`
    One,
    /// `*`
    Some,
    /// `**` that no slash follows.
    Stars,
    /// `**/` at the start of a component.
    Components,
    Class {
        ranges: Vec<(char, char)>,
        is_negated: bool,
    },
}

/// The parts of a pattern; nothing for one that ends in the middle of a class.
fn tokens(pattern: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = pattern.chars().peekable();
    let mut is_start = true;
    while let Some(symbol) = rest.next() {
        let token = match symbol {
            '\\' => Token::Literal(rest.next().unwrap_or('\\')),
            '?' => Token::One,
            '[' => class(&mut rest)?,
            '*' => {
                let mut stars = 1;
                while rest.next_if_eq(&'*').is_some() {
                    stars += 1;
                }
                match stars {
                    1 => Token::Some,
                    _ if is_start && rest.next_if_eq(&'/').is_some() => Token::Components,
                    _ => Token::Stars,
                }
            }
            other => Token::Literal(other),
        };
        is_start = matches!(token, Token::Literal('/') | Token::Components);
        tokens.push(token);
    }
    Some(tokens)
}

fn class(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Token> {
    let is_negated = rest.next_if(|it| matches!(it, '!' | '^')).is_some();
    let mut ranges = Vec::new();
    loop {
        let first = match rest.next()? {
            ']' if !ranges.is_empty() => return Some(Token::Class { ranges, is_negated }),
            '\\' => rest.next()?,
            symbol => symbol,
        };
        let last = match rest.next_if_eq(&'-') {
            Some(_) if rest.peek() == Some(&']') => {
                ranges.push(('-', '-'));
                first
            }
            Some(_) => rest.next()?,
            None => first,
        };
        ranges.push((first, last));
    }
}

impl Reading {
    /// One pass over the name for each part: no pattern takes longer than their product.
    fn matches(self, tokens: &[Token], name: &[char]) -> bool {
        // Which prefixes of the name the parts so far match.
        let mut reached = vec![false; name.len() + 1];
        if let Some(start) = reached.first_mut() {
            *start = true;
        }
        for token in tokens {
            reached = self.step(token, name, &reached);
        }
        reached.last().copied().unwrap_or_default()
    }

    fn step(self, token: &Token, name: &[char], reached: &[bool]) -> Vec<bool> {
        let mut next = vec![false; reached.len()];
        let mut is_open = false;
        for (index, is_reached) in reached.iter().copied().enumerate() {
            let is_start = index == 0 || name.get(index - 1) == Some(&'/');
            let symbol = name.get(index).copied();
            let is_hidden = self == Self::Strict && is_start && symbol == Some('.');
            is_open |= is_reached;
            let (here, after) = match token {
                Token::Literal(wanted) => (false, is_reached && symbol == Some(*wanted)),
                Token::One => (false, is_reached && symbol.is_some_and(|it| it != '/') && !is_hidden),
                Token::Class { ranges, is_negated } => {
                    let has = |it: char| ranges.iter().any(|(first, last)| (*first..=*last).contains(&it));
                    let is_in = symbol.is_some_and(|it| it != '/' && has(it) != *is_negated);
                    (false, is_reached && is_in && !is_hidden)
                }
                Token::Some | Token::Stars => {
                    let crosses = self == Self::Wide && matches!(token, Token::Stars);
                    let here = is_open;
                    let ends = symbol == Some('/') && !crosses;
                    is_open &= !ends && !is_hidden;
                    (here, false)
                }
                Token::Components => {
                    let here = is_reached || (is_open && is_start);
                    is_open &= !is_hidden;
                    (here, false)
                }
            };
            if let Some(slot) = next.get_mut(index) {
                *slot |= here;
            }
            if let Some(slot) = next.get_mut(index + 1) {
                *slot |= after;
            }
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stay_in_a_component_and_double_stars_cross_them() {
        for (pattern, name, expected) in [
            ("refs/heads/main", "refs/heads/main", Some(true)),
            ("refs/heads/main", "refs/heads/mainly", Some(false)),
            ("refs/heads/qa/*", "refs/heads/qa/one", Some(true)),
            ("refs/heads/qa/*", "refs/heads/qa/one/two", Some(false)),
            ("refs/heads/qa/**/*", "refs/heads/qa/one", Some(true)),
            ("refs/heads/qa/**/*", "refs/heads/qa/one/two/three", Some(true)),
            ("refs/heads/qa/**/*", "refs/heads/qa", Some(false)),
            ("refs/heads/**/qa", "refs/heads/qa", Some(true)),
            ("refs/heads/*qa*", "refs/heads/xqay", Some(true)),
            ("refs/heads/v?.[0-9]", "refs/heads/v1.4", Some(true)),
            ("refs/heads/v?.[!0-9]", "refs/heads/v1.4", Some(false)),
            ("refs/heads/[]x]", "refs/heads/]", Some(true)),
            ("refs/heads/[a-]", "refs/heads/-", Some(true)),
            ("refs/heads/\\*", "refs/heads/x", Some(false)),
            ("refs/heads/\\*", "refs/heads/*", Some(true)),
            ("", "", Some(true)),
        ] {
            assert_eq!(is_match(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_not_decided() {
        for (pattern, name) in [
            ("refs/heads/**", "refs/heads/a/b"),
            ("refs/heads/qa**", "refs/heads/qa/b"),
            ("refs/heads/*", "refs/heads/.hidden"),
            ("refs/heads/{a,b}", "refs/heads/a"),
            ("refs/heads/[a", "refs/heads/a"),
        ] {
            assert_eq!(is_match(pattern, name), None, "{pattern} {name}");
        }
        assert_eq!(is_match("refs/heads/**", "refs/heads/a"), Some(true));
        assert_eq!(is_match(&"*".repeat(5000), "a"), None);
    }

    #[test]
    fn a_hostile_pattern_takes_no_longer_than_its_size_allows() {
        let pattern = "*a".repeat(500);
        let name = "a".repeat(1000) + "b";
        assert_eq!(is_match(&pattern, &name), Some(false));
    }
}
