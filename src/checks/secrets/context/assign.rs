//! A name, an operator and a literal.

use super::name::{Name, quotes_begin};
use super::operand;
use super::quoted::{Quote, is_quote, quoted};
use super::view::{Literal, View, is_line_end, is_word};
use super::{Found, block, braces, connection, header, login, sql, yaml};
use crate::checks::secrets::pair::{Binding, Syntax, Writing};
use crate::checks::secrets::value;

/// What stands between a name and its literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Operator {
    Equals,
    Colon,
    /// `||`, `??`, `or`: what holds where nothing is set.
    Fallback,
    Compare,
    Comma,
    Call,
    /// `[` or `|` of a table, and blanks where they separate.
    Cell,
    Blank,
}

/// Reads the literal that is assigned to a name.
pub(super) fn read<'a>(view: View<'a>, name: &Name, found: &mut Found<'_, 'a>) {
    let Some((operator, after)) = operator(view, name) else { return };
    if login::two(view, name, after, found) {
        return;
    }
    if operator == Operator::Equals && connection::part(view, name, after, found) {
        return;
    }
    if name.quote.is_some() && !name.is_closed && matches!(operator, Operator::Equals | Operator::Colon) {
        return embedded(view, name, (operator, after), found);
    }
    match operator {
        Operator::Equals | Operator::Colon => assigned(view, name, (operator, after), found),
        Operator::Fallback | Operator::Compare => {
            let binding = if operator == Operator::Compare { Binding::Comparison } else { Binding::Assignment };
            let at = view.blanks(after);
            let literal = if view.syntax == Syntax::Shell { operand::shell_word(view, at) } else { quoted(view, at) };
            if let Some(literal) = literal {
                give(view, name, (literal, binding), found);
            }
        }
        Operator::Comma => second(view, name, after, found),
        Operator::Call => call(view, name, after, found),
        Operator::Cell => {
            let start = view.blanks(after);
            let start = view.skip(start, 2, |it| it == b'`' || it == b'*');
            let end = view.skip(start, 256, |it| it.is_ascii_graphic() && !matches!(it, b'|' | b'`' | b'*'));
            let close = view.blanks(view.skip(end, 2, |it| it == b'`' || it == b'*'));
            if view.at(close) == b'|'
                && let Some(literal) = view.plain(start, end, Writing::Bare)
            {
                found(view.pair(name.key(view), literal, Binding::Assignment));
            }
        }
        Operator::Blank => {
            if !sql::password(view, name, after, found) {
                blank(view, name, after, found);
            }
        }
    }
}

