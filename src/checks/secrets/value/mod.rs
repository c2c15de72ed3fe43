//! Judges whether a literal beside a name is a secret in use: literal or reference, placeholder, words or randomness.
//!
//! A reference, a placeholder, a text of several words and whatever stands beside a name that speaks of something else is
//! nothing. Of the rest, with a strong name or in a place that only a credential has (an address, a header, a
//! statement, a connection string, a command):
//!
//! | looks | settings, shells, markup, data | code | documents, comments |
//! |---|---|---|---|
//! | generated | likely | likely | likely |
//! | chosen: letters with digits or signs | likely; possible for keys and tokens | likely from 8 characters | possible |
//! | one word | possible, passwords only | possible, passwords only | – |
//! | a password that everybody knows | possible where a service is set up, or with digits or signs | possible with digits or signs | – |
//!
//! With a weak name only what looks generated counts: likely for a long token, else possible. Tests, examples and names
//! such as `dummy_password` take a tier from all that does not look generated, and so do comments and comparisons; a password
//! that a person made up stays possible, unless its name says that it is for show. In texts for
//! people and in files that tools write only what looks generated counts, beside a strong name.
//!
//! A literal that has the form of a provider's credential near a word for the provider is that credential.

mod against;
mod area;
mod keyed;
mod letters;
mod name;
mod placeholder;
mod reference;
mod shape;
mod words;

use memchr::memmem;

use self::area::Area;
use self::letters::Look;
use self::name::{Named, Strength};
use self::placeholder::Meant;
use super::hit::{Kind, Placed};
use super::input::Input;
use super::pair::{Binding, Pair, Syntax};
use super::placed;
use super::tier::Tier;

/// What a literal is, and how sure that is.
pub(super) struct Judgement {
    pub(super) kind: Kind,
    pub(super) tier: Tier,
    /// What was seen: a clause such as `it looks like an example`.
    pub(super) note: Option<String>,
}

/// The longest line whose start is looked at, in bytes.
const LINE: usize = 512;
/// The longest literal that is judged, in bytes.
const LONGEST: usize = 4096;
/// The shortest password, in characters.
const SHORTEST: usize = 4;
/// The shortest password that is believed in source code.
const SHORTEST_IN_CODE: usize = 8;
/// The shortest of the passwords that everybody knows that is believed outside of settings.
const KNOWN_IN_CODE: usize = 6;
/// The shortest token whose name is weak, in characters.
const SHORTEST_TOKEN: usize = 20;
/// The shortest credential that the word for a provider tells, in characters.
const SHORTEST_KEYED: usize = 12;
/// Half bits of surplus that make a text random beyond doubt.
const BEYOND_DOUBT: i32 = 40;

/// What is known of a literal before it is judged.
struct Seen {
    named: Named,
    look: Look,
    meant: Meant,
    area: Area,
    /// It stands among examples, or is compared with.
    is_example: bool,
    scene: Scene,
}

/// What stands around a literal, where that grades it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scene {
    /// A comment: what is shown there was often typed for it.
    Comment,
    /// What a service for continuous integration does.
    Pipeline,
    /// The address of a service that can be reached from anywhere.
    Remote,
    Other,
}

/// Whether a text is there for show.
pub(super) fn is_placeholder(text: &str) -> bool {
    placeholder::meant(text) == Meant::Placeholder
}

/// Whether a file stands among tests or examples.
pub(super) fn is_rehearsal(path: &str) -> bool {
    matches!(area::area(path), Area::Tests | Area::Examples)
}

/// How sure it is that an entry of a store of secrets is one, by its name and how it looks.
pub(super) fn entry(key: &str, value: &str) -> Option<Tier> {
    let named = name::judge(key, &[]).map(|it| it.strength);
    let is_password = name::judge(key, &[]).is_some_and(|it| is_password(it.kind));
    match (letters::look(value), named) {
        (_, _) if shape::is_code(value) || reference::is_open(value) => None,
        (Look::Generated, _) | (Look::Chosen, Some(Strength::Strong)) => Some(Tier::Likely),
        (Look::Words, Some(Strength::Strong)) if is_password => Some(Tier::Possible),
        (Look::Chosen, _) if !value.contains(char::is_whitespace) => Some(Tier::Possible),
        (Look::Chosen | Look::Words, _) => None,
    }
}

