//! The one place that speaks HTTP: one host, one token, one deadline, bounded bodies, all pages.
//!
//! A refusal (403, 404) of something is an answer and becomes a [`Missing`](crate::model::Missing). Everything else that
//! is not a whole, well-formed answer is an error: half a list would look like a whole one.

mod answer;
mod graphql;
mod origin;
mod pages;

use std::thread;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use ureq::Agent;
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig};

use self::answer::Answer;
use self::origin::Origin;
pub(super) use self::pages::Pages;
use super::error::FetchError;
use super::part::Part;
use super::{Options, Token};
use crate::model::Fact;

/// The largest answer that is read, in bytes, after inflating it.
const LARGEST: u64 = 32 << 20;
/// How often one thing is asked before it is given up.
const TRIES: u32 = 5;
/// The first pause before asking again; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(250);
/// How often an answer may send on.
const HOPS: u32 = 5;
/// How long one answer may take, at most.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it may take to reach a host.
const CONNECT: Duration = Duration::from_secs(15);

/// How a forge wants to be asked.
pub(super) struct Manners {
    /// The header that carries the token, and what stands before it there.
    pub(super) auth: (&'static str, &'static str),
    /// The media type that is asked for.
    pub(super) accept: &'static str,
    /// Another header.
    pub(super) extra: Option<(&'static str, &'static str)>,
}

/// Asks one forge.
pub(super) struct Client {
    agent: Agent,
    /// The address of the API, without a slash at its end.
    base: String,
    origin: Origin,
    manners: Manners,
    token: Option<Token>,
    limit: Duration,
    end: Instant,
}

/// What went wrong with one attempt.
enum Trouble {
    /// Asking again may help.
    Passing(String),
    /// It does not.
    Lasting(FetchError),
}

