//! What a block of a case can be: its role, and the language that says how its content is read.

/// A role of a block: the second word after the fence.
#[derive(Clone, Copy, Debug)]
pub struct Role {
    /// Its name; one that ends in a colon is followed by a path.
    pub name: &'static str,
    /// What the block holds; a sentence without a full stop.
    pub holds: &'static str,
    /// Whether a case can have several.
    pub repeats: bool,
}

/// Every role, in the order in which a case is best read.
pub const ROLES: &[Role] = &[
    Role { name: "with", holds: "the settings of the check (`check.md` only)", repeats: false },
    Role { name: "policy", holds: "a whole policy; without one, a policy test uses the repository's", repeats: false },
    Role {
        name: "run",
        holds: "how the run happens: `mode`, `ci`, `now`, `base-name`, `head-name`, `profile`, `event`; \
                `rules`, the rules that the case is about; and `show: [help]`, to see what each finding says to do",
        repeats: false,
    },
    Role {
        name: "refs",
        holds: "branches: `source`, `target`, `default`, `updates`, `behind`, `merge`",
        repeats: false,
    },
    Role {
        name: "commits",
        holds: "the commits of the change, newest first: `message`, and where it matters `id`, `parents`, `author`, \
                `committer`, `signature`, and `brings-nothing` for a merge that adds nothing to its parents",
        repeats: false,
    },
    Role {
        name: "tags",
        holds: "all tags: `name`, and where it matters `commit`, `judged`, `annotation`, `branches`",
        repeats: false,
    },
    Role {
        name: "pull-request",
        holds: "the pull request: `number`, `title`, `body`, `author`, `author-type`, `labels`, `draft`, `source`, \
                `target`; by default of `ana`, from `topic` into `main`",
        repeats: false,
    },
    Role {
        name: "forge",
        holds: "what the forge knows: `reviews`, `threads`, `checks`, `people`, `teams`, `pushes`, `retargets`, `since`, \
                `protection`, `merge-queue` as in a facts file; and `unknown`, a list of those that it did not tell",
        repeats: false,
    },
    Role { name: "base:", holds: "a file as the base has it", repeats: true },
    Role { name: "head:", holds: "a file as the head has it", repeats: true },
    Role { name: "tree:", holds: "a file that base and head have alike", repeats: true },
    Role {
        name: "target:",
        holds: "a file as the target branch has it by now; by default it has what the base has",
        repeats: true,
    },
    Role { name: "transient:", holds: "a file that came and went inside the change", repeats: true },
    Role { name: "verdict", holds: "what gatecheck says, one line a finding; comes last", repeats: false },
];

/// A language with a meaning of its own; the content of any other stands as it is.
#[derive(Clone, Copy, Debug)]
pub struct Language {
    /// The first word after the fence.
    pub name: &'static str,
    /// How the content is read; a sentence without a full stop.
    pub reads: &'static str,
}

/// The languages of file blocks that are more than a hint for highlighting.
pub const LANGUAGES: &[Language] = &[
    Language { name: "absent", reads: "the file is there, and its content cannot be read; the block is empty" },
    Language { name: "executable", reads: "the content as it stands, with the executable bit" },
    Language { name: "link", reads: "a symbolic link; the content is its target" },
    Language { name: "submodule", reads: "a submodule; the content is the full id of its commit" },
    Language {
        name: "escaped",
        reads: "`\\xNN` is a byte, `\\u{N}` a character, `\\n`, `\\r`, `\\t`, `\\0` and `\\\\` are as usual, and `\\+` is \
                nothing: it splits text that must not stand whole in a file, such as a token",
    },
    Language {
        name: "sample",
        reads: "`{class:count}` is that many characters made up (`an`, `lower`, `upper`, `az`, `AZ`, `alpha`, `digit`, `hex`, `HEX`, \
                `b32`, `b64`, `b64url`, `any`), `{github-pat}` a made-up credential of the check `secrets`, `{{` a brace",
    },
    Language { name: "base64", reads: "the content in Base64" },
];

/// The role as the code of a block names it: the role itself, and the path of a file.
pub(super) fn find(text: &str) -> Option<(&'static Role, &str)> {
    ROLES.iter().find_map(|role| match role.name.strip_suffix(':') {
        Some(_) => text.strip_prefix(role.name).map(|path| (role, path)),
        None => (text == role.name).then_some((role, "")),
    })
}