/// What the literal of a pair is; nothing when it is no secret.
pub(super) fn judge(input: &Input<'_>, pair: &Pair<'_>) -> Option<Judgement> {
    let value = pair.value.trim();
    if LONGEST < value.len() || value.len() < SHORTEST {
        return None;
    }
    if shape::is_password_hash(value) {
        let is_kept = matches!(area::area(input.path.as_str()), Area::Plain | Area::Deployed);
        let kind = Kind::Placed(&placed::PASSWORD_HASH);
        return is_kept.then_some(Judgement { kind, tier: Tier::Possible, note: None });
    }
    let named = named(input, pair)?;
    // Too short for a token, whoever issues it.
    let is_phrase = [placed::PASSPHRASE.id, placed::PASSWORD.id].contains(&named.kind.id);
    if named.strength == Strength::Weak && value.len() < SHORTEST_KEYED && !is_phrase {
        return None;
    }
    if reference::is_reference(pair, value) || is_sealed(input, pair) {
        return None;
    }
    let decoded = shape::text_of_base64(value).or_else(|| shape::joined(value).filter(|_| is_password(named.kind)));
    let text = decoded.as_deref().unwrap_or(value);
    let meant = match placeholder::meant(text) {
        // Digits in a row are a password that many choose.
        Meant::Placeholder if is_password(named.kind) && shape::is_pin(text) => Meant::WellKnown,
        Meant::Placeholder => return None,
        meant => meant,
    };
    let area = area::area(input.path.as_str());
    let is_comment = is_in_comment(input, pair);
    let is_example = matches!(area, Area::Tests | Area::Examples)
        || named.is_sham
        || pair.binding == Binding::Comparison
        || is_comment
        || pair.binding == Binding::Userinfo && shape::is_example_host(host(input, pair));
    let scene = if is_comment { Scene::Comment } else { scene(input, pair) };
    let seen = Seen { named, look: look(pair, text), meant, area, is_example, scene };
    // A form that fits from end to end is no code, whatever signs are in it.
    if (letters::look(value) == Look::Generated || ends_in_digits(value))
        && let Some((kind, tier, note)) = keyed::keyed(input, pair)
    {
        // A word for a provider makes it no less sure, unless the credential itself says why.
        let by_name = if note.is_none() { self::tier(pair, value, &seen) } else { None };
        return Some(Judgement { kind, tier: by_name.map_or(tier, |it| it.max(tier)), note });
    }
    let value = if value.contains(' ') { text } else { value };
    let tier = tier(pair, value, &seen)?;
    let kind = Kind::Placed(seen.named.kind);
    if pair.binding == Binding::Query && is_invitation(input, pair) {
        return None;
    }
    if pair.binding == Binding::Query && is_expired_link(input, pair) {
        let note = Some("the address was signed until a day that is over".to_owned());
        return Some(Judgement { kind, tier: Tier::Possible, note });
    }
    Some(Judgement { kind, tier, note: None })
}

/// Whether a literal that is assigned to a name can be anything, whatever encloses the two. Most are not, and what encloses
/// them needs not be read.
pub(super) fn may_be(key: &str, value: &str) -> bool {
    // The most frequent name of all speaks for tokens only.
    let may_speak = || match key.eq_ignore_ascii_case("key") {
        true => SHORTEST_TOKEN <= value.len() && value.bytes().any(|it| it.is_ascii_digit()),
        false => name::may_speak(key),
    };
    SHORTEST <= value.len() && (may_speak() || shape::is_password_hash(value.trim()))
}

/// Whether a literal ends in so many hexadecimal digits that they were drawn, whatever word stands before them.
fn ends_in_digits(value: &str) -> bool {
    const DRAWN: usize = 32;
    value.bytes().rev().take_while(|it| it.is_ascii_hexdigit() || *it == b'-').count() >= DRAWN
}

/// What the name of a pair, or its place, speaks for.
fn named(input: &Input<'_>, pair: &Pair<'_>) -> Option<Named> {
    let by_name = name::judge(&pair.key, &pair.parents).map(|it| {
        let is_pass = it.strength == Strength::Weak && is_pass(&pair.key) && has_user_before(input, pair);
        if is_pass { Named { strength: Strength::Strong, ..it } } else { it }
    });
    let by_place = |kind: &'static Placed| Some(Named { kind, strength: Strength::Strong, is_sham: false });
    match pair.binding {
        Binding::Userinfo => by_place(&placed::URL_PASSWORD),
        Binding::Basic => by_place(&placed::BASIC),
        Binding::Header if name::split(&pair.key).iter().any(|word| word == "authorization") => {
            by_place(&placed::BEARER)
        }
        Binding::ConnectionString => by_name.map(|it| of_kind(it, &placed::CONNECTION_PASSWORD)),
        Binding::Sql => by_place(&placed::SQL_PASSWORD),
        Binding::Flag if pair.key.len() <= 2 || OPTIONS.contains(&pair.key.as_ref()) => {
            by_place(&placed::FLAG_PASSWORD)
        }
        Binding::Flag => by_name.map(|it| of_kind(it, &placed::FLAG_PASSWORD)),
        Binding::Query => by_name.map(|it| Named { kind: &placed::URL_TOKEN, ..it }),
        Binding::Assignment if pair.parents.first().is_some_and(|it| it == "jwk") => by_place(&placed::PRIVATE_KEY),
        Binding::Assignment | Binding::NameAndValue | Binding::Argument | Binding::Comparison | Binding::Header => {
            by_name
        }
    }
}