impl Client {
    /// A client for one API. The token goes over TLS only, or to this very machine.
    pub(super) fn new(base: &str, manners: Manners, options: &Options) -> Result<Self, FetchError> {
        let base = base.trim_end_matches('/').to_owned();
        let origin = Origin::of(&base).ok_or_else(|| FetchError::Usage {
            what: format!("`{base}` is no address of an API"),
            help: "write it as `https://HOST/PATH`".to_owned(),
        })?;
        if options.token.is_some() && !origin.is_private() {
            return Err(FetchError::Usage {
                what: format!("`{base}` is not encrypted, and a token must not go there"),
                help: "name the address that begins with `https://`".to_owned(),
            });
        }
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT))
            .user_agent(concat!("gatecheck/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build()
            .new_agent();
        let end = Instant::now() + options.limit;
        Ok(Self { agent, base, origin, manners, token: options.token.clone(), limit: options.limit, end })
    }

    /// Whether there is a token at all.
    pub(super) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// The address of something below the API.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// One thing, or why it may not be read.
    pub(super) fn one<T: DeserializeOwned>(&self, part: &Part, path: &str) -> Result<Fact<T>, FetchError> {
        let url = self.url(path);
        let answer = self.send(&url, None)?;
        match self.refusal(&url, &answer)? {
            Some(told) => Ok(Err(part.refused(&told))),
            None => answer.json(&url).map(Ok),
        }
    }

    /// What a refusal says; nothing when the answer is the thing itself.
    fn refusal(&self, url: &str, answer: &Answer) -> Result<Option<String>, FetchError> {
        let told = answer.message().map(|it| format!(": {}", self.without_token(&it))).unwrap_or_default();
        match answer.status {
            200 => Ok(None),
            401 if self.token.is_some() => Err(FetchError::Token { url: url.to_owned(), told }),
            status @ (401 | 403 | 404 | 405 | 410 | 451) => Ok(Some(format!("{status}{told}"))),
            status => Err(FetchError::Status { url: url.to_owned(), status, told }),
        }
    }

    /// A server may say back what it was told.
    fn without_token(&self, text: &str) -> String {
        match &self.token {
            Some(token) => text.replace(token.secret(), "***"),
            None => text.to_owned(),
        }
    }

    /// Asks until there is an answer that is worth reading.
    fn send(&self, url: &str, body: Option<&[u8]>) -> Result<Answer, FetchError> {
        let mut at = url.to_owned();
        let (mut hops, mut tries) = (0, 0);
        loop {
            let left = self.left(&format!("{url} was not asked yet"))?;
            let passing = match self.once(&at, body, left) {
                Ok(answer) if answer.sends_on() => {
                    hops += 1;
                    at = self.next_hop(&at, &answer, hops)?;
                    continue;
                }
                Ok(answer) if !answer.is_passing() => return Ok(answer),
                Ok(answer) => (answer.pause(), format!("it answered {}", answer.status), answer.limits()),
                Err(Trouble::Lasting(error)) => return Err(error),
                Err(Trouble::Passing(why)) => (None, why, false),
            };
            let (asked_for, why, is_limit) = passing;
            tries += 1;
            // A limit says itself how long it lasts; it ends by the deadline only.
            if TRIES <= tries && !(is_limit && asked_for.is_some()) {
                return Err(FetchError::NoAnswer { url: url.to_owned(), why: format!("{why}, {tries} times") });
            }
            let pause = asked_for.unwrap_or(PAUSE * 2_u32.saturating_pow(tries - 1));
            if self.left(&why)? <= pause {
                let why = match asked_for {
                    Some(pause) => format!("{url}: {why}, and wants to be left alone for {} s", pause.as_secs()),
                    None => format!("{url}: {why}"),
                };
                return Err(FetchError::Deadline { seconds: self.limit.as_secs(), why });
            }
            thread::sleep(pause);
        }
    }

    fn left(&self, what: &str) -> Result<Duration, FetchError> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(FetchError::Deadline { seconds: self.limit.as_secs(), why: what.to_owned() });
        }
        Ok(left)
    }

    fn once(&self, url: &str, body: Option<&[u8]>, left: Duration) -> Result<Answer, Trouble> {
        let mut headers = vec![("accept", self.manners.accept.to_owned())];
        headers.extend(self.manners.extra.map(|(name, value)| (name, value.to_owned())));
        let (name, before) = self.manners.auth;
        headers.extend(self.token.iter().map(|it| (name, format!("{before}{}", it.secret()))));
        let time = Some(left.min(PATIENCE));
        let sent = match body {
            Some(body) => {
                let mut request = self.agent.post(url).config().timeout_global(time).build();
                request = request.content_type("application/json");
                headers.iter().fold(request, |request, (name, value)| request.header(*name, value)).send(body)
            }
            None => {
                let request = self.agent.get(url).config().timeout_global(time).build();
                headers.iter().fold(request, |request, (name, value)| request.header(*name, value)).call()
            }
        };
        let mut response = sent.map_err(|error| self.trouble(url, &error))?;
        let mut answer = Answer::of(response.status().as_u16(), response.headers());
        // One byte more than the limit tells what is too large from what just fits.
        let read = response.body_mut().with_config().limit(LARGEST).read_to_vec();
        answer.body = read.map_err(|error| self.trouble(url, &error))?;
        Ok(answer)
    }

    fn trouble(&self, url: &str, error: &ureq::Error) -> Trouble {
        let url = url.to_owned();
        match error {
            ureq::Error::BodyExceedsLimit(limit) => {
                Trouble::Lasting(FetchError::Shape { url, why: format!("it has more than {limit} bytes") })
            }
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
                Trouble::Lasting(FetchError::NoAnswer { url, why: self.without_token(&error.to_string()) })
            }
            other => Trouble::Passing(self.without_token(&other.to_string())),
        }
    }

    /// Where an answer sends on to, when that is the same host: no other one gets the token, or is believed.
    fn next_hop(&self, from: &str, answer: &Answer, hops: u32) -> Result<String, FetchError> {
        let to = answer.location.clone().unwrap_or_default();
        if HOPS < hops {
            return Err(FetchError::Shape { url: from.to_owned(), why: format!("it sends on more than {HOPS} times") });
        }
        let to = if to.starts_with('/') && !to.starts_with("//") { self.origin.url(&to) } else { to };
        if Origin::of(&to).as_ref() != Some(&self.origin) {
            let to = to.parse::<Uri>().ok().and_then(|it| it.host().map(str::to_owned));
            let to = to.unwrap_or_else(|| "nowhere".to_owned());
            return Err(FetchError::Elsewhere { url: from.to_owned(), to });
        }
        Ok(to)
    }
}
