//! One report with everything in it, for the tests of the renderers.

use crate::model::{
    ChangeSummary, Counts, Evidence, Finding, Fingerprint, Kind, Label, Level, Missing, Mode, ObjectId, Outcome, Place,
    PolicySummary, Position, Problem, Region, RepoPath, Report, RuleResult, Scope, Settled, Settlement, Snippet, Text,
    Verdict, Waiver, WaiverState, WaiverStatus,
};

/// What strangers write: controls, commands of CI runners, markup, formulas, bidirectional controls.
pub(super) const HOSTILE: &str =
    "\u{1b}[2J::error::x\n##[set-output name=r]pass </details> @everyone =cmd() \u{202e}]]> [a](http://e) ```";

/// A report with every verdict, kind of place and settlement.
pub(super) fn report() -> Report {
    let results = vec![
        migrations(),
        owners(),
        hostile(),
        text_rule(),
        commits(),
        coverage(),
        waived(),
        simple("conventional-title", "commits", Level::Block, Verdict::Pass),
        simple("no-large-files", "files", Level::Block, Verdict::Pass),
        elsewhere(),
        simple(
            "release-notes",
            "text",
            Level::Note,
            Verdict::NotApplicable { because: "no file matches `CHANGELOG.md`".to_owned() },
        ),
        shadow(),
    ];
    Report {
        schema: "gatecheck.report/v1".to_owned(),
        version: "0.1.0".to_owned(),
        change: ChangeSummary {
            mode: Mode::PullRequest,
            base_name: "main".to_owned(),
            head_name: "feature/pay-retry".to_owned(),
            files: 7,
            commits: Some(3),
            facts_digest: Some("9f".repeat(32)),
        },
        policy: PolicySummary { source: "gatecheck.yaml of main".to_owned(), digest: "4c".repeat(32), rules: 12 },
        outcome: Outcome::Undecided,
        counts: Counts {
            pass: 2,
            fail: 3,
            warn: 1,
            note: 1,
            waived: 1,
            unknown: 1,
            not_applicable: 1,
            elsewhere: 1,
            shadow: 1,
            findings: 10,
            waived_findings: 1,
            suppressed_findings: 1,
            baseline_findings: 1,
        },
        results,
        kinds: vec![
            kind("migrations/drop-column", "a column is dropped that a running release still reads"),
            kind("text/forbidden", "a forbidden pattern is added"),
        ],
        waivers: vec![used_waiver(), expired_waiver()],
        problems: vec![Problem {
            level: Level::Note,
            message: "the baseline accepts 2 findings that no longer exist".to_owned(),
            help: Some("run `gatecheck baseline --prune`".to_owned()),
            label: Some(Label {
                place: Place::file(&RepoPath::new("gatecheck.baseline.json")),
                snippet: None,
                text: String::new(),
            }),
        }],
    }
}

/// A report of a change that nothing stands against.
pub(super) fn passing() -> Report {
    let mut report = report();
    report.results =
        ["commits", "files", "migrations", "text"].map(|id| simple(id, id, Level::Block, Verdict::Pass)).into();
    report.counts = Counts { pass: 4, ..Counts::default() };
    (report.kinds, report.waivers, report.problems) = (Vec::new(), Vec::new(), Vec::new());
    report.policy.rules = 4;
    report.outcome = Outcome::Passed;
    report
}

/// A report with this many findings of one rule.
pub(super) fn many(findings: usize) -> Report {
    let mut report = report();
    let one = label("src/a.rs", 7, "dbg!(x);", "dbg!(x)", "here");
    let finding = Finding::new(one, "a debugging macro is left in the code").hazard("forbidden").help("remove it");
    let all = std::iter::repeat_n((finding, Settlement::Open), findings).collect();
    report.results = vec![failing("no-debugging-text", Level::Block, "No debugging macros", all)];
    (report.waivers, report.problems) = (Vec::new(), Vec::new());
    report
}

