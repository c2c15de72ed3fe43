//! The kinds of findings: the whole catalogue, and what is told by its place.

use super::{catalogue, placed};
use crate::checks::Hazard;

const HAZARD_COUNT: usize = hazard_count();

/// Every kind, in the order of the catalogue.
pub(super) static HAZARDS: [Hazard; HAZARD_COUNT] = hazards();

const fn hazard_count() -> usize {
    let mut count = placed::ALL.len();
    let mut file = 0;
    while file < catalogue::PROVIDERS.len() {
        let providers = catalogue::PROVIDERS[file];
        let mut at = 0;
        while at < providers.len() {
            count += providers[at].credentials.len();
            at += 1;
        }
        file += 1;
    }
    count
}

const fn hazards() -> [Hazard; HAZARD_COUNT] {
    let mut all = [Hazard { id: "", title: "" }; HAZARD_COUNT];
    let mut count = 0;
    let mut file = 0;
    while file < catalogue::PROVIDERS.len() {
        let providers = catalogue::PROVIDERS[file];
        let mut at = 0;
        while at < providers.len() {
            let credentials = providers[at].credentials;
            let mut number = 0;
            while number < credentials.len() {
                all[count] = Hazard { id: credentials[number].id, title: credentials[number].title };
                count += 1;
                number += 1;
            }
            at += 1;
        }
        file += 1;
    }
    let mut at = 0;
    while at < placed::ALL.len() {
        all[count] = Hazard { id: placed::ALL[at].id, title: placed::ALL[at].title };
        count += 1;
        at += 1;
    }
    all
}
