//! All secrets of one file, whatever it is: text with or without zero bytes, a program, a store of keys.

use std::borrow::Cow;
use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::Params;
use super::files;
use super::hit::{Hit, Kind, Secret};
use super::input::{Input, Within};
use super::squeeze;
use super::tier::Tier;
use super::value;
use crate::model::Span;

/// The secrets of a text, sorted by place, without overlaps; those that are not reported as well.
pub(super) fn of_text(params: &Params, input: &Input<'_>) -> Vec<Hit> {
    let mut hits = params.own.scan(input);
    squeeze::add(&mut hits, squeeze::hits(input, 0..input.text.len(), |input| params.own.scan(input)));
    hits
}

/// The store of keys that a file is as a whole.
pub(super) fn as_store(input: &Input<'_>) -> Option<Hit> {
    let kind = Kind::Placed(files::stores(input.path, input.text)?);
    let secret = Secret(Sha256::digest(input.text).to_vec());
    let is_rehearsal = value::is_rehearsal(input.path.as_str());
    let tier = if is_rehearsal { Tier::Possible } else { Tier::Likely };
    let note = is_rehearsal.then(|| "the file lies among tests or examples".to_owned());
    Some(Hit { span: Span::new(0, 0), kind, tier, note, secret, matched: None })
}

/// Credentials with a form of their own, anywhere in a file that is no text. Zero bytes are left out as well: they stand
/// between the characters of wide strings.
pub(super) fn of_binary(params: &Params, input: &Input<'_>) -> Vec<Hit> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    let dense: Vec<u8> = input.text.iter().copied().filter(|it| *it != 0).collect();
    for text in [Cow::Borrowed(input.text), Cow::Owned(dense)] {
        let input = Input { text: &text, within: Within::Whole, ..*input };
        for hit in params.own.scan_binary(&input) {
            let is_new = seen.insert((hit.kind.name().to_owned(), hit.secret.clone()));
            if is_new && params.own.reports(&input, &hit) {
                found.push(hit);
            }
        }
    }
    found
}
