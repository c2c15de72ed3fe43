//! What tokens of chats say about themselves: the bot, the checksum, the example of a manual.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;

use super::base64::decode;
use super::{Grade, Proof};
use crate::checks::secrets::tier::Tier;

/// Discord: the first part is the number of the bot's account in base 64.
pub(crate) const DISCORD: Proof = Proof {
    grade: |secret, _| discord(secret),
    // The first part, for the account with the largest number of 18 digits.
    sum: Some(|_| BASE64_STANDARD_NO_PAD.encode("9".repeat(18))),
};

/// Telegram: the number of the bot stands before the colon.
pub(crate) const TELEGRAM: Proof = Proof { grade: |secret, _| telegram(secret), sum: None };

/// Slack: the team and the integration stand in the address of a webhook.
pub(crate) const SLACK_WEBHOOK: Proof = Proof { grade: |secret, _| slack_webhook(secret), sum: None };

/// The bot in the examples of Discord's reference.
const DISCORD_EXAMPLE: &[u8] = b"198622483471925248";
/// The bots in the examples of Telegram's manual.
const TELEGRAM_EXAMPLES: &[&str] = &["110201543", "4839574812"];

fn discord(token: &str) -> Grade {
    let account = token.split('.').next().and_then(decode).unwrap_or_default();
    if account == DISCORD_EXAMPLE {
        return example();
    }
    // A number of Discord's has 17 digits or more since 2015.
    if (17..=20).contains(&account.len()) && account.iter().all(u8::is_ascii_digit) {
        return Grade::certain();
    }
    Grade::noted(Tier::Likely, "its first part is no number of an account, so that it may have been altered")
}

fn telegram(token: &str) -> Grade {
    let bot = token.split(':').next().unwrap_or_default();
    if TELEGRAM_EXAMPLES.contains(&bot) {
        return example();
    }
    Grade { tier: Tier::Likely, note: None }
}

fn slack_webhook(address: &str) -> Grade {
    // The address of the manual has zeros for the team and the integration, and one letter for the secret.
    let last = address.rsplit('/').next().unwrap_or_default();
    let is_filled = last.bytes().all(|byte| last.bytes().next() == Some(byte));
    if is_filled || address.contains("/T00000000/") {
        return example();
    }
    Grade { tier: Tier::Likely, note: None }
}

fn example() -> Grade {
    Grade::noted(Tier::Possible, "it is an example of the provider's documentation")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_of_discord_has_a_number() {
        // "123456789012345678" by a base 64 encoder outside of this program.
        assert_eq!(discord("MTIzNDU2Nzg5MDEyMzQ1Njc4.x.y"), Grade::certain());
        // Four digits, letters, no base 64.
        for other in ["MTIzNA.x.y", "YWJjZGVmZ2hpamtsbW5vcHFy.x.y", "é.x.y", ""] {
            assert_eq!(discord(other).tier, Tier::Likely, "{other}");
        }
        assert_eq!(discord("MTk4NjIyNDgzNDcxOTI1MjQ4.x.y").tier, Tier::Possible);
    }

    #[test]
    fn examples_of_manuals_are_only_possible() {
        assert_eq!(telegram("110201543:x").tier, Tier::Possible);
        assert_eq!(telegram("1102015431:x").tier, Tier::Likely);
        let webhook = |rest: &str| slack_webhook(&format!("https://hooks.example.com/services/{rest}")).tier;
        assert_eq!(webhook("T00000000/B00000000/abcdef"), Tier::Possible);
        assert_eq!(webhook("T0123ABCD/B0123ABCD/XXXXXX"), Tier::Possible);
        assert_eq!(webhook("T0123ABCD/B0123ABCD/abcdef"), Tier::Likely);
    }
}
