//! The language that a path tells.

use crate::checks::secrets::pair::Syntax;

const CONFIG: &[&str] = &[
    "yaml",
    "yml",
    "sls",
    "eyaml",
    "toml",
    "ini",
    "cfg",
    "conf",
    "cnf",
    "config",
    "properties",
    "props",
    "env",
    "tf",
    "tfvars",
    "hcl",
    "nomad",
    "nix",
    "bicep",
    "inf",
    "reg",
    "desktop",
    "service",
    "ks",
    "netrc",
    "rc",
    "credentials",
    "prefs",
    "local",
    "dist",
    "example",
    "sample",
    "template",
    "tmpl",
    "j2",
    "tpl",
    "prod",
    "production",
    "dev",
    "development",
    "staging",
    "test",
    "vault",
    "secret",
    "secrets",
    "cf",
    "cnx",
    "rdp",
    "ovpn",
    "kdl",
    "default",
    "defaults",
    "bak",
    "old",
    "orig",
    "backup",
    "save",
];
const SHELL: &[&str] = &[
    "sh",
    "bash",
    "zsh",
    "fish",
    "ksh",
    "csh",
    "tcsh",
    "dockerfile",
    "containerfile",
    "mk",
    "mak",
    "bat",
    "cmd",
    "expect",
    "envrc",
];
const MARKUP: &[&str] = &[
    "xml",
    "html",
    "htm",
    "xhtml",
    "svg",
    "plist",
    "xaml",
    "jelly",
    "wsdl",
    "xsd",
    "xsl",
    "xslt",
    "pom",
    "csproj",
    "vbproj",
    "targets",
    "nuspec",
    "resx",
    "pubxml",
    "publishsettings",
    "storyboard",
    "strings",
    "xul",
    "jspx",
    "tld",
    "fxml",
    "iml",
    "ftl",
    "mobileconfig",
    "webconfig",
];
const DATA: &[&str] = &[
    "json",
    "jsonc",
    "json5",
    "jsonl",
    "ndjson",
    "geojson",
    "har",
    "ipynb",
    "csv",
    "tsv",
    "tfstate",
    "webmanifest",
    "avsc",
    "postman_collection",
];
const PROSE: &[&str] = &[
    "md", "markdown", "mdx", "rst", "txt", "text", "adoc", "asciidoc", "org", "log", "tex", "rtf", "eml", "textile",
    "wiki", "pod", "po", "pot", "diff", "patch", "out", "srt", "http", "rest",
];

/// The language that a path tells: by its extension, then by its name.
pub(in crate::checks::secrets) fn syntax(path: &str) -> Syntax {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let stem = name.trim_start_matches('.');
    // What follows the dot of `.env.production` is no extension.
    if name.starts_with(".env") || stem.ends_with(".env") {
        return if stem == "envrc" { Syntax::Shell } else { Syntax::Config };
    }
    if stem.starts_with("dockerfile") || stem.starts_with("containerfile") {
        return Syntax::Shell;
    }
    if matches!(name.as_str(), "web.config" | "app.config" | "nuget.config" | "packages.config" | "machine.config") {
        return Syntax::Markup;
    }
    if let Some((_, extension)) = stem.rsplit_once('.') {
        let tables = [
            (CONFIG, Syntax::Config),
            (SHELL, Syntax::Shell),
            (MARKUP, Syntax::Markup),
            (DATA, Syntax::Data),
            (PROSE, Syntax::Prose),
        ];
        return tables.iter().find(|(table, _)| table.contains(&extension)).map_or(Syntax::Code, |(_, syntax)| *syntax);
    }
    match stem {
        "makefile" | "gnumakefile" | "bashrc" | "bash_profile" | "profile" | "zshrc" | "zshenv" | "zprofile"
        | "kshrc" | "bash_aliases" | "bash_history" | "zsh_history" | "sh_history" | "history" | "bash_logout"
        | "aliases" | "exports" | "functions" | "cshrc" | "justfile" | "procfile" | "pkgbuild" | "extra" => {
            Syntax::Shell
        }
        "readme" | "license" | "licence" | "copying" | "changelog" | "changes" | "news" | "authors"
        | "contributing" | "notice" | "install" | "todo" | "thanks" | "history.md" | "codeowners" => Syntax::Prose,
        "gemfile" | "rakefile" | "vagrantfile" | "jenkinsfile" | "podfile" | "fastfile" | "brewfile" | "guardfile"
        | "capfile" | "appfile" | "deliverfile" | "matchfile" | "berksfile" | "snakefile" | "sconstruct" | "vimrc"
        | "gvimrc" | "emacs" | "python_history" | "irb_history" | "pry_history" | "node_repl_history" => Syntax::Code,
        "htaccess" | "npmrc" | "pypirc" => Syntax::Config,
        _ => Syntax::Config,
    }
}
