//! Migrations of a database that a running program and its rows survive.
//!
//! `framework` finds the files and what of them is run, `stream` takes it apart into steps, `schema` replays what earlier
//! ones made, `hazard` judges each step, and `history` what happens to migrations that others may have run.

mod framework;
mod hazard;
mod history;
mod schema;
mod stream;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use self::framework::{Applied, Finder, LayoutId, Migration, Place, Set, Side};
use self::hazard::catalogue::{self, Entry};
use self::hazard::{Bench, Hit};
use self::schema::Schema;
use super::{Check, Hazard, Judged, Meta, Remark};
use crate::formats::globs::Globs;
use crate::formats::sql::Dialect;
use crate::model::{ChangeKind, Facts, Finding, Level, Mode, Need, RepoPath, Stop};

pub(super) struct MigrationsCheck;

/// Settings of `migrations`. The layouts of the usual tools are found without any.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Params {
    /// Files that are migrations; when absent, every `.sql` file that lies as a known tool lays it.
    #[serde(default)]
    paths: Option<Globs>,
    /// Files that are none.
    #[serde(default)]
    except: Globs,
    /// The tool, where the files do not show it.
    #[serde(default)]
    layout: Option<LayoutId>,
    /// The server, where the files do not show it.
    #[serde(default)]
    dialect: Option<DialectName>,
    /// The major version of the server, such as 15 for PostgreSQL; a supported one when absent.
    #[serde(default)]
    server_version: Option<u32>,
    /// Hazards that are not reported.
    #[serde(default)]
    ignore: Vec<HazardName>,
    /// Hazards that are reported besides the usual ones: `missing-lock-timeout`.
    #[serde(default)]
    also: Vec<HazardName>,
}

/// A server.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum DialectName {
    /// PostgreSQL, CockroachDB and their like.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
    /// SQLite and libSQL.
    Sqlite,
    /// Microsoft SQL Server.
    Sqlserver,
}

impl From<DialectName> for Dialect {
    fn from(name: DialectName) -> Self {
        match name {
            DialectName::Postgres => Self::Postgres,
            DialectName::Mysql => Self::MySql,
            DialectName::Sqlite => Self::Sqlite,
            DialectName::Sqlserver => Self::SqlServer,
        }
    }
}

/// The id of a hazard of this check.
#[derive(JsonSchema)]
#[schemars(transparent)]
struct HazardName(#[schemars(with = "String")] &'static Entry);

impl<'de> Deserialize<'de> for HazardName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let known = || serde::de::Error::custom(format!("`{text}` is no hazard of `migrations`"));
        catalogue::find(&text).map(Self).ok_or_else(known)
    }
}

impl Params {
    fn wants(&self, entry: &Entry) -> bool {
        let is_in = |list: &[HazardName]| list.iter().any(|it| it.0.id == entry.id);
        (entry.is_default() || is_in(&self.also)) && !is_in(&self.ignore)
    }
}

const HAZARD_COUNT: usize = catalogue::ALL.len();

/// Every kind of finding, in the order of the catalogue.
static HAZARDS: [Hazard; HAZARD_COUNT] = hazards();

const fn hazards() -> [Hazard; HAZARD_COUNT] {
    let mut all = [Hazard { id: "", title: "" }; HAZARD_COUNT];
    let mut at = 0;
    while at < HAZARD_COUNT {
        all[at] = Hazard { id: catalogue::ALL[at].id, title: catalogue::ALL[at].title };
        at += 1;
    }
    all
}

impl Check for MigrationsCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: "migrations",
        summary: "migrations of a database let the release that still runs work on",
        docs: include_str!("check.md"),
        hazards: &HAZARDS,
        since: "0.1.0",
    };

    fn needs(_: &Params) -> Vec<Need> {
        Vec::new()
    }

    fn advice(hazard: &str) -> Option<String> {
        let entry = catalogue::find(hazard)?;
        let engines: Vec<&str> = entry.engines.iter().map(|it| named(*it)).collect();
        let asked = if entry.is_default() { "" } else { " Reported only where `also` names it." };
        Some(format!(
            "## Why\n\n{}: {}.\n\nServers: {}. Phase: {}.{asked}\n\n## How to fix\n\n{}.\n",
            sentence(entry.title),
            entry.why,
            engines.join(", "),
            entry.phase.name(),
            sentence(entry.safe)
        ))
    }

    fn evaluate(params: &Params, facts: &Facts) -> Result<Judged, Stop> {
        let mut judged = Judged::default();
        let mut base = Finder::new(params, facts, Side::Base);
        let mut head = Finder::new(params, facts, Side::Head);
        let touched = touched(facts, &mut base, &mut head, &mut judged);
        if touched.is_empty() && judged.missing.is_empty() {
            return Err(Stop::NotApplicable("the change touches no migration".to_owned()));
        }
        for (place, paths) in &touched {
            let Some(now) = head.load(place, &mut judged) else { continue };
            let Some(before) = base.load(place, &mut judged) else { continue };
            judge(params, facts, (&before, &now), paths, &mut judged);
        }
        Ok(judged)
    }
}

