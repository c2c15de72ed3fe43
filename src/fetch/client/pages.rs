//! Lists: every page of them, or an error.

use serde::de::DeserializeOwned;

use super::answer::Answer;
use super::{Client, Origin};
use crate::fetch::error::FetchError;
use crate::fetch::part::Part;
use crate::model::Fact;

/// The most pages of one list. The largest list that a person reviews has some hundreds of entries.
const MOST: usize = 500;

/// The pages of a list.
pub(in crate::fetch) struct Pages<P> {
    pub(in crate::fetch) pages: Vec<P>,
    /// How many entries the forge said that there are, on the first page.
    total: Option<usize>,
    url: String,
}

impl<P> Pages<P> {
    /// How many entries there are, where the forge says so.
    pub(in crate::fetch) fn total(&self) -> Option<usize> {
        self.total
    }

    /// An error when fewer entries came than there are.
    pub(in crate::fetch) fn all(self, have: usize, told: Option<usize>) -> Result<Vec<P>, FetchError> {
        match told.or(self.total).filter(|total| have < *total) {
            Some(total) => {
                Err(FetchError::Incomplete { url: self.url, why: format!("{have} of {total} entries came") })
            }
            None => Ok(self.pages),
        }
    }
}

impl Client {
    /// A whole list, or why it may not be read.
    pub(in crate::fetch) fn list<T: DeserializeOwned>(
        &self,
        part: &Part,
        path: &str,
    ) -> Result<Fact<Vec<T>>, FetchError> {
        let pages = match self.pages(part, path, |_: &Vec<T>| false)? {
            Ok(pages) => pages,
            Err(missing) => return Ok(Err(missing)),
        };
        let have = pages.pages.iter().map(Vec::len).sum();
        Ok(Ok(pages.all(have, None)?.into_iter().flatten().collect()))
    }

    /// Page by page, until there are no more or `is_enough` says so.
    pub(in crate::fetch) fn pages<P: DeserializeOwned>(
        &self,
        part: &Part,
        path: &str,
        is_enough: impl Fn(&P) -> bool,
    ) -> Result<Fact<Pages<P>>, FetchError> {
        let first = self.url(path);
        let mut found = Pages { pages: Vec::new(), total: None, url: first.clone() };
        let mut url = first.clone();
        let mut seen = vec![first.clone()];
        loop {
            let answer = self.send(&url, None)?;
            if let Some(told) = self.refusal(&url, &answer)? {
                if found.pages.is_empty() {
                    return Ok(Err(part.refused(&told)));
                }
                let why = format!("page {} answered {told}", found.pages.len() + 1);
                return Err(FetchError::Incomplete { url: first, why });
            }
            let page: P = answer.json(&url)?;
            if found.pages.is_empty() {
                found.total = answer.total;
            }
            let is_done = is_enough(&page);
            found.pages.push(page);
            if is_done {
                // The reader stopped before the end: fewer than all are enough.
                return Ok(Ok(Pages { total: None, ..found }));
            }
            let Some(next) = self.next_page(&first, &url, &answer)? else { return Ok(Ok(found)) };
            if seen.contains(&next) || MOST <= seen.len() {
                let why = format!("its pages do not end, after {} of them", seen.len());
                return Err(FetchError::Incomplete { url: first, why });
            }
            seen.push(next.clone());
            url = next;
        }
    }

    fn next_page(&self, first: &str, url: &str, answer: &Answer) -> Result<Option<String>, FetchError> {
        if let Some(next) = &answer.next {
            if Origin::of(next).as_ref() != Some(&self.origin) {
                let to = Origin::of(next).map_or_else(|| "nowhere".to_owned(), |it| it.url(""));
                return Err(FetchError::Elsewhere { url: url.to_owned(), to });
            }
            return Ok(Some(next.clone()));
        }
        let Some(number) = answer.next_page else { return Ok(None) };
        let sign = if first.contains('?') { '&' } else { '?' };
        Ok(Some(format!("{first}{sign}page={number}")))
    }
}
