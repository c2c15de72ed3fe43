//! One answer: what its status and headers mean.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::http::HeaderMap;

use crate::fetch::error::FetchError;

/// The most of a server's sentence that is told, in characters.
const TOLD: usize = 160;

/// An answer.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// Where it sends on to.
    pub(super) location: Option<String>,
    /// The address of the next page.
    pub(super) next: Option<String>,
    /// The number of the next page, as GitLab tells it; nothing where it does not.
    pub(super) next_page: Option<u64>,
    /// How many there are on all pages.
    pub(super) total: Option<usize>,
    retry_after: Option<u64>,
    /// When the limit ends, in seconds since 1970; only where nothing is left of it.
    reset: Option<u64>,
}

impl Answer {
    pub(super) fn of(status: u16, headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
        let number = |name: &str| text(name).and_then(|it| it.trim().parse::<u64>().ok());
        let is_used_up = ["x-ratelimit-remaining", "ratelimit-remaining"].iter().any(|name| number(name) == Some(0));
        let reset = ["x-ratelimit-reset", "ratelimit-reset"].iter().find_map(|name| number(name));
        let total = ["x-total", "x-total-count"].iter().find_map(|name| number(name));
        Self {
            status,
            body: Vec::new(),
            location: text("location").map(str::to_owned),
            next: headers.get_all("link").iter().filter_map(|it| it.to_str().ok()).find_map(next_of),
            next_page: number("x-next-page"),
            total: total.and_then(|it| usize::try_from(it).ok()),
            retry_after: number("retry-after"),
            reset: reset.filter(|_| is_used_up),
        }
    }

    pub(super) fn sends_on(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }

    /// Whether the forge wants us to slow down.
    pub(super) fn limits(&self) -> bool {
        let says_so = || self.message().is_some_and(|it| it.to_ascii_lowercase().contains("rate limit"));
        let is_limited = self.retry_after.is_some() || self.reset.is_some() || says_so();
        self.status == 429 || self.status == 403 && is_limited
    }

    /// Whether the same question may have another answer soon.
    pub(super) fn is_passing(&self) -> bool {
        self.limits() || matches!(self.status, 408 | 500 | 502 | 503 | 504)
    }

    /// How long to wait, where the forge says so.
    pub(super) fn pause(&self) -> Option<Duration> {
        let until = |reset: u64| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs());
            Duration::from_secs(reset.saturating_sub(now) + 1)
        };
        self.retry_after.map(Duration::from_secs).or_else(|| self.reset.map(until))
    }

    /// The body as it is documented.
    pub(super) fn json<T: DeserializeOwned>(&self, url: &str) -> Result<T, FetchError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            // What the parser says may quote a value; where it stands is enough.
            let (line, column) = (error.line(), error.column());
            let kind = if error.is_data() { "a field is absent or has another type" } else { "it is no whole JSON" };
            FetchError::Shape { url: url.to_owned(), why: format!("{kind}, at {line}:{column}") }
        })
    }

    /// What a refusal says in its own words, shortened.
    pub(super) fn message(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Words {
            message: Option<String>,
            error: Option<String>,
        }
        if self.status == 200 {
            return None;
        }
        let words: Words = serde_json::from_slice(&self.body).ok()?;
        words.message.or(words.error).map(|it| it.chars().take(TOLD).collect())
    }
}

/// The address of `rel="next"` in a `Link` header (RFC 8288).
fn next_of(header: &str) -> Option<String> {
    header.split(',').find_map(|link| {
        let (address, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = parameters.split(';').any(|it| {
            let (name, value) = it.trim().split_once('=').unwrap_or_default();
            name.eq_ignore_ascii_case("rel") && value.trim_matches('"').split(' ').any(|it| it == "next")
        });
        is_next.then(|| address.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_links() {
        let header = "<https://a.example/x?page=1>; rel=\"prev\", <https://a.example/x?page=3>; rel=\"next\"";
        assert_eq!(next_of(header).as_deref(), Some("https://a.example/x?page=3"));
        assert_eq!(next_of("<https://a.example/x?page=9>; rel=\"last\""), None);
        assert_eq!(next_of("<https://a.example/next>; rel=prev; title=\"next\""), None);
        for broken in ["", "<", "x; rel=next", "<y; rel=\"next\""] {
            assert_eq!(next_of(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_forbidden_thing_is_not_a_limit() {
        let answer = |status, body: &str| Answer { status, body: body.as_bytes().to_vec(), ..Answer::default() };
        assert!(!answer(403, "{\"message\": \"Resource not accessible by integration\"}").limits());
        assert!(answer(403, "{\"message\": \"You have exceeded a secondary rate limit\"}").limits());
        assert!(Answer { reset: Some(1), ..answer(403, "{}") }.limits());
        assert!(answer(429, "").limits() && !answer(404, "{\"message\": \"rate limit\"}").limits());
    }
}
