//! Loads policies with what they inherit from other repositories.
//!
//! The network is asked only for what a trusted policy names and the cache lacks. A policy that is merely
//! proposed gets no address of its own asked: whoever proposes a change must not choose where this machine
//! connects to with its user's credentials.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::error::{CliError, from_policy};
use crate::gather::Environment;
use crate::git::fetch::Fetcher;
use crate::model::{Fact, Missing, Tree};
use crate::policy::{self, GitSource, Policy, PolicyErrors, Sources};

/// Loads policies, and remembers which addresses a trusted one named.
pub(super) struct Loader {
    fetcher: Fetcher,
    trusted: RefCell<BTreeSet<String>>,
}

/// Why a proposed policy is not known.
pub(super) enum Refused {
    /// It is wrong.
    Wrong(PolicyErrors),
    /// What it inherits could not be had, or was not asked for.
    Unseen(PolicyErrors),
}

impl Loader {
    /// A loader that starts no program from `places`, where whoever is judged may have put files.
    pub(super) fn new(environment: &Environment, places: Vec<PathBuf>) -> Self {
        let fetcher = Fetcher { places, ..environment.fetcher() };
        Self { fetcher, trusted: RefCell::default() }
    }

    /// Loads a policy that may choose what is fetched.
    pub(super) fn load(&self, sources: Sources<'_>) -> Result<Policy, CliError> {
        self.trusting(sources, policy::load)
    }

    /// The text of the lock file for such a policy.
    pub(super) fn lock(&self, sources: Sources<'_>) -> Result<String, CliError> {
        self.trusting(sources, policy::lock)
    }

    /// Loads a policy that a change proposes.
    pub(super) fn propose(&self, sources: Sources<'_>) -> Result<Policy, Refused> {
        let unseen = Cell::new(false);
        let fetch = |source: &GitSource| -> Fact<Arc<dyn Tree>> {
            let found = if self.trusted.borrow().contains(&source.url) {
                self.fetcher.tree(&source.url, &source.rev)
            } else {
                self.fetcher.cached(&source.url, &source.rev)
            };
            found.map_err(|error| {
                unseen.set(unseen.get() || !error.is_usage());
                error.missing()
            })
        };
        let sources = Sources { fetch: Box::new(fetch), ..sources };
        let loaded = policy::load(&sources);
        drop(sources);
        loaded.map_err(|errors| if unseen.get() { Refused::Unseen(errors) } else { Refused::Wrong(errors) })
    }

    fn trusting<T>(
        &self,
        sources: Sources<'_>,
        read: impl Fn(&Sources<'_>) -> Result<T, PolicyErrors>,
    ) -> Result<T, CliError> {
        let is_world = Cell::new(false);
        let fetch = |source: &GitSource| -> Result<Arc<dyn Tree>, Missing> {
            self.trusted.borrow_mut().insert(source.url.clone());
            self.fetcher.tree(&source.url, &source.rev).map_err(|error| {
                is_world.set(is_world.get() || !error.is_usage());
                error.missing()
            })
        };
        let sources = Sources { fetch: Box::new(fetch), ..sources };
        let loaded = read(&sources);
        drop(sources);
        // What is missing from a policy because its source could not be had is no mistake of the policy.
        loaded.map_err(|errors| if is_world.get() { from_policy(&errors).of_the_world() } else { from_policy(&errors) })
    }
}
