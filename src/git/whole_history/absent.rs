//! What the history names and this clone does not have.
//!
//! The packs of a clone only tell what is there. A blob that a filter left at the server, or that was lost, shows in the
//! trees that name it ([`crate::git::objects::TreeLog`]). Trees that no ref reaches may rightly
//! have lost what they name: if anything is absent at all, it is found out which of it a ref reaches.

use std::collections::BTreeSet;

use crate::git::objects::ObjectError;
use crate::model::{Missing, ObjectId};

use super::{MOST_NAMED, WholeHistory};

impl WholeHistory {
    /// What a ref reaches and no store has.
    pub(super) fn absent(&self) -> Vec<Missing> {
        let commits = self.commits();
        let named: BTreeSet<ObjectId> = self.trees().absent().iter().copied().collect();
        let absent: Vec<ObjectError> = commits.absent.iter().map(|id| ObjectError::Absent(*id)).collect();
        let mut missing = self.missing(&commits.errors);
        missing.extend(self.missing(&self.trees().errors));
        missing.extend(self.missing(&absent));
        if named.is_empty() {
            return missing;
        }
        match self.origins_of(&named) {
            Ok(reached) => {
                for (id, origin) in reached.iter().take(MOST_NAMED) {
                    let how = self.objects.missing(&ObjectError::Absent(*id)).how;
                    let what =
                        format!("`{}` of commit {}: it is not in this clone", origin.path, origin.commit.short());
                    missing.push(Missing::here(what, how));
                }
                if let Some((id, _)) = reached.iter().nth(MOST_NAMED) {
                    let how = self.objects.missing(&ObjectError::Absent(*id)).how;
                    let count = reached.len() - MOST_NAMED;
                    missing.push(Missing::here(format!("{count} more files and folders of the history"), how));
                }
            }
            Err(error) => missing.push(error),
        }
        missing
    }
}
