//! People as texts name them: `Name <address>`, and what an address tells about an account.
//!
//! Whoever writes a commit chooses its names and addresses. What is read here is a claim.

/// A name and an address.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Person<'a> {
    /// The name; may be empty.
    pub name: &'a str,
    /// The address.
    pub email: &'a str,
}

/// Reads `Name <address>`.
#[must_use]
pub fn parse(text: &str) -> Option<Person<'_>> {
    let (name, rest) = text.rsplit_once('<')?;
    let (email, _) = rest.split_once('>')?;
    let email = email.trim();
    (!email.is_empty()).then_some(Person { name: name.trim(), email })
}

/// Whether this has the form of an e-mail address, as far as owners and trailers need it.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty() && part.chars().all(|it| it.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(it))
    };
    text.split_once('@').is_some_and(|(local, domain)| is_plain(local) && is_plain(domain) && domain.contains('.'))
}

/// The login in an address that a forge gives to those who keep theirs to themselves.
#[must_use]
pub fn login_of(email: &str) -> Option<&str> {
    let (local, domain) = email.split_once('@')?;
    let number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let login = if domain.eq_ignore_ascii_case("users.noreply.github.com") {
        local.split_once('+').filter(|(id, _)| number(id)).map_or(local, |(_, login)| login)
    } else if domain.eq_ignore_ascii_case("users.noreply.gitlab.com") {
        local.split_once('-').filter(|(id, _)| number(id))?.1
    } else {
        return None;
    };
    (!login.is_empty()).then_some(login)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_be_absent_and_an_address_may_not() {
        assert_eq!(parse("Ana <b> <ana@example.com>"), Some(Person { name: "Ana <b>", email: "ana@example.com" }));
        assert_eq!(parse("< ana@example.com >"), Some(Person { name: "", email: "ana@example.com" }));
        for text in ["Ana", "Ana <>", "Ana <a@b", "ana@example.com"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_has_a_name_and_a_domain() {
        assert!(is_address("ana.b+c@example.com"));
        for text in ["", "@ana", "ana", "ana@", "ana@host", "a b@example.com", "a@b@example.com", "#@example.com "] {
            assert!(!is_address(text), "{text}");
        }
    }

    #[test]
    fn the_addresses_that_forges_give_name_their_account() {
        assert_eq!(login_of("12345+ana@users.noreply.github.com"), Some("ana"));
        assert_eq!(login_of("ana@users.noreply.github.com"), Some("ana"));
        assert_eq!(login_of("49699333+dependabot[bot]@users.noreply.github.com"), Some("dependabot[bot]"));
        assert_eq!(login_of("7-ana-b@users.noreply.gitlab.com"), Some("ana-b"));
        for email in ["ana@example.com", "@users.noreply.github.com", "ana@users.noreply.github.com.evil", "ana"] {
            assert_eq!(login_of(email), None, "{email}");
        }
    }
}
