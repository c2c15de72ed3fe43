//! Expressions of gitleaks as those of detectors.

use regex_syntax::ast::{self, Ast, GroupKind, parse::ParserBuilder};

/// An expression that finds what one of several finds.
pub(super) fn any_of(expressions: &[String]) -> String {
    match expressions {
        [only] => only.clone(),
        several => several.iter().map(|it| format!("(?:{it})")).collect::<Vec<_>>().join("|"),
    }
}

/// The expression with the group that is the secret named so.
pub(super) fn with_secret(regex: &str, number: u32) -> Result<String, String> {
    let ast = ParserBuilder::new().nest_limit(100).build().parse(regex);
    let ast = ast.map_err(|error| format!("its expression cannot be read here: {}", error.kind()))?;
    let groups = ast::visit(&ast, Groups::default()).unwrap_or_default().0;
    let wanted = groups.iter().find(|it| it.0 == number.max(1));
    match wanted {
        None if number == 0 => Ok(regex.to_owned()),
        None => Err(format!("its expression has no group {number}")),
        Some((_, start, end)) => {
            if regex.contains("<secret>") {
                return Err("another group of its expression is named `secret` already".to_owned());
            }
            let (before, after) = (regex.get(..*start).unwrap_or_default(), regex.get(*end..).unwrap_or_default());
            Ok(format!("{before}(?P<secret>{after}"))
        }
    }
}

/// The capturing groups: their numbers, and where what opens them begins and ends.
#[derive(Default)]
struct Groups(Vec<(u32, usize, usize)>);

impl ast::Visitor for Groups {
    type Output = Self;
    type Err = ();

    fn finish(self) -> Result<Self, ()> {
        Ok(self)
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), ()> {
        if let Ast::Group(group) = ast {
            let start = group.span.start.offset;
            match &group.kind {
                GroupKind::CaptureIndex(index) => self.0.push((*index, start, start + 1)),
                // What closes the name stands behind it.
                GroupKind::CaptureName { name, .. } => self.0.push((name.index, start, name.span.end.offset + 1)),
                GroupKind::NonCapturing(_) => {}
            }
        }
        Ok(())
    }
}