/// What stands around a literal outside of comments.
fn scene(input: &Input<'_>, pair: &Pair<'_>) -> Scene {
    let is_web = || pair.key.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("http"));
    if pair.binding == Binding::Userinfo && !is_web() && shape::is_public_host(host(input, pair)) {
        Scene::Remote
    } else if area::is_pipeline(input.path.as_str()) {
        Scene::Pipeline
    } else {
        Scene::Other
    }
}

/// Whether a name is that which a test also has that passes.
fn is_pass(key: &str) -> bool {
    key.trim_start_matches('$').eq_ignore_ascii_case("pass")
}

/// Whether a user is named a little before a literal: `user: "me", pass: "…"`.
fn has_user_before(input: &Input<'_>, pair: &Pair<'_>) -> bool {
    const NEAR: usize = 160;
    let before = input.text.get(pair.span.start.saturating_sub(NEAR)..pair.span.start).unwrap_or_default();
    let Some(user) = [b"user".as_slice(), b"User", b"USER"].iter().find_map(|it| memmem::rfind(before, it)) else {
        return false;
    };
    let rest = before.get(user..).unwrap_or_default();
    let name = rest.iter().take_while(|it| it.is_ascii_alphanumeric() || **it == b'_').count();
    let mut signs = rest.iter().skip(name).filter(|it| !matches!(it, b'"' | b'\'' | b' ' | b'\t' | b']'));
    name <= 16 && matches!(signs.next(), Some(b':' | b'='))
}

/// Options that carry a password and do not say so.
const OPTIONS: &[&str] =
    &["user", "proxy-user", "creds", "src-creds", "dest-creds", "passin", "passout", "storepass", "keypass"];

/// The kind of the place for a password, else the kind that the name tells.
fn of_kind(named: Named, place: &'static Placed) -> Named {
    let is_password = [placed::PASSWORD.id, placed::DATABASE_PASSWORD.id].contains(&named.kind.id);
    Named { kind: if is_password { place } else { named.kind }, ..named }
}

/// How the literal looks, where what it is for is known: few characters at random look chosen.
fn look(pair: &Pair<'_>, value: &str) -> Look {
    let look = letters::look(value);
    let is_drawn = pair.binding != Binding::Basic || value.is_ascii();
    match look {
        Look::Generated if !is_drawn || shape::is_code(value) => Look::Words,
        Look::Chosen if shape::is_name(value) => Look::Words,
        look => look,
    }
}

fn tier(pair: &Pair<'_>, value: &str, seen: &Seen) -> Option<Tier> {
    if value.contains(char::is_whitespace) {
        let is_phrase = seen.named.kind.id == placed::PASSPHRASE.id && seen.look != Look::Generated;
        let in_settings = matches!(pair.syntax, Syntax::Config | Syntax::Shell | Syntax::Data);
        let is_plain = matches!(seen.area, Area::Deployed | Area::Plain) && seen.meant == Meant::Earnest;
        return (is_phrase && in_settings && is_plain && value.len() < 80 && !value.contains('\n'))
            .then_some(Tier::Possible);
    }
    if shape::is_code(value) {
        return None;
    }
    if seen.look == Look::Generated && seen.meant == Meant::Earnest {
        return generated(pair, value, seen);
    }
    if matches!(seen.area, Area::Texts | Area::Written) {
        return None;
    }
    let is_chosen = is_password(seen.named.kind) && seen.look == Look::Chosen;
    if seen.named.strength == Strength::Weak {
        // `pass` alone is what passes as well.
        let is_plain = matches!(seen.area, Area::Plain | Area::Deployed) && !seen.is_example;
        let is_earnest = seen.meant == Meant::Earnest && SHORTEST_IN_CODE <= value.chars().count();
        return (is_chosen && is_plain && is_earnest && is_pass(&pair.key)).then_some(Tier::Possible);
    }
    if seen.scene == Scene::Remote && !seen.is_example {
        return Some(if seen.meant == Meant::Earnest { Tier::Likely } else { Tier::Possible });
    }
    let tier = if seen.meant == Meant::WellKnown { known(pair, value, seen) } else { earnest(pair, value, seen) }?;
    // A pipeline sets up databases that end with it.
    let is_passing = seen.scene == Scene::Pipeline && seen.named.kind.id == placed::DATABASE_PASSWORD.id;
    match tier {
        Tier::Likely if is_passing => Some(Tier::Possible),
        Tier::Likely if seen.is_example => Some(Tier::Possible),
        // What a person made up is shown to auditors among tests and in documents, too.
        Tier::Possible if seen.is_example => {
            let is_elaborate = seen.meant == Meant::WellKnown && seen.area == Area::Tests;
            let is_shown = seen.meant == Meant::Earnest || is_elaborate;
            (is_chosen && is_shown && !seen.named.is_sham).then_some(Tier::Possible)
        }
        tier => Some(tier),
    }
}

