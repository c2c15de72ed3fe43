//! Everything that is wrong with a policy, each with the user's own lines.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::document::{Document, Fault};
use super::window::Window;
use crate::formats::visible::visible;
use crate::model::{Label, Span};

/// How many errors are shown; a file that is no policy at all could have thousands.
const SHOWN: usize = 50;

/// Everything that is wrong with a policy, in the order of its lines.
#[derive(Debug, thiserror::Error)]
#[error("the policy has {}", counted(.errors.len()))]
pub struct PolicyErrors {
    errors: Vec<PolicyError>,
    unread: bool,
}

/// One thing that is wrong with a policy.
#[derive(Debug, thiserror::Error)]
#[error("{}", visible(message))]
pub struct PolicyError {
    /// What is wrong: one sentence without a full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Where; the first one is the fault itself, the others explain it.
    pub labels: Vec<Label>,
    window: Option<Window>,
}

impl PolicyErrors {
    /// Errors from faults, sorted; nothing when there are none.
    pub(super) fn of(mut faults: Vec<Fault>) -> Option<Self> {
        if faults.is_empty() {
            return None;
        }
        // A stable sort: faults of the same place stay in the order in which they were found.
        faults.sort_by_key(|fault| fault.marks.first().map(|(mark, _)| (mark.document.id(), mark.span.start)));
        let mut errors: Vec<PolicyError> = Vec::new();
        for fault in &faults {
            let error = PolicyError::of(fault);
            let is_known = |it: &PolicyError| it.message == error.message && it.labels == error.labels;
            if !errors.iter().any(is_known) {
                errors.push(error);
            }
            if errors.len() == SHOWN {
                break;
            }
        }
        Some(Self { errors, unread: faults.iter().any(|fault| fault.unread) })
    }

    /// The errors, in the order of their places.
    #[must_use]
    pub fn errors(&self) -> &[PolicyError] {
        &self.errors
    }

    /// Whether a part of the policy could not be read: then the repository is to blame, and not only its policy.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        self.unread
    }

    /// All errors as text for a terminal of this width; `theme` decides about colours and lines.
    #[must_use]
    pub fn render(&self, width: usize, theme: GraphicalTheme) -> String {
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(width)
            .with_context_lines(1)
            .with_links(false)
            .without_cause_chain();
        let mut text = String::new();
        for error in &self.errors {
            // Writing to a string cannot fail; a snippet that cannot be drawn leaves the sentence.
            if handler.render_report(&mut text, error).is_err() {
                text.push_str(&visible(&error.message));
            }
            text.push('\n');
        }
        text
    }
}

impl PolicyError {
    fn of(fault: &Fault) -> Self {
        let labels = fault.marks.iter().map(|(mark, text)| mark.document.label(mark.span, text.as_str())).collect();
        let mut documents: Vec<&Document> = Vec::new();
        for (mark, _) in &fault.marks {
            if !documents.iter().any(|it| std::ptr::eq(*it, mark.document.as_ref())) {
                documents.push(&mark.document);
            }
        }
        let mut window = Window::default();
        for document in &documents {
            let here = fault.marks.iter().filter(|(mark, _)| std::ptr::eq(mark.document.as_ref(), *document));
            let labels: Vec<(Span, String)> = here.map(|(mark, text)| (mark.span, text.clone())).collect();
            window.add(&visible(&document.to_string()), &document.text, &labels);
        }
        let window = (!documents.is_empty()).then_some(window);
        Self { message: fault.message.clone(), help: fault.help.clone(), labels, window }
    }
}

impl Diagnostic for PolicyError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(visible(help)) as Box<dyn fmt::Display + 'a>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.window.as_ref().map(|window| window as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.window.as_ref().map(|window| Box::new(window.labels()) as Box<dyn Iterator<Item = LabeledSpan> + '_>)
    }
}

impl Diagnostic for PolicyErrors {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.errors.iter().map(|it| it as &dyn Diagnostic)))
    }
}

fn counted(count: usize) -> String {
    match count {
        1 => "1 error".to_owned(),
        SHOWN => format!("{SHOWN} errors or more"),
        _ => format!("{count} errors"),
    }
}
