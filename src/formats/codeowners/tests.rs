//! What the forges' own documentation says, as cases of our own.

use proptest::prelude::*;

use super::*;
use crate::model::Text;

fn read(text: &str, dialect: Dialect) -> (CodeOwners, Vec<String>) {
    let (file, problems) = parse(&Text::decode(text.as_bytes()), dialect);
    (file, problems.into_iter().map(|it| it.message).collect())
}

/// The owners of a path: those of each section, by commas.
fn owners(text: &str, dialect: Dialect, path: &str) -> Vec<String> {
    let (file, _) = read(text, dialect);
    let shown = |owners: &[Owner]| owners.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    file.entries(&RepoPath::new(path)).map(|(_, entry)| shown(&entry.owners)).collect()
}

fn is_match(dialect: Dialect, pattern: &str, path: &str) -> bool {
    !owners(&format!("{pattern} @a"), dialect, path).is_empty()
}

#[track_caller]
fn matches(dialect: Dialect, pattern: &str, yes: &[&str], no: &[&str]) {
    for path in yes {
        assert!(is_match(dialect, pattern, path), "`{pattern}` does not match {path}");
    }
    for path in no {
        assert!(!is_match(dialect, pattern, path), "`{pattern}` matches {path}");
    }
}

#[test]
fn github_reads_patterns_as_gitignore_does_but_for_the_last_star() {
    let github = |pattern, yes: &[&str], no: &[&str]| matches(Dialect::GitHub, pattern, yes, no);
    github("*", &["a", "a/b", ".hidden/c"], &[]);
    github("*.rs", &["a.rs", "src/a.rs", "gen.rs/a"], &["a.rsx"]);
    github("target", &["target", "target/a", "a/target/b/c"], &["targets", "a/my-target"]);
    github("tar*", &["target", "a/tarball/b"], &["a/star"]);
    github("logs/", &["logs/a", "a/logs/b/c"], &["logs", "a/logs"]);
    github("/build/logs/", &["build/logs/a", "build/logs/a/b"], &["build/logs", "x/build/logs/a"]);
    github("docs/*", &["docs/a.md"], &["docs/build/a.md", "x/docs/a.md"]);
    github("/*", &["a"], &["a/b"]);
    github("docs/*.md", &["docs/a.md", "docs/x.md/b"], &["docs/a/b.md"]);
    github("/src", &["src", "src/a/b"], &["x/src"]);
    github("src/api", &["src/api", "src/api/a"], &["x/src/api"]);
    github("**/logs", &["logs", "build/logs", "a/b/logs/c"], &["logsx"]);
    github("/docs/**", &["docs/a", "docs/a/b"], &["docs"]);
    github("a/**/b", &["a/b", "a/x/b", "a/x/y/b/c"], &["a", "ab", "x/a/b"]);
    github("**", &["a", "a/b"], &[]);
    github("a?c", &["abc", "x/abc/y"], &["ac", "a/c"]);
    github(r"with\ space/", &["with space/a"], &["with/a"]);
    github(r"a\*b", &["a*b"], &["axb"]);
    github("v[12]", &["v[12]"], &["v1"]);
    github("/", &[], &["a", "a/b"]);
    github("Docs/", &["Docs/a"], &["docs/a"]);
    github("a/*/c", &["a/b/c", "a/b/c/d"], &["a/c", "a/b/x/c"]);
}