/// What looks drawn at random.
fn generated(pair: &Pair<'_>, value: &str, seen: &Seen) -> Option<Tier> {
    let surplus = letters::surplus(value);
    let is_quiet = matches!(seen.area, Area::Texts | Area::Written);
    let is_plain = matches!(seen.area, Area::Plain | Area::Deployed);
    let is_uuid = shape::is_uuid(value);
    match seen.named.strength {
        Strength::Strong if is_quiet => (BEYOND_DOUBT <= surplus).then_some(Tier::Possible),
        Strength::Strong if is_uuid => {
            Some(if is_plain && !seen.named.is_sham { Tier::Likely } else { Tier::Possible })
        }
        Strength::Strong if shape::is_key_id(value) && pair.key.to_ascii_lowercase().contains("signing") => None,
        Strength::Strong
            if pair.syntax == Syntax::Prose
                && seen.scene != Scene::Remote
                && (surplus < BEYOND_DOUBT || seen.area == Area::Examples) =>
        {
            Some(Tier::Possible)
        }
        // What a comment shows was typed for it.
        Strength::Strong if seen.scene == Scene::Comment && surplus < BEYOND_DOUBT => Some(Tier::Possible),
        _ if seen.named.kind.id == placed::PASSWORD_HASH.id => Some(Tier::Possible),
        Strength::Strong => Some(Tier::Likely),
        Strength::Weak if is_quiet || is_uuid || value.len() < SHORTEST_TOKEN => None,
        Strength::Weak if seen.named.kind.id == placed::API_KEY.id => {
            (is_plain && BEYOND_DOUBT <= surplus).then_some(Tier::Possible)
        }
        Strength::Weak
            if is_plain
                && BEYOND_DOUBT <= surplus
                && pair.syntax != Syntax::Prose
                && ([placed::ACCESS_TOKEN.id, placed::URL_TOKEN.id].contains(&seen.named.kind.id)
                    || pair.key.to_ascii_lowercase().ends_with("_auth")) =>
        {
            Some(Tier::Likely)
        }
        Strength::Weak => Some(Tier::Possible),
    }
}

/// A password that everybody knows: it opens a service only where one is set up with it.
fn known(pair: &Pair<'_>, value: &str, seen: &Seen) -> Option<Tier> {
    let is_settings = matches!(pair.syntax, Syntax::Config | Syntax::Shell | Syntax::Data | Syntax::Markup);
    let is_deployed = seen.area == Area::Deployed && is_settings;
    // One with digits or signs was chosen for this place: `admin123`.
    let is_varied = KNOWN_IN_CODE <= value.len()
        && value.bytes().any(|it| it.is_ascii_digit() || matches!(it, b'!' | b'@' | b'#' | b'$' | b'%' | b'&' | b'*'));
    let is_plain = matches!(seen.area, Area::Plain | Area::Deployed) && pair.syntax != Syntax::Prose;
    // One that fits the rules of a service was made for one, in tests as well: `Password123!`.
    let has = |test: fn(&u8) -> bool| value.bytes().any(|it| test(&it));
    let is_elaborate = is_varied
        && matches!(seen.area, Area::Plain | Area::Deployed | Area::Tests)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_punctuation);
    (is_password(seen.named.kind) && (is_deployed || is_plain && is_varied || is_elaborate)).then_some(Tier::Possible)
}