/// The operator behind a name, and where its right side begins.
fn operator(view: View<'_>, name: &Name) -> Option<(Operator, usize)> {
    let mut at = name.next;
    // `config["password"] = …`, `$settings{password} = …`, `getenv("PASSWORD") or …`.
    if name.is_closed || matches!(view.before(name.first(view)), b'{' | b'[' | b'(') {
        at = view.skip(at, 3, |it| matches!(it, b']' | b'}' | b')'));
    }
    if view.syntax == Syntax::Prose {
        at = view.skip(at, 2, |it| matches!(it, b'*' | b'_'));
    }
    let is_closed = at > name.next;
    let blank = at;
    at = view.blanks(at);
    let (next, after) = (view.at(at), view.at(at + 1));
    let is_shell_test = view.syntax == Syntax::Shell && at > blank && !is_makefile(view);
    Some(match (next, after) {
        (b'=', b'>') => (Operator::Equals, at + 2),
        // `Credential::new("…")`, `[NetworkCredential]::new("…", "…")`.
        (b':', b':') if view.has(at, b"::new(") => (Operator::Call, at + 6),
        (b'=', b'~') | (b':', b':') => return None,
        (b'=', b'=') => (Operator::Compare, if view.at(at + 2) == b'=' { at + 3 } else { at + 2 }),
        (b'!', b'=') => (Operator::Compare, if view.at(at + 2) == b'=' { at + 3 } else { at + 2 }),
        (b'=', b' ') if is_shell_test => (Operator::Compare, at + 1),
        (b'=', _) => (Operator::Equals, at + 1),
        (b':' | b'?' | b'+' | b'.', b'=') => (Operator::Equals, at + 2),
        (b':', b'-') if is_default(view, name) => (Operator::Equals, at + 2),
        // What holds where the variable is set, and what is said where it is not.
        (b':', b'+' | b'?') if is_default(view, name) => return None,
        (b':', b'/') if view.at(at + 2) == b'/' => return None,
        (b':', _) if is_closed && view.before(at) == b')' => return None,
        (b':', _) => (Operator::Colon, at + 1),
        (b'|', b'|') | (b'?', b'?') | (b'?', b':') => {
            let end = at + 2;
            if after == b':' && !is_quote(view.at(view.blanks(end))) {
                return Some((Operator::Colon, end));
            }
            (Operator::Fallback, if view.at(end) == b'=' { end + 1 } else { end })
        }
        (b'|', _) if view.syntax == Syntax::Prose => (Operator::Cell, at + 1),
        (b'<', b'-') | (b'-', b'>') => (Operator::Equals, at + 2),
        (b',', _) => (Operator::Comma, at + 1),
        (b'(', _) if at == blank && !is_closed => (Operator::Call, at + 1),
        (b'[', _) if at == blank => return array(view, at),
        (b'{', _) if !is_closed && view.syntax == Syntax::Code => return braces(view, at),
        (b'.', _) if is_closed && view.before(at) == b')' => return typed(view, at),
        (0xEF, 0xBC) if matches!(view.at(at + 2), 0x9A | 0x9D) => (Operator::Colon, at + 3),
        _ if at == blank => return None,
        _ => return worded(view, at, is_closed).or_else(|| (!is_closed).then_some((Operator::Blank, at))),
    })
}

/// Operators and types that are words.
fn worded(view: View<'_>, at: usize, is_closed: bool) -> Option<(Operator, usize)> {
    let words: &[(&[u8], Operator)] = &[
        (b"or ", Operator::Fallback),
        (b"eq ", Operator::Compare),
        (b"ne ", Operator::Compare),
        (b"is ", Operator::Compare),
        (b"-eq ", Operator::Compare),
        (b"-ne ", Operator::Compare),
        (b"-ceq ", Operator::Compare),
    ];
    if is_closed_pair(view, at) {
        return Some((Operator::Equals, at + 3));
    }
    if view.syntax == Syntax::Prose && view.has(at, b"is ") {
        return Some((Operator::Colon, at + 3));
    }
    if !matches!(view.syntax, Syntax::Code | Syntax::Shell) {
        return None;
    }
    if let Some((word, operator)) = words.iter().find(|(word, _)| view.has(at, word)) {
        return Some((*operator, at + word.len()));
    }
    // The type stands behind the name in Go and in Visual Basic.
    const TYPES: &[&[u8]] = &[b"string", b"as string", b"*string", b"[]byte", b"as const string"];
    let longest = TYPES.iter().filter(|it| view.has(at, it)).map(|it| it.len()).max();
    let equals = view.blanks(at + longest.filter(|_| !is_closed)?);
    (view.at(equals) == b'=' && view.at(equals + 1) != b'=').then_some((Operator::Equals, equals + 1))
}

/// `password[] = …`, `password[32] = …`.
fn array(view: View<'_>, at: usize) -> Option<(Operator, usize)> {
    let close = view.skip(at + 1, 32, |it| is_word(it) || it == b' ');
    let equals = view.blanks(close + 1);
    let is_array = view.at(close) == b']' && view.at(equals) == b'=' && view.at(equals + 1) != b'=';
    is_array.then_some((Operator::Equals, equals + 1))
}

/// `"password" to "…"` of Kotlin.
fn is_closed_pair(view: View<'_>, at: usize) -> bool {
    view.has(at, b"to \"") && view.before(view.blanks_back(at)) == b'"' && view.is_a(&["kt", "kts"])
}

