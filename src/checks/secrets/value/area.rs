//! What the path of a file says of the literals in it.

/// What kind of files a file stands among.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Area {
    /// Settings that a service runs with: `.env`, Compose files, the properties of an application.
    Deployed,
    /// Anything else.
    Plain,
    /// Tests, fixtures, mocks.
    Tests,
    /// Examples, templates, documents.
    Examples,
    /// Texts for people, in their languages.
    Texts,
    /// Files that tools write: locks, checksums, bundles.
    Written,
}

/// What kind of files a path stands among.
#[expect(clippy::too_many_lines, reason = "the lists of folders and endings read best in one place")]
pub(super) fn area(path: &str) -> Area {
    let lower = path.to_ascii_lowercase();
    let (folders, file) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let in_folder = |names: &[&str]| folders.split('/').any(|folder| names.contains(&folder));
    let words: Vec<&str> = file.split(['.', '_', '-']).collect();
    let has_word = |names: &[&str]| words.iter().any(|word| names.contains(word));
    let ends = |names: &[&str]| names.iter().any(|name| file.ends_with(name));
    if ends(&[
        ".lock",
        "-lock.json",
        "-lock.yaml",
        ".sum",
        ".min.js",
        ".min.css",
        ".map",
        ".snap",
        ".svg",
        ".ipynb",
        ".po",
        ".pot",
        ".mo",
    ]) {
        return if ends(&[".po", ".pot", ".mo"]) { Area::Texts } else { Area::Written };
    }
    if in_folder(&[
        "locale",
        "locales",
        "i18n",
        "lang",
        "langs",
        "language",
        "languages",
        "translations",
        "translation",
        "l10n",
        "_locales",
        "strings",
    ]) || ends(&[".xlf", ".xliff", ".resx", ".strings", ".arb", ".lproj", "strings.xml", "strings.json"])
        || file.starts_with("messages") && ends(&[".properties"])
    {
        return Area::Texts;
    }
    const TESTS: &[&str] = &[
        "test",
        "tests",
        "testing",
        "spec",
        "specs",
        "fixtures",
        "fixture",
        "testdata",
        "test-data",
        "test_data",
        "__tests__",
        "__mocks__",
        "mock",
        "mocks",
        "e2e",
        "integration-tests",
        "integration_tests",
        "unittests",
        "unit",
        "stubs",
        "cypress",
        "testcases",
        "test-fixtures",
        "acceptance",
        "integration",
        "testutil",
        "testutils",
        "testsuite",
        "t",
        "androidtest",
        "benchmark",
        "benchmarks",
    ];
    let in_tests = folders.split('/').any(|folder| {
        TESTS.contains(&folder)
            || folder.ends_with("-test")
            || folder.ends_with("-tests")
            || folder.ends_with(".tests")
            || folder.ends_with("_test")
            || folder.starts_with("test-")
    });
    if in_tests
        || has_word(&["test", "tests", "spec", "mock", "mocks", "fixture", "fixtures", "testing", "conftest"])
        || ends(&[
            "test.java",
            "tests.java",
            "test.kt",
            "tests.cs",
            "test.cs",
            "test.php",
            "it.java",
            "test.scala",
            "spec.scala",
        ])
    {
        return Area::Tests;
    }
    if in_folder(&[
        "example",
        "examples",
        "sample",
        "samples",
        "doc",
        "docs",
        "documentation",
        "demo",
        "demos",
        "tutorial",
        "tutorials",
        "templates",
        "guides",
        "_examples",
    ]) || has_word(&["swagger", "openapi", "example", "examples", "sample", "template", "tmpl", "dist", "demo"])
        || ends(&[".md", ".rst", ".adoc", ".mdx", ".j2", ".erb", ".tpl", ".tt", ".default"])
    {
        return Area::Examples;
    }
    let is_deployed = file.starts_with(".env")
        || file.ends_with(".env")
        || file.ends_with(".tfvars")
        || file.starts_with("docker-compose")
        || file.starts_with("compose.")
        || file.starts_with("application") && ends(&[".properties", ".yml", ".yaml"])
        || file.starts_with("appsettings")
        || file.starts_with("values") && ends(&[".yml", ".yaml"])
        || matches!(
            file,
            "wp-config.php"
                | "web.config"
                | "app.config"
                | "settings.py"
                | "local_settings.py"
                | "config.php"
                | "database.yml"
                | "secrets.yml"
                | ".netrc"
                | ".npmrc"
                | ".pgpass"
                | ".pypirc"
                | "hibernate.cfg.xml"
                | "persistence.xml"
                | "credentials"
                | "configuration.php"
                | "parameters.yml"
        );
    if is_deployed { Area::Deployed } else { Area::Plain }
}

/// Whether a path is that of what a service for continuous integration does.
pub(super) fn is_pipeline(path: &str) -> bool {
    const FILES: &[&str] = &[
        ".gitlab-ci.yml",
        ".travis.yml",
        ".drone.yml",
        ".circleci/config.yml",
        "appveyor.yml",
        "azure-pipelines.yml",
        "bitbucket-pipelines.yml",
    ];
    path.contains(".github/workflows/") || FILES.iter().any(|it| path.ends_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_what_stands_around() {
        for (path, wanted) in [
            (".env", Area::Deployed),
            (".env.production", Area::Deployed),
            ("deploy/docker-compose.prod.yml", Area::Deployed),
            ("src/main/resources/application.yml", Area::Deployed),
            (".env.example", Area::Examples),
            ("docs/setup.html", Area::Examples),
            ("README.md", Area::Examples),
            ("src/test/resources/application.yml", Area::Tests),
            ("spec/models/user_spec.rb", Area::Tests),
            ("pkg/user_test.go", Area::Tests),
            ("src/UserServiceTest.java", Area::Tests),
            ("config/locales/en.yml", Area::Texts),
            ("src/main/resources/messages_de.properties", Area::Texts),
            ("package-lock.json", Area::Written),
            ("src/app.py", Area::Plain),
            ("src/contest.py", Area::Plain),
        ] {
            assert_eq!(area(path), wanted, "{path}");
        }
    }
}