/// The sample with every text of a stranger replaced.
pub(super) fn with_text(text: &str) -> Report {
    let mut report = report();
    text.clone_into(&mut report.change.head_name);
    for result in &mut report.results {
        for settled in &mut result.findings {
            let finding = &mut settled.finding;
            text.clone_into(&mut finding.message);
            (finding.because, finding.help) = (Some(text.to_owned()), Some(text.to_owned()));
            finding.primary = Label {
                place: Place::File { path: RepoPath::new(text), region: Some(region((1, 2), (1, 5))), revision: None },
                snippet: Some(Snippet { first_line: 1, lines: vec![text.to_owned()], clipped_left: 0 }),
                text: text.to_owned(),
            };
            finding.related = vec![at_commit(text)];
            settled.id = format!("{}/{text}", result.check);
        }
        for missing in &mut result.missing {
            (missing.what, missing.how) = (text.to_owned(), text.to_owned());
        }
        text.clone_into(&mut result.title);
    }
    for status in &mut report.waivers {
        (status.waiver.reason, status.waiver.owner) = (text.to_owned(), text.to_owned());
    }
    for problem in &mut report.problems {
        (problem.message, problem.help) = (text.to_owned(), Some(text.to_owned()));
    }
    report
}

pub(super) fn region(start: (u32, u32), end: (u32, u32)) -> Region {
    Region { start: Position { line: start.0, column: start.1 }, end: Position { line: end.0, column: end.1 } }
}

/// A label at the first place of `needle` in the given lines.
pub(super) fn label(path: &str, first_line: u32, lines: &str, needle: &str, text: &str) -> Label {
    let padding = "\n".repeat(usize::try_from(first_line).unwrap_or(1) - 1);
    let source = Text::decode(format!("{padding}{lines}").as_bytes());
    let start = source.as_str().find(needle).unwrap_or(0);
    let span = crate::model::Span { start, end: start + needle.len() };
    let place = Place::File { path: RepoPath::new(path), region: Some(source.region(span)), revision: None };
    Label { place, snippet: Some(source.snippet(span)), text: text.to_owned() }
}

fn at_commit(subject: &str) -> Label {
    let id = ObjectId::from_bytes(&[0x5f; 20]).into_iter().next();
    let Some(id) = id else { return Label { place: Place::Change, snippet: None, text: String::new() } };
    let width = subject.chars().count();
    let snippet = Snippet { first_line: 1, lines: vec![subject.to_owned()], clipped_left: 0 };
    let place = Place::Commit { id, subject: subject.to_owned(), region: Some(Region::line(1, width)) };
    Label { place, snippet: Some(snippet), text: "in this subject".to_owned() }
}

fn kind(id: &str, title: &str) -> Kind {
    let help = "## Why\n\nRunning releases break.\n\n## How to fix\n\nShip the code first.\n".to_owned();
    Kind { id: id.to_owned(), title: title.to_owned(), help }
}

fn policy_line(line: u32) -> Label {
    let place = Place::File {
        path: RepoPath::new("gatecheck.yaml"),
        region: Some(region((line, 3), (line, 20))),
        revision: None,
    };
    Label { place, snippet: None, text: String::new() }
}

fn simple(rule: &str, check: &str, level: Level, verdict: Verdict) -> RuleResult {
    let line = u32::try_from(rule.len()).unwrap_or(1) + 4;
    RuleResult {
        rule: rule.to_owned(),
        check: check.to_owned(),
        level,
        title: format!("The change keeps the rule {rule}"),
        controls: Vec::new(),
        policy: policy_line(line),
        verdict,
        judged_elsewhere: false,
        findings: Vec::new(),
        missing: Vec::new(),
        evidence: Vec::new(),
    }
}

