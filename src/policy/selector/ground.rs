//! Where the paths of a condition begin.

use crate::model::RepoPath;
use crate::policy::moved::Moved;

/// The folder from which a condition reads paths, and what the change moves out of its reach.
#[derive(Clone, Debug, Default)]
pub(super) struct Ground {
    /// The folder whose policy wrote the condition, whichever folder inherits it.
    pub(super) base: RepoPath,
    /// Folders to which the rule follows a folder: a path in one of them also counts as what it was.
    pub(super) moved: Vec<Moved>,
}

impl Ground {
    /// A path as the policy writes it, and as it would have written it before the change moved its folder.
    pub(super) fn readings(&self, path: &RepoPath) -> impl Iterator<Item = RepoPath> {
        let before = self.moved.iter().filter_map(|(to, from)| path.rebased(to, from));
        let root = RepoPath::root();
        let written =
            std::iter::once(path.clone()).chain(before).filter_map(move |path| path.rebased(&self.base, &root));
        written.filter(|path| !path.is_root())
    }
}
