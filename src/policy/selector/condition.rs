//! One-line conditions: `cel: "…"`.
use crate::model::{Facts, Missing, Span};
use crate::policy::reader::Reader;
#[derive(Debug)]
pub(super) struct Condition {}
impl Condition {
    pub(super) fn new(_: &mut Reader<'_>, _: Span, _: &str) -> Option<Self> {
        None
    }
    pub(super) fn holds(&self, _: &Facts) -> Result<bool, Missing> {
        Ok(false)
    }
    pub(super) fn shown(&self) -> &str {
        ""
    }
}