fn failing(rule: &str, level: Level, title: &str, findings: Vec<(Finding, Settlement)>) -> RuleResult {
    let check = rule.split('-').next_back().unwrap_or(rule);
    let mut result = simple(rule, check, level, Verdict::Fail);
    title.clone_into(&mut result.title);
    result.findings = findings
        .into_iter()
        .enumerate()
        .map(|(index, (finding, settlement))| Settled {
            id: finding.hazard.as_ref().map_or_else(|| check.to_owned(), |it| format!("{check}/{it}")),
            fingerprint: Fingerprint(format!("{:032x}", (index + 1) * 0x1f_3d5b + rule.len())),
            finding,
            settlement,
        })
        .collect();
    result
}

fn migrations() -> RuleResult {
    let mut read = label(
        "src/schema.rs",
        18,
        "        legacy_id -> Nullable<Int8>,",
        "legacy_id",
        "selected here by the version that runs during the roll-out",
    );
    if let Place::File { revision, .. } = &mut read.place {
        *revision = Some("v1.3.0".to_owned());
    }
    let drop = label(
        "db/migrate/0042_drop_legacy.sql",
        1,
        "ALTER TABLE users DROP COLUMN legacy_id;",
        "legacy_id",
        "contract step, in the release that stops using the column",
    );
    let finding = Finding::new(drop, "`users.legacy_id` is dropped while the running release v1.3.0 still reads it")
        .hazard("drop-column")
        .related(read)
        .help("ship the code first, drop the column one release later")
        .evidence("running release", "v1.3.0");
    let mut result =
        failing("safe-migrations", Level::Block, "Migrations can be rolled back", vec![(finding, Settlement::Open)]);
    result.controls = vec!["SOC2:CC8.1".to_owned()];
    result
}

fn owners() -> RuleResult {
    let finding = Finding::at(
        Place::PullRequest { field: "approvals".to_owned() },
        "1 of 2 approvals: one is stale, `src/pay.rs` changed after it",
    )
    .because("`src/pay.rs` is owned by @acme/payments")
    .help("any code owner of `src/pay.rs` other than the authors can unblock this");
    let mut result = failing(
        "two-reviews",
        Level::Block,
        "Two code owners approve the final diff",
        vec![(finding, Settlement::Open)],
    );
    result.evidence = vec![Evidence { name: "approval".to_owned(), value: "@ana at 2026-11-20".to_owned() }];
    result
}

fn hostile() -> RuleResult {
    let mut odd = label("x", 3, &format!("let x = \"{HOSTILE}\";"), "let", HOSTILE);
    odd.place = Place::File {
        path: RepoPath::from_bytes(b"src/\xff\x1b[1m/::error::,%.rs"),
        region: Some(region((3, 1), (3, 4))),
        revision: None,
    };
    let finding = Finding::new(odd, HOSTILE).hazard("hostile").help(HOSTILE).related(at_commit(HOSTILE));
    let mut result = failing("hostile-text", Level::Block, HOSTILE, vec![(finding, Settlement::Open)]);
    result.missing = vec![Missing::content(&RepoPath::new("vendor/blob.bin"), "is larger than 64 MiB")];
    result
}

fn text_rule() -> RuleResult {
    let help = "remove it, or log the value";
    let debug =
        |label: Label| Finding::new(label, "a debugging macro is left in the code").hazard("forbidden").help(help);
    let wide = label("src/漢字.rs", 120, "\tlet 名前 = dbg!(\"値\"); // ü", "dbg!(\"値\")", "");
    let minified = format!("{}dbg!(x);{}", "a=b;".repeat(90), "c=d;".repeat(90));
    let clipped = label("web/app.min.js", 1, &minified, "dbg!(x)", "in a minified line");
    let block = label(
        "src/pay.rs",
        1041,
        "dbg!(\n    order,\n    refund,\n);\nlet y = 1;",
        "dbg!(\n    order,\n    refund,\n)",
        "over four lines",
    );
    let accepted = label("src/old.rs", 9, "dbg!(1);", "dbg!(1)", "");
    let suppressed = label("src/new.rs", 4, "dbg!(2); // gatecheck: allow", "dbg!(2)", "");
    failing(
        "no-debugging-text",
        Level::Warn,
        "No debugging macros",
        vec![
            (debug(wide), Settlement::Open),
            (debug(clipped), Settlement::Open),
            (debug(block), Settlement::Open),
            (debug(accepted), Settlement::Baseline),
            (debug(suppressed), Settlement::Suppressed { reason: "prints the table on purpose".to_owned() }),
        ],
    )
}

