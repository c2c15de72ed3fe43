//! Languages by file name: the names are those of GitHub Linguist, in lower case.

use crate::model::RepoPath;

/// A language and the names of its files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Language {
    /// The word that policies use.
    pub(super) name: &'static str,
    extensions: &'static [&'static str],
    names: &'static [&'static str],
}

impl Language {
    /// Whether a file is written in this language, as far as its name says.
    pub(super) fn has(&self, path: &RepoPath) -> bool {
        let by_extension = path.extension().is_some_and(|it| self.extensions.contains(&it));
        by_extension || self.names.contains(&path.name())
    }

    pub(super) fn find(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|it| it.name == name)
    }
}

const fn by_extension(name: &'static str, extensions: &'static [&'static str]) -> Language {
    Language { name, extensions, names: &[] }
}

/// Every language, by name.
pub(super) const ALL: &[Language] = &[
    by_extension("c", &["c", "h"]),
    by_extension("c#", &["cs"]),
    by_extension("c++", &["cc", "cpp", "cxx", "hh", "hpp", "hxx", "ipp"]),
    by_extension("clojure", &["clj", "cljc", "cljs"]),
    by_extension("css", &["css", "less", "scss"]),
    by_extension("dart", &["dart"]),
    Language { name: "dockerfile", extensions: &["dockerfile"], names: &["Dockerfile", "Containerfile"] },
    by_extension("elixir", &["ex", "exs"]),
    by_extension("erlang", &["erl", "hrl"]),
    by_extension("go", &["go"]),
    by_extension("groovy", &["groovy", "gradle"]),
    by_extension("haskell", &["hs"]),
    by_extension("hcl", &["hcl", "tf", "tfvars"]),
    by_extension("html", &["html", "htm"]),
    by_extension("java", &["java"]),
    by_extension("javascript", &["js", "jsx", "mjs", "cjs"]),
    by_extension("json", &["json", "jsonc"]),
    by_extension("kotlin", &["kt", "kts"]),
    by_extension("lua", &["lua"]),
    Language { name: "makefile", extensions: &["mk"], names: &["Makefile", "GNUmakefile"] },
    by_extension("markdown", &["md", "markdown"]),
    by_extension("ocaml", &["ml", "mli"]),
    by_extension("perl", &["pl", "pm"]),
    by_extension("php", &["php"]),
    by_extension("protobuf", &["proto"]),
    by_extension("python", &["py", "pyi"]),
    by_extension("r", &["r", "R"]),
    Language { name: "ruby", extensions: &["rb", "rake", "gemspec"], names: &["Gemfile", "Rakefile"] },
    by_extension("rust", &["rs"]),
    by_extension("scala", &["scala", "sc"]),
    by_extension("shell", &["sh", "bash", "zsh"]),
    by_extension("sql", &["sql"]),
    by_extension("starlark", &["bzl", "bazel"]),
    by_extension("swift", &["swift"]),
    by_extension("toml", &["toml"]),
    by_extension("typescript", &["ts", "tsx", "mts", "cts"]),
    by_extension("xml", &["xml", "xsd", "xsl"]),
    by_extension("yaml", &["yaml", "yml"]),
    by_extension("zig", &["zig"]),
];