/// `password{"…"}`, `password { "…" }`, `Password { get; set; } = "…"`.
fn braces(view: View<'_>, at: usize) -> Option<(Operator, usize)> {
    if quotes_begin(view, view.space(at + 1)) {
        return Some((Operator::Equals, at + 1));
    }
    let close = view.skip(at + 1, 48, |it| is_word(it) || matches!(it, b' ' | b';'));
    let equals = view.blanks(close + 1);
    (view.at(close) == b'}' && view.at(equals) == b'=').then_some((Operator::Equals, equals + 1))
}

/// `get("#password").type("…")`: what a test types into a field.
fn typed(view: View<'_>, at: usize) -> Option<(Operator, usize)> {
    const TYPING: &[&[u8]] =
        &[b".type(", b".fill(", b".send_keys(", b".sendkeys(", b".val(", b".set(", b".setvalue(", b".typetext("];
    TYPING.iter().find(|it| view.has(at, it)).map(|it| (Operator::Call, at + it.len()))
}

/// Whether the name is that of `${NAME:-default}`.
fn is_default(view: View<'_>, name: &Name) -> bool {
    view.before(name.start) == b'{' && view.before(name.start - 1) == b'$'
}

fn is_makefile(view: View<'_>) -> bool {
    view.is_a(&["mk", "mak", "make"]) || view.path.ends_with("akefile")
}

/// `name = literal` and its kin.
fn assigned<'a>(view: View<'a>, name: &Name, (operator, after): (Operator, usize), found: &mut Found<'_, 'a>) {
    if is_default(view, name) {
        let end = view.skip(after, 256, |it| it.is_ascii_graphic() && it != b'}');
        let (start, last) = if is_quote(view.at(after)) && view.at(after) == view.before(end) && after + 1 < end {
            (after + 1, end - 1)
        } else {
            (after, end)
        };
        if view.at(end) == b'}'
            && let Some(literal) = view.plain(start, last, Writing::Bare)
        {
            found(view.pair(name.key(view), literal, Binding::Assignment));
        }
        return;
    }
    let first = name.first(view);
    let before = view.before(view.space_back(first));
    let binding = match (view.syntax, before, operator) {
        (Syntax::Code, b'(', _) | (Syntax::Code, b',', Operator::Equals) => Binding::Argument,
        _ => Binding::Assignment,
    };
    let has_colon = operator == Operator::Colon;
    operand::each(view, (first, after, has_colon), &mut |literal, syntax| {
        if header::is_scheme(&literal.value) {
            return;
        }
        let literal = operand::fallback(view, literal);
        let is_phrase = has_colon && matches!(syntax, Syntax::Config | Syntax::Prose) && !name.is_closed;
        let key = if is_phrase { name.phrase(view) } else { name.key(view) };
        if !value::may_be(&key, &literal.value) {
            return;
        }
        let is_header = has_colon && header::is_name(&key) || header::is_authorization(&key);
        let binding = if is_header { Binding::Header } else { binding };
        let mut pair = view.pair(key, literal, binding);
        pair.syntax = syntax;
        pair.parents = yaml::parents(view, first);
        // Elsewhere only this name needs what encloses it.
        if pair.parents.is_empty() && pair.key.eq_ignore_ascii_case("key") {
            pair.parents.extend(braces::parent(view, first));
        }
        if yaml::is_in_secret(view, &pair) || yaml::is_name_of_secret(view, &pair) {
            return;
        }
        found(header::without_scheme(pair));
    });
}