fn commits() -> RuleResult {
    let mut subject = at_commit("Add the retry queue and also rename everything that has to do with payments");
    if let Place::Commit { region: place, .. } = &mut subject.place {
        *place = Some(region((1, 51), (1, 76)));
    }
    subject.text = "26 characters too many".to_owned();
    let long = Finding::new(subject, "the subject is 76 characters long, 50 are allowed").hazard("subject-length");
    let branch =
        Finding::at(Place::Ref { name: "feature/pay-retry".to_owned() }, "the branch is 12 commits behind `main`")
            .hazard("behind");
    let whole = Finding::at(Place::Change, "the change is not one logical step").hazard("size");
    let file = Finding::at(Place::file(&RepoPath::new("assets/logo.png")), "the file is touched by no commit message")
        .hazard("unnamed");
    failing(
        "tidy-commits",
        Level::Note,
        "Commits are easy to review",
        vec![(long, Settlement::Open), (branch, Settlement::Open), (whole, Settlement::Open), (file, Settlement::Open)],
    )
}

fn coverage() -> RuleResult {
    let missing = Missing::here(
        "the line coverage of the head was not recorded",
        "run the tests with `cargo llvm-cov --lcov` and pass `--coverage lcov.info`",
    );
    let mut result =
        simple("changed-lines-covered", "coverage", Level::Block, Verdict::Unknown { missing: vec![missing.clone()] });
    result.missing = vec![missing];
    result
}

fn waived() -> RuleResult {
    let finding =
        Finding::new(label("Dockerfile", 1, "FROM node:20", "node:20", "a tag can move"), "the image is not pinned")
            .hazard("image");
    let mut result = failing(
        "pinned-dependencies",
        Level::Block,
        "Dependencies are pinned",
        vec![(finding, Settlement::Waived { waiver: 0 })],
    );
    result.verdict = Verdict::Waived;
    result
}

fn elsewhere() -> RuleResult {
    let verdict = Verdict::NotApplicable { because: "the labels are judged on the pull request".to_owned() };
    RuleResult { judged_elsewhere: true, ..simple("labels-set", "pull-request", Level::Block, verdict) }
}

fn shadow() -> RuleResult {
    let finding =
        Finding::at(Place::file(&RepoPath::new("LICENSE")), "the licence file has no year").hazard("required");
    failing("licence-text", Level::Shadow, "Licence headers are complete", vec![(finding, Settlement::Open)])
}

fn used_waiver() -> WaiverStatus {
    let waiver = waiver("pinned-dependencies", "2026-12-31", "the registry mirror pins it; see OPS-12");
    WaiverStatus { waiver, state: WaiverState::Used { findings: 1 } }
}

fn expired_waiver() -> WaiverStatus {
    let waiver = waiver("no-debugging-text", "2026-06-30", "being removed");
    WaiverStatus { waiver, state: WaiverState::Expired { findings: 2 } }
}

fn waiver(rule: &str, expires: &str, reason: &str) -> Waiver {
    Waiver {
        rule: rule.to_owned(),
        scope: Scope::default(),
        reason: reason.to_owned(),
        owner: "@ana".to_owned(),
        approver: "@bo".to_owned(),
        expires: expires.parse().unwrap_or_else(|_| crate::model::Timestamp(0).date()),
        label: policy_line(40),
    }
}