#[test]
fn gitlab_matches_whole_paths_and_at_any_depth_without_a_leading_slash() {
    let gitlab = |pattern, yes: &[&str], no: &[&str]| matches(Dialect::GitLab, pattern, yes, no);
    gitlab("*", &["a", "a/b", ".a"], &[]);
    gitlab("README.md", &["README.md", "a/b/README.md"], &["a/README.md/b", "xREADME.md"]);
    gitlab("internal/README.md", &["internal/README.md", "docs/api/internal/README.md"], &["internal/a/README.md"]);
    gitlab("/docs/README.md", &["docs/README.md"], &["x/docs/README.md"]);
    gitlab("/docs/", &["docs/a", "docs/a/b"], &["docs", "x/docs/a"]);
    gitlab("docs/", &["docs/a", "x/docs/a/b"], &["docs"]);
    gitlab("/docs", &["docs"], &["docs/a"]);
    gitlab("/docs/*", &["docs/a", "docs/.a"], &["docs/a/b"]);
    gitlab("/docs/*spec*", &["docs/qa_specs.rb"], &["docs/a/specs"]);
    gitlab("/docs/*/README.md", &["docs/api/README.md"], &["docs/README.md", "docs/a/b/README.md"]);
    gitlab("/docs/**/index.md", &["docs/index.md", "docs/api/index.md", "docs/a/b/index.md"], &["docs/a/index.mdx"]);
    gitlab("/docs/**/*", &["docs/a", "docs/a/b"], &["docs"]);
    gitlab("/docs/**", &["docs/a"], &["docs/a/b"]);
    gitlab("/v[1-3]/[!a]", &["v1/b", "v3/c"], &["v4/b", "v1/a"]);
    gitlab(r"\#file.rb", &["#file.rb", "a/#file.rb"], &["file.rb"]);
    gitlab(r"path\ with\ spaces/*.md", &["path with spaces/a.md"], &["path"]);
}

#[test]
fn on_github_the_last_line_that_matches_decides_alone() {
    let file = "* @all\n*.js @js @org/web # the web\n/apps/ @apps\n/apps/github\n*.go docs@example.com\n";
    let github = |path| owners(file, Dialect::GitHub, path);
    assert_eq!(github("a.txt"), ["@all"]);
    assert_eq!(github("a.js"), ["@js,@org/web"]);
    assert_eq!(github("apps/a.js"), ["@apps"]);
    assert_eq!(github("apps/github/a"), [""], "owned by nobody, on purpose");
    assert_eq!(github("apps/github/a.go"), ["docs@example.com"]);
}

#[test]
fn on_gitlab_each_section_has_a_say() {
    let file = "* @admin\n[README Owners]\nREADME.md @one @two\ninternal/README.md @four\n[Other][2] @def\nREADME.md\n*.txt @three\n^[Opt]\nREADME.md @opt\n[readme owners]\nCHANGES @one\n";
    let gitlab = |path| owners(file, Dialect::GitLab, path);
    assert_eq!(gitlab("README.md"), ["@admin", "@one,@two", "@def", "@opt"]);
    assert_eq!(gitlab("internal/README.md"), ["@admin", "@four", "@def", "@opt"]);
    assert_eq!(gitlab("a.txt"), ["@admin", "@three"]);
    let (read, problems) = read(file, Dialect::GitLab);
    let told: Vec<(Option<&str>, bool, u32, usize)> =
        read.sections.iter().map(|it| (it.name.as_deref(), it.is_optional, it.approvals, it.entries.len())).collect();
    let expected = [
        (None, false, 1, 1),
        (Some("README Owners"), false, 1, 3),
        (Some("Other"), false, 2, 2),
        (Some("Opt"), true, 1, 1),
    ];
    assert_eq!((told, problems), (expected.to_vec(), Vec::new()));
}

#[test]
fn on_gitlab_what_a_section_excludes_stays_out_of_it() {
    let file = "* @default\n!*.rb\n/special/*.rb @ruby\n[Ruby]\n*.rb @ruby\n!/config/**/*.rb\n/config/routes.rb @ops\n";
    assert_eq!(owners(file, Dialect::GitLab, "special/a.rb"), ["@ruby"]);
    assert_eq!(owners(file, Dialect::GitLab, "config/routes.rb"), Vec::<String>::new());
    assert_eq!(owners(file, Dialect::GitLab, "a.txt"), ["@default"]);
}

#[test]
fn headings_that_contradict_each_other_count_strictly() {
    let (file, problems) = read("^[A][3]\na @x\n[a]\nb @x\n[B][zero]\nc @x\n[B][0]\n", Dialect::GitLab);
    let told: Vec<(bool, u32)> = file.sections.iter().skip(1).map(|it| (it.is_optional, it.approvals)).collect();
    assert_eq!(told, [(false, 3), (false, 1)]);
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].contains("`[zero]`"), "{problems:?}");
}