/// An assignment within a literal: `"PASSWORD=…"`, `"X-Api-Key: …"`.
fn embedded<'a>(view: View<'a>, name: &Name, (operator, after): (Operator, usize), found: &mut Found<'_, 'a>) {
    let Some(quote) = name.quote else { return };
    let start = view.blanks(after);
    if let Some((inner, _)) = Quote::at(view, start)
        && inner != quote
        && let Some(literal) = quoted(view, start)
    {
        return found(view.pair(name.key(view), literal, Binding::Assignment));
    }
    let has_colon = operator == Operator::Colon;
    let end = view.skip(start, 1024, |it| match it {
        b'\n' | b'\r' | b'\\' => false,
        b'&' | b';' => has_colon,
        it => it != quote.byte,
    });
    let end = view.blanks_back(end);
    let key = name.key(view);
    let is_header = has_colon && header::is_name(&key);
    let is_token = view.skip(start, end.saturating_sub(start), |it| it.is_ascii_graphic() || !it.is_ascii()) == end;
    let is_ended = !matches!(view.at(end), b'\n' | b'\r' | 0);
    if !is_ended || has_colon && !is_header && !is_token {
        return;
    }
    let Some(literal) = view.plain(start, end, Writing::Bare).filter(|it| !header::is_scheme(&it.value)) else {
        return;
    };
    let mut pair = view.pair(key, literal, if is_header { Binding::Header } else { Binding::Assignment });
    if pair.syntax == Syntax::Code {
        // Within quotes a bare word is a literal.
        pair.syntax = if has_colon && !is_header { Syntax::Prose } else { Syntax::Shell };
    }
    found(header::without_scheme(pair));
}

/// `set("password", "…")`, `("password", "…")`, `put(:password, "…")`, `strcmp(password, "…")`.
fn second<'a>(view: View<'a>, name: &Name, after: usize, found: &mut Found<'_, 'a>) {
    let first = name.first(view);
    let open = view.space_back(first);
    let before = view.before(open);
    let value = view.space(after);
    let is_filled = view.has(value, b"with: ");
    let Some(literal) = quoted(view, if is_filled { view.space(value + 6) } else { value }) else { return };
    if is_filled {
        return give(view, name, (literal, Binding::Argument), found);
    }
    let behind = view.space(literal.next);
    let called = view.skip_back(open.saturating_sub(1), 48, |it| is_word(it) || it == b'.');
    let called = view.words(called, open.saturating_sub(1)).to_ascii_lowercase();
    if !name.is_closed && view.before(name.start) != b':' {
        let compares = ["cmp", "compare", "equal", "equals", "eq"].iter().any(|it| called.ends_with(it));
        let copies = || ["strcpy", "strncpy", "strlcpy", "strcat"].iter().any(|it| called.ends_with(it));
        if before == b'(' && compares {
            found(view.pair(name.key(view), literal, Binding::Comparison));
        } else if before == b'(' && copies() {
            found(view.pair(name.key(view), literal, Binding::Assignment));
        }
        return;
    }
    let is_last = matches!(view.at(behind), b')' | b']' | b'}');
    let is_list = view.at(behind) == b',' && is_quote(view.at(view.space(behind + 1)));
    // `flag.String("password", "…", "what it is for")`.
    let is_flag = is_list && called.contains("flag") && view.is_a(&["go"]);
    let is_pair = match before {
        b'(' => is_last || is_flag || view.at(behind) == b',' && !called.is_empty() && !is_list,
        b'[' | b'{' => is_last && view.syntax == Syntax::Code,
        b',' if view.at(behind) == b')' => true,
        // `set :password, "…"`: a call without parentheses.
        _ => view.is_a(SPOKEN) && is_line_end(view.at(view.blanks(literal.next))),
    };
    if is_pair {
        give(view, name, (literal, Binding::Argument), found);
    }
}

/// Gives the pair, unless its value begins with a scheme that has a trigger of its own.
fn give<'a>(view: View<'a>, name: &Name, (literal, binding): (Literal<'a>, Binding), found: &mut Found<'_, 'a>) {
    if header::is_scheme(&literal.value) {
        return;
    }
    let key = name.key(view);
    let binding = if header::is_name(&key) { Binding::Header } else { binding };
    found(header::without_scheme(view.pair(key, literal, binding)));
}

