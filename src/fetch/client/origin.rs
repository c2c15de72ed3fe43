//! Which host an address is on.

use ureq::http::Uri;

/// A scheme, a host and a port.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    /// The origin of an absolute address without a name or a password in it.
    pub(super) fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let usual = match scheme.as_str() {
            "https" => 443,
            "http" => 80,
            _ => return None,
        };
        if uri.authority()?.as_str().contains('@') {
            return None;
        }
        let host = uri.host()?.to_ascii_lowercase();
        Some(Self { scheme, host, port: uri.port_u16().unwrap_or(usual) })
    }

    /// Whether what is sent there is read by nobody on the way.
    pub(super) fn is_private(&self) -> bool {
        let is_here = ["localhost", "127.0.0.1", "[::1]"].contains(&self.host.as_str());
        self.scheme == "https" || is_here
    }

    /// The address of a path there.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}://{}:{}{path}", self.scheme, self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let same = ["https://a.example/x", "https://A.example:443/y?z", "HTTPS://a.example"];
        for url in same {
            assert_eq!(Origin::of(url), Origin::of(same[0]), "{url}");
        }
        for url in
            ["http://a.example/", "https://a.example:8443/", "https://a.example.evil.example/", "https://b.example"]
        {
            assert_ne!(Origin::of(url), Origin::of(same[0]), "{url}");
        }
        for url in
            ["", "/x", "a.example", "ftp://a.example/", "https://user:word@a.example/", "https://a.example@b.example"]
        {
            assert_eq!(Origin::of(url), None, "{url}");
        }
    }

    #[test]
    fn a_token_goes_over_tls_or_stays_here() {
        let private = |url| Origin::of(url).is_some_and(|it| it.is_private());
        assert!(private("https://a.example") && private("http://127.0.0.1:80/x") && private("http://localhost"));
        assert!(!private("http://a.example") && !private("http://localhost.evil.example"));
    }
}
