//! Conditions of GitHub's workflows: whether they hold on every pull request.

/// Whether a condition, an expression of GitHub Actions, holds on every pull request that starts the workflow. Only
/// forms that are plainly so are known; everything else may keep the job from running.
///
/// `ready_for_review` says whether the workflow starts when a draft becomes ready, so that skipping drafts hides nothing.
pub(super) fn always_holds(text: &str, ready_for_review: bool) -> bool {
    let text = text.trim();
    let text = text.strip_prefix("${{").and_then(|it| it.strip_suffix("}}")).unwrap_or(text);
    any_holds(text, ready_for_review, 0)
}

/// Deepest nesting of parentheses that is followed.
const DEEPEST: usize = 16;

fn any_holds(text: &str, ready: bool, depth: usize) -> bool {
    split(text, "||").into_iter().any(|part| split(part, "&&").into_iter().all(|atom| holds(atom, ready, depth)))
}

fn holds(atom: &str, ready: bool, depth: usize) -> bool {
    let atom = atom.trim();
    if let Some(inner) = atom.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        return depth < DEEPEST && any_holds(inner, ready, depth + 1);
    }
    let plain: String = atom.chars().filter(|it| !it.is_whitespace()).collect::<String>().replace('"', "'");
    let drafts_are_out = ["!github.event.pull_request.draft", "github.event.pull_request.draft==false"];
    let is_about_the_repository = ["github.repository==", "github.repository_owner=="];
    matches!(plain.as_str(), "always()" | "!cancelled()" | "success()" | "true")
        || ["github.event_name=='pull_request'", "github.event_name=='pull_request_target'"].contains(&plain.as_str())
        || is_about_the_repository.iter().any(|it| plain.starts_with(it))
        || ready && drafts_are_out.contains(&plain.as_str())
}

/// Whether a condition lets a job run although one before it failed or was skipped.
pub(super) fn outlives_failures(text: &str) -> bool {
    let plain: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    plain.contains("always()") || plain.contains("!cancelled()")
}

/// The parts between separators that stand outside of parentheses and quotes.
fn split<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut quoted) = (0, 0_usize, false);
    let mut skip_to = 0;
    for (at, symbol) in text.char_indices() {
        match symbol {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_separator = text.get(at..).is_some_and(|it| it.starts_with(separator));
        if at >= skip_to && is_separator && depth == 0 && !quoted {
            parts.extend(text.get(start..at));
            start = at + separator.len();
            skip_to = start;
        }
    }
    parts.extend(text.get(start..));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_plainly_holds_on_every_pull_request_holds() {
        for text in [
            "always()",
            "${{ !cancelled() }}",
            "github.event_name == 'pull_request'",
            "github.event_name == 'push' || github.event_name == \"pull_request\"",
            "(success() && github.repository == 'a/b')",
            "always() || (contains(x, '&&') && y)",
        ] {
            assert!(always_holds(text, false), "{text}");
        }
        for text in [
            "github.event_name == 'push'",
            "github.actor != 'dependabot[bot]'",
            "always() && github.actor != 'x'",
            "contains(github.event.pull_request.labels.*.name, 'always() || x')",
            "!github.event.pull_request.draft",
            "",
            "((((((((((((((((((always()))))))))))))))))))",
        ] {
            assert!(!always_holds(text, false), "{text}");
        }
        assert!(always_holds("github.event.pull_request.draft == false", true));
        assert!(outlives_failures("${{ always() && x }}") && !outlives_failures("success()"));
    }
}