/// The places of migrations that the change touches, each with the paths that it adds or edits.
fn touched(
    facts: &Facts,
    base: &mut Finder<'_>,
    head: &mut Finder<'_>,
    judged: &mut Judged,
) -> BTreeMap<Place, BTreeSet<RepoPath>> {
    let mut touched: BTreeMap<Place, BTreeSet<RepoPath>> = BTreeMap::new();
    for change in &facts.change.files {
        if let Some(file) = &change.new
            && let Some((root, layout)) = judged.keep(head.place(file)).flatten()
        {
            touched.entry((root, layout.id)).or_default().insert(file.path.clone());
        }
        if let Some(file) = &change.old
            && !matches!(change.kind, ChangeKind::Copied(_))
            && let Some((root, layout)) = judged.keep(base.place(file)).flatten()
        {
            touched.entry((root, layout.id)).or_default();
        }
    }
    touched
}

fn judge(params: &Params, facts: &Facts, (before, now): (&Set, &Set), paths: &BTreeSet<RepoPath>, judged: &mut Judged) {
    let mut found = Vec::new();
    history::judge(before, now, &mut found, |path| paths.contains(path));
    history::keep(judged, found, |entry| params.wants(entry));
    if now.dialect.is_none() && !paths.is_empty() {
        judged.remarks.push(Remark {
            level: Level::Warn,
            message: format!(
                "nothing tells which server the migrations in `{}` are for: only what holds for every one is judged",
                now.root
            ),
            help: "name it in the settings: `dialect: postgres`, `mysql`, `sqlite` or `sqlserver`".to_owned(),
        });
    }
    judged.rests_on("migrations", format_args!("{} of {} in `{}`", paths.len(), now.migrations.len(), now.root));
    let is_touched = |it: &Migration| paths.contains(&it.file.path);
    let last = now.migrations.iter().rposition(is_touched);
    let together: BTreeSet<usize> =
        now.migrations.iter().enumerate().filter(|(_, it)| is_touched(it)).map(|(at, _)| at).collect();
    let mut schema = Schema::default();
    for (at, migration) in now.migrations.iter().enumerate().take(last.map_or(0, |it| it + 1)) {
        schema.at = at;
        // A whole repository is no release: there each migration stands for itself.
        let alone = BTreeSet::from([at]);
        let window = if facts.run.mode == Mode::All { &alone } else { &together };
        let hits = replay(params, (before, now), migration, window, &mut schema);
        if !is_touched(migration) {
            continue;
        }
        for hit in hits.into_iter().filter(|it| params.wants(it.entry)) {
            let label = migration.blob.label(&migration.file.path, hit.span, "");
            judged.findings.push(described(hit.entry, Finding::new(label, hit.message)));
        }
    }
}

/// Takes a migration into the schema, and judges what of it is new.
fn replay(
    params: &Params,
    (before, now): (&Set, &Set),
    migration: &Migration,
    window: &BTreeSet<usize>,
    schema: &mut Schema,
) -> Vec<Hit> {
    let steps = stream::steps(migration);
    let source = migration.blob.text().as_str();
    let old = old_units(before, now, migration);
    let mut bench = Bench::new(source, now.dialect, params.server_version, window, &steps);
    for (at, step) in steps.iter().enumerate() {
        let is_old = migration.units.get(step.unit).is_some_and(|unit| old.contains(migration.text(unit).trim()));
        if window.contains(&schema.at) && !is_old {
            bench.judge(schema, at, step);
        }
        schema.apply(source, step.does);
    }
    bench.finish()
}

/// The changes of a file with several that the base has as they are.
fn old_units<'a>(before: &'a Set, now: &Set, migration: &Migration) -> BTreeSet<&'a str> {
    if now.layout.applied != Applied::Changes {
        return BTreeSet::new();
    }
    let old = before.migrations.iter().find(|it| it.file.path == migration.file.path);
    old.into_iter().flat_map(history::parts).collect()
}

/// A finding with what the catalogue says about its hazard.
fn described(entry: &Entry, finding: Finding) -> Finding {
    finding.hazard(entry.id).because(entry.why).help(entry.safe).evidence("phase", entry.phase.name())
}

fn named(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "PostgreSQL",
        Dialect::MySql => "MySQL and MariaDB",
        Dialect::Sqlite => "SQLite",
        Dialect::SqlServer => "SQL Server",
    }
}

/// The text with a capital letter in front.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