/// What a person may have chosen.
fn earnest(pair: &Pair<'_>, value: &str, seen: &Seen) -> Option<Tier> {
    let is_password = is_password(seen.named.kind);
    // Only a credential has this place.
    let is_placed = matches!(pair.binding, Binding::Userinfo | Binding::ConnectionString | Binding::Sql);
    match (seen.look, pair.syntax) {
        (Look::Words, Syntax::Prose) => None,
        (Look::Words, _) if !is_password => None,
        (Look::Words, Syntax::Code) => {
            let is_number = KNOWN_IN_CODE <= value.len() && shape::is_pin(value);
            (is_placed || is_number || shape::is_word(value)).then_some(Tier::Possible)
        }
        (Look::Words, _) => Some(Tier::Possible),
        (_, Syntax::Prose) => is_password.then_some(Tier::Possible),
        (_, Syntax::Code) if value.chars().count() < SHORTEST_IN_CODE => is_password.then_some(Tier::Possible),
        // Who writes what it is made a text for show, or was lazy: `Keystone_Passw0rd7`.
        _ if is_password && placeholder::says_password(value) => Some(Tier::Possible),
        _ if is_password => Some(Tier::Likely),
        _ => Some(Tier::Possible),
    }
}

/// Whether people choose what a kind stands for; keys and tokens are drawn.
fn is_password(kind: &Placed) -> bool {
    kind.id.contains("pass") && kind.id != placed::PASSWORD_HASH.id || kind.id == placed::BASIC.id
}

/// Whether an address invites everybody to a group.
fn is_invitation(input: &Input<'_>, pair: &Pair<'_>) -> bool {
    let before = input.text.get(pair.span.start.saturating_sub(128)..pair.span.start).unwrap_or_default();
    pair.key.eq_ignore_ascii_case("authkey") && memmem::find(before, b"//qm.qq.com/").is_some()
}

/// Whether an address was signed until a day that is over.
fn is_expired_link(input: &Input<'_>, pair: &Pair<'_>) -> bool {
    let from = pair.span.start.saturating_sub(LINE);
    let before = input.text.get(from..pair.span.start).unwrap_or_default();
    let after = input.text.get(pair.span.end..).unwrap_or_default();
    let is_end = |it: &u8| it.is_ascii_whitespace() || matches!(it, b'"' | b'\'' | b'<' | b'>');
    let before = before.rsplit(is_end).next().unwrap_or_default();
    let after = after.get(..after.len().min(LINE)).unwrap_or_default().split(is_end).next().unwrap_or_default();
    [before, after].iter().any(|part| {
        part.split(|it| matches!(it, b'?' | b'&' | b';')).any(|field| {
            let rest = field.strip_prefix(b"e=").or_else(|| field.strip_prefix(b"expires="));
            let rest = rest.or_else(|| field.strip_prefix(b"Expires=")).filter(|it| it.len() == 10);
            let seconds = rest.and_then(|it| std::str::from_utf8(it).ok()).and_then(|it| it.parse::<i64>().ok());
            seconds.is_some_and(|it| it < input.now.0)
        })
    })
}

/// The host of an address whose password a literal is.
fn host<'a>(input: &Input<'a>, pair: &Pair<'_>) -> &'a str {
    let rest = input.text.get(pair.span.end..).and_then(|rest| rest.strip_prefix(b"@")).unwrap_or_default();
    let end = rest.iter().take(256).position(|it| !it.is_ascii_alphanumeric() && !matches!(it, b'.' | b'-' | b'_'));
    rest.get(..end.unwrap_or(0)).and_then(|host| std::str::from_utf8(host).ok()).unwrap_or_default()
}

/// Whether the line of a literal is a comment of code or settings: what is shown there is seldom in use.
fn is_in_comment(input: &Input<'_>, pair: &Pair<'_>) -> bool {
    let start = pair.span.start.saturating_sub(LINE);
    let before = input.text.get(start..pair.span.start).unwrap_or_default();
    let line = before.rsplit(|it| *it == b'\n').next().unwrap_or_default().trim_ascii_start();
    if line.strip_prefix(b"#").is_some_and(|it| it.trim_ascii_start().starts_with(b"define")) {
        return false;
    }
    matches!(line, [b'#', ..] | [b'/', b'/' | b'*', ..] | [b'*', b' ', ..] | [b'-', b'-', b' ', ..] | [b';', ..])
}

/// Whether the file holds sealed secrets: ciphertexts under the names of what they hide.
fn is_sealed(input: &Input<'_>, pair: &Pair<'_>) -> bool {
    if pair.value.len() < 128 || pair.syntax != Syntax::Config {
        return false;
    }
    let start = pair.span.start.saturating_sub(LONGEST);
    let before = input.text.get(start..pair.span.start).unwrap_or_default();
    [b"encryptedData".as_slice(), b"kind: SealedSecret"]
        .iter()
        .any(|mark| before.windows(mark.len()).any(|it| it == *mark))
}

#[cfg(test)]
pub(super) mod tests;
