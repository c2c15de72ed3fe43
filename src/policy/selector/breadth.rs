//! How the parts of a condition, as JSON, depend on the files that they are asked about.

use serde_json::Value as Json;

/// Whether a part means other files when another folder's policy writes it.
pub(super) fn depends_on_the_folder(key: &str, part: &Json) -> bool {
    match key {
        // A glob without a slash matches at any depth.
        "paths" => texts(part).any(|glob| glob.contains('/')),
        "all" | "any" | "not" => inner(part).any(|(key, part)| depends_on_the_folder(key, part)),
        _ => false,
    }
}

/// Whether a part that holds for some files may not hold for these and more.
pub(super) fn may_turn(key: &str, part: &Json) -> bool {
    match key {
        "size" => inner(part).any(|(_, bound)| bound.as_str().is_none_or(|it| !it.trim_start().starts_with('>'))),
        "cel" => asks_about_files(key, part),
        "not" => inner(part).any(|(key, part)| asks_about_files(key, part)),
        "all" | "any" => inner(part).any(|(key, part)| may_turn(key, part)),
        _ => false,
    }
}

fn asks_about_files(key: &str, part: &Json) -> bool {
    match key {
        "paths" | "languages" | "size" => true,
        "cel" => part.as_str().is_none_or(|condition| condition.contains("change")),
        "all" | "any" | "not" => inner(part).any(|(key, part)| asks_about_files(key, part)),
        _ => false,
    }
}

fn texts(part: &Json) -> impl Iterator<Item = &str> {
    part.as_array().into_iter().flatten().filter_map(Json::as_str)
}

/// The parts of a mapping, or of each mapping of a list.
fn inner(part: &Json) -> impl Iterator<Item = (&str, &Json)> {
    let own = part.as_object().into_iter();
    let listed = part.as_array().into_iter().flatten().filter_map(Json::as_object);
    own.chain(listed).flatten().map(|(key, part)| (key.as_str(), part))
}
