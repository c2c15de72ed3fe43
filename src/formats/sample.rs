//! Made-up credentials: text with `{class:count}` in the place of random characters.
//!
//! No token that looks real may stand in a repository, not even a false one: it would set off every scanner. So
//! examples are written as a recipe and made when they are needed.
//!
//! | notation | stands for |
//! |---|---|
//! | `{an:36}` | letters and digits |
//! | `{lower:8}`, `{upper:8}` | small letters and digits, capital letters and digits |
//! | `{az:8}`, `{AZ:8}`, `{alpha:8}` | letters: small, capital, both |
//! | `{digit:8}`, `{hex:32}`, `{HEX:32}` | digits |
//! | `{bech32:52}` | base 32 as Bitcoin and age write it, in capital letters |
//! | `{b32:16}`, `{b58:50}`, `{b64:40}`, `{b64url:40}` | base 32, base 58, base 64 and its form for addresses |
//! | `{any:12}` | letters, digits and signs, as in a generated password |
//! | `{name}` | what the caller gives for this name and the text before it: a checksum, a whole credential |
//! | `{{` | a brace |

/// Gives the text for a name, from the name and the text before it.
pub type Named<'a> = dyn Fn(&str, &str) -> Option<String> + 'a;

/// Makes a credential from a recipe: the same for the same recipe.
///
/// # Errors
/// When the recipe has an unknown class or name, or an open brace.
pub fn make(recipe: &str, named: &Named<'_>) -> Result<String, String> {
    let seed = recipe
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325, |seed: u64, byte| (seed ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3));
    let mut random = Random(seed);
    let mut made = String::with_capacity(recipe.len());
    let mut rest = recipe;
    while let Some((before, after)) = rest.split_once('{') {
        made.push_str(before);
        if let Some(after) = after.strip_prefix('{') {
            made.push('{');
            rest = after;
            continue;
        }
        let (part, behind) = after.split_once('}').ok_or_else(|| format!("a brace of `{recipe}` is not closed"))?;
        match part.split_once(':') {
            None => {
                let text = named(part, &made);
                made.push_str(&text.ok_or_else(|| format!("`{{{part}}}` stands for nothing that is known here"))?);
            }
            Some((class, count)) => {
                let count: u16 = count.parse().map_err(|_| format!("`{count}` is no number of characters"))?;
                let alphabet = alphabet(class).ok_or_else(|| format!("`{class}` is no class of characters"))?;
                made.extend((0..count).filter_map(|_| random.of(alphabet)));
            }
        }
        rest = behind;
    }
    made.push_str(rest);
    Ok(made)
}

fn alphabet(class: &str) -> Option<&'static [u8]> {
    const ALL: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+/";
    Some(match class {
        "an" => ALL.get(..62)?,
        "lower" => ALL.get(..36)?,
        "upper" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "az" => ALL.get(..26)?,
        "AZ" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "alpha" => b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "digit" => b"0123456789",
        "hex" => b"0123456789abcdef",
        "HEX" => b"0123456789ABCDEF",
        "b32" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "bech32" => b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
        "b58" => b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
        "b64" => ALL,
        "b64url" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        "any" => b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!@%^*+~?",
        _ => return None,
    })
}

/// SplitMix64: small, and good enough for looks.
struct Random(u64);

impl Random {
    fn of(&mut self, alphabet: &[u8]) -> Option<char> {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        let length = u64::try_from(alphabet.len()).ok()?;
        let at = usize::try_from(mixed.checked_rem(length)?).ok()?;
        alphabet.get(at).copied().map(char::from)
    }
}