#[test]
fn owners_are_accounts_teams_addresses_and_roles() {
    let (file, problems) =
        read("a @ana @org/team ana@example.com\nb @@maintainers @group/sub/deep nobody @@guest", Dialect::GitLab);
    let owners: Vec<&Owner> = file.sections[0].entries.iter().flat_map(|it| &it.owners).collect();
    let expected = [
        Owner::Account("ana".to_owned()),
        Owner::Team("org/team".to_owned()),
        Owner::Email("ana@example.com".to_owned()),
        Owner::Role(Permission::Maintain),
        Owner::Team("group/sub/deep".to_owned()),
    ];
    assert_eq!(owners, expected.iter().collect::<Vec<_>>());
    assert!(problems[0].contains("`nobody`") && problems[1].contains("`@@guest`"), "{problems:?}");
}

#[test]
fn what_github_cannot_read_is_told_at_its_place() {
    let text = "* @all\n!a @b\nb nobody\n\\#c @d\nx*** @e\n[s] @f\n";
    let decoded = Text::decode(text.as_bytes());
    let (file, problems) = parse(&decoded, Dialect::GitHub);
    let told: Vec<&str> = problems.iter().filter_map(|it| text.get(it.span.start..it.span.end)).collect();
    assert_eq!(told, ["!a", "nobody", "\\#c", "x***", "[s]"]);
    assert!(problems.iter().all(|it| !it.message.is_empty()));
    let broken: Vec<&str> =
        file.sections[0].entries.iter().filter(|it| it.is_broken).map(|it| it.pattern.as_str()).collect();
    assert_eq!(broken, ["b"], "whose the path is nobody can say");
}

#[test]
fn a_comment_behind_a_line_is_one_on_github_only() {
    assert_eq!(owners("a @x # ask @y\n", Dialect::GitHub, "a"), ["@x"]);
    assert_eq!(owners("a @x # ask @y\n", Dialect::GitLab, "a"), ["@x,@y"]);
    let (_, problems) = read("a @x # ask @y\n", Dialect::GitLab);
    assert!(problems[0].contains("line of its own"), "{problems:?}");
}

#[test]
fn a_hostile_pattern_takes_no_time() {
    let pattern = format!("{}b @x", "**/*a*/".repeat(100));
    let path = vec!["aaaaaaaaaaaaaaaaaaaa"; 300].join("/");
    assert!(!is_match(Dialect::GitHub, &pattern, &path));
    let stars = format!("{}b", "*a".repeat(2000));
    assert!(!is_match(Dialect::GitHub, &stars, &"a".repeat(4000)));
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "([\\[\\]^!#*?/@a\\\\ \t\n-]|é){0,80}", path in "[a/.]{1,12}") {
        for dialect in [Dialect::GitHub, Dialect::GitLab] {
            let decoded = Text::decode(text.as_bytes());
            let (file, problems) = parse(&decoded, dialect);
            let spans = file.sections.iter().flat_map(|it| &it.entries).map(|it| it.span);
            for span in spans.chain(problems.iter().map(|it| it.span)) {
                prop_assert!(decoded.as_str().get(span.start..span.end).is_some_and(|it| !it.is_empty()));
            }
            let _ = file.entries(&RepoPath::new(&path)).count();
        }
    }

    #[test]
    fn a_plain_path_matches_itself_and_what_lies_below(path in "[a-c]{1,2}(/[a-c]{1,2}){0,3}") {
        let below = format!("{path}/x");
        let (rooted, folder) = (format!("/{path}"), format!("/{path}/"));
        prop_assert!(is_match(Dialect::GitHub, &rooted, &path) && is_match(Dialect::GitHub, &rooted, &below));
        prop_assert!(is_match(Dialect::GitHub, &folder, &below) && !is_match(Dialect::GitHub, &folder, &path));
        prop_assert!(is_match(Dialect::GitLab, &rooted, &path) && !is_match(Dialect::GitLab, &rooted, &below));
    }
}
