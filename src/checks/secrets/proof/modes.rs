//! Credentials that say whether they reach real money and real data.

use super::{Grade, Proof};
use crate::checks::secrets::tier::Tier;

/// Names its mode in its first characters: `sk_live_…`, `access-sandbox-…`, `SB-Mid-server-…`.
pub(crate) const LIVE_OR_TEST: Proof = Proof { grade: |secret, _| live_or_test(secret), sum: None };

/// `EasyPost`: the third letter is the mode.
pub(crate) const EASYPOST: Proof = Proof {
    grade: |secret, _| if secret.starts_with("EZTK") { test() } else { Grade { tier: Tier::Likely, note: None } },
    sum: None,
};

/// Words for a mode in which nothing is real.
const TEST_WORDS: &[&str] = &["test", "sandbox", "sbox", "sdbx", "sb", "development", "testsk"];
/// How many parts of a credential may name its mode: what comes later is random.
const NAMED_PARTS: usize = 4;

fn live_or_test(secret: &str) -> Grade {
    let parts = secret.split(['_', '-', '$', '.']).take(NAMED_PARTS);
    let is_test = parts.map(str::to_ascii_lowercase).any(|part| TEST_WORDS.contains(&part.as_str()));
    if is_test { test() } else { Grade { tier: Tier::Likely, note: None } }
}

fn test() -> Grade {
    Grade::noted(Tier::Possible, "it is one of the test mode, which reaches neither real money nor real data")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_mode_is_named_at_the_beginning() {
        for test in [
            "sk_test_x",
            "rk_test_x",
            "access-sandbox-x",
            "access_token$sandbox$x",
            "FLWSECK_TEST-x",
            "SB-Mid-server-x",
            "sandbox-sq0csb-x",
            "pdl_sdbx_apikey_x",
            "api_sandbox.x.x",
            "xnd_development_x",
            "secret-test-x",
        ] {
            assert_eq!(live_or_test(test).tier, Tier::Possible, "{test}");
        }
        for live in ["sk_live_x", "sk_live_latest", "access-production-x", "Mid-server-x", "sk_live_a_b_test", ""] {
            assert_eq!(live_or_test(live).tier, Tier::Likely, "{live}");
        }
    }

    #[test]
    fn easypost_has_two_prefixes() {
        assert_eq!((EASYPOST.grade)("EZTKabc", crate::model::Timestamp(0)).tier, Tier::Possible);
        assert_eq!((EASYPOST.grade)("EZAKabc", crate::model::Timestamp(0)).tier, Tier::Likely);
    }
}