/// `setPassword("…")`; names that ask for something are left out.
fn call<'a>(view: View<'a>, name: &Name, after: usize, found: &mut Found<'_, 'a>) {
    let Some(literal) = quoted(view, view.space(after)) else { return };
    if !matches!(view.at(view.space(literal.next)), b')' | b',') {
        return;
    }
    let key = name.key(view);
    let last = key.rsplit('.').next().unwrap_or(&key);
    if view.at(view.space(literal.next)) == b',' && login::is_login(last) {
        return login::second(view, &literal, found);
    }
    if ["equals", "equalsIgnoreCase", "compareTo", "eq"].contains(&last) {
        let end = name.end - last.len() - 1;
        let key = view.words(name.start, end);
        return found(view.pair(key, literal, Binding::Comparison));
    }
    const ASKING: &[&str] =
        &["get", "has", "is", "find", "fetch", "load", "read", "lookup", "require", "ask", "prompt", "check"];
    let lower = last.to_ascii_lowercase();
    if ASKING.iter().any(|it| lower.starts_with(it)) {
        return;
    }
    let is_sql = lower == "password" && view.is_a(&["sql"]);
    found(view.pair(key, literal, if is_sql { Binding::Sql } else { Binding::Argument }));
}

/// Languages in which a name and its value may stand side by side.
const SPOKEN: &[&str] = &["rb", "gradle", "groovy", "ex", "exs", "clj", "cljs", "cljc", "edn", "el", "lisp", "scm"];

/// Whether the name is the second word of a command that sets a variable: `setx NAME …`.
fn is_set(view: View<'_>, before: usize) -> bool {
    let line = view.blanks(view.line_start(before));
    view.has(line, b"setx") && before == line + 4 || view.has(line, b"nmcli ") || view.has(line, b"npm config set ")
}

/// Blanks alone separate the two in some settings, and in a Dockerfile's `ENV NAME value`.
fn blank<'a>(view: View<'a>, name: &Name, after: usize, found: &mut Found<'_, 'a>) {
    let before = view.blanks_back(name.outer);
    let is_first = matches!(view.before(before), b'\n' | b'\r' | 0);
    let settings = view.syntax == Syntax::Config
        && (view.is_a(&["conf", "cnf", "cfg", "properties", "ini", "config", "ks"]) || !view.path.contains('.'));
    let docker = view.has_before(before, b"ENV")
        || view.has_before(before, b"SetEnv")
        || view.has_before(before, b"setenv")
        || view.has_before(before, b"set -x")
        || view.has_before(before, b"set -gx");
    let key = name.key(view);
    if key.eq_ignore_ascii_case("ConvertTo-SecureString") {
        let at = if view.has(after, b"-string ") { view.blanks(after + 8) } else { after };
        let literal = quoted(view, at);
        return literal.into_iter().for_each(|it| found(view.pair("securestring".into(), it, Binding::Argument)));
    }
    let literal = match view.syntax {
        // `password "…"`, `storePassword '…'`, `@password "…"`, `(def password "…")`.
        Syntax::Code if is_quote(view.at(after)) && view.is_a(SPOKEN) => quoted(view, after),
        Syntax::Config if view.at(after) == b'{' && name.is_closed => block::default(view, after),
        Syntax::Shell if view.has_before(before, b" set") || is_set(view, before) => operand::shell_word(view, after),
        Syntax::Config if settings && (is_first || view.has_before(before, b"set") && view.at(name.outer) != b'$') => {
            let end = view.skip(after, 512, |it| it.is_ascii_graphic());
            let is_alone = matches!(view.at(view.blanks(end)), b'\n' | b'\r' | 0 | b'#');
            quoted(view, after).or_else(|| view.plain(after, end, Writing::Bare).filter(|_| is_alone))
        }
        // `#define PASSWORD "…"`
        Syntax::Code if view.has_before(before, b"define") => quoted(view, after),
        Syntax::Shell | Syntax::Config if docker => operand::shell_word(view, after),
        _ => None,
    };
    if let Some(literal) = literal {
        found(view.pair(key, literal, Binding::Assignment));
    }
}
