//! Recipes of texts that an expression matches, for examples that nobody wrote.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::sample;

/// Bytes of the longest recipe.
const LONGEST: usize = 4096;
/// Characters that stand for a repetition without a number.
const USUAL: u32 = 24;

/// The classes of recipes, those that look most like a secret first.
const CLASSES: [&str; 10] = ["an", "lower", "upper", "alpha", "hex", "HEX", "b32", "digit", "az", "AZ"];

/// A recipe of a text that the expression matches, as far as can be seen; boundaries are not looked at.
#[must_use]
pub fn of(pattern: &str) -> Option<String> {
    let hir = ParserBuilder::new().unicode(false).utf8(false).nest_limit(100).build().parse(pattern).ok()?;
    let mut recipe = String::new();
    push(&hir, &mut recipe)?;
    Some(recipe)
}

fn push(hir: &Hir, recipe: &mut String) -> Option<()> {
    if recipe.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => recipe.push_str(&std::str::from_utf8(&literal.0).ok()?.replace('{', "{{")),
        HirKind::Class(class) => push_class(class, 1, recipe)?,
        HirKind::Capture(it) => push(&it.sub, recipe)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| push(part, recipe))?,
        HirKind::Alternation(parts) => push(parts.first()?, recipe)?,
        HirKind::Repetition(it) if it.min == 0 => {}
        HirKind::Repetition(it) => match it.sub.kind() {
            HirKind::Class(class) => push_class(class, it.min.max(USUAL.min(it.max.unwrap_or(USUAL))), recipe)?,
            _ => (0..it.min).try_for_each(|_| push(&it.sub, recipe))?,
        },
    }
    Some(())
}

fn push_class(class: &Class, count: u32, recipe: &mut String) -> Option<()> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Bytes(it) => it.ranges().iter().map(|it| (u32::from(it.start()), u32::from(it.end()))).collect(),
        Class::Unicode(it) => it.ranges().iter().map(|it| (u32::from(it.start()), u32::from(it.end()))).collect(),
    };
    let has = |byte: u8| ranges.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(byte)));
    let count = u16::try_from(count).ok()?;
    let name = CLASSES.iter().find(|name| sample::alphabet(name).is_some_and(|it| it.iter().copied().all(has)));
    match name {
        Some(name) => recipe.push_str(&format!("{{{name}:{count}}}")),
        None => {
            let symbol = (b'a'..=b'z').chain(b'!'..=b'~').chain(*b" \n\t").find(|it| has(*it))?;
            let symbol = if symbol == b'{' { "{{".to_owned() } else { char::from(symbol).to_string() };
            recipe.push_str(&symbol.repeat(usize::from(count)));
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_recipe_makes_what_the_expression_matches() {
        assert_eq!(of("acme_[a-z0-9]{24}").as_deref(), Some("acme_{lower:24}"));
        assert_eq!(of(r"x\{(?:a|b)[=:]\d+").as_deref(), Some("x{{a:{digit:24}"));
        assert_eq!(of("a("), None);
    }

    proptest! {
        #[test]
        fn it_does_for_any(pattern in "([a-z]{2}|[A-F0-9]{4}|(x|yy)|q{2,3}|[=:]|\\\\\\{|[a-zA-Z0-9_-]{5,}){1,5}") {
            if let (Ok(regex), Some(recipe)) = (regex::Regex::new(&pattern), of(&pattern)) {
                let made = sample::make(&recipe, &|_, _| None);
                prop_assert!(made.as_ref().is_ok_and(|it| regex.is_match(it)), "{} {} {:?}", pattern, recipe, made);
            }
        }
    }
}
