//! Everybody who has to do with a pull request, put together from all that a forge tells.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{AccountType, Permission, Person};

/// Accounts by their login in lower case.
#[derive(Default)]
pub(super) struct Crowd(BTreeMap<String, Known>);

#[derive(Default)]
struct Known {
    login: String,
    account_type: Option<AccountType>,
    permission: Option<Permission>,
    emails: BTreeSet<String>,
}

impl Crowd {
    /// Somebody is there; what is not told now may be told later.
    pub(super) fn meet(&mut self, login: &str, account_type: Option<AccountType>) {
        let known = self.0.entry(login.to_lowercase()).or_default();
        if known.login.is_empty() {
            login.clone_into(&mut known.login);
        }
        known.account_type = known.account_type.or(account_type);
    }

    /// The forge holds this address to be theirs.
    pub(super) fn writes_from(&mut self, login: &str, email: &str) {
        self.meet(login, None);
        if let Some(known) = self.0.get_mut(&login.to_lowercase()).filter(|_| !email.is_empty()) {
            known.emails.insert(email.to_owned());
        }
    }

    /// What they may do.
    pub(super) fn may(&mut self, login: &str, permission: Permission) {
        self.meet(login, None);
        if let Some(known) = self.0.get_mut(&login.to_lowercase()) {
            known.permission = Some(permission);
        }
    }

    /// The logins of those of whom nobody told what they may do.
    pub(super) fn unasked(&self) -> Vec<String> {
        self.0.values().filter(|it| it.permission.is_none()).map(|it| it.login.clone()).collect()
    }

    /// Everybody, by login.
    pub(super) fn people(self) -> Arc<[Person]> {
        let person = |it: Known| Person {
            login: it.login,
            account_type: it.account_type,
            permission: it.permission,
            emails: it.emails.into_iter().collect(),
        };
        self.0.into_values().map(person).collect()
    }
}
