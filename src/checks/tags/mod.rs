//! Tags: their names, who made them, what they name, and that they stay where they are.
//!
//! Only the tags that a run is about are judged: those that are pushed now, or the one that ends the
//! range. Which commits lie below a tag is not asked; versions are compared by name and date.

mod manifests;
mod settings;
mod version;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use self::settings::{Increasing, Params, Parts, is_default};
use self::version::Version;
use super::signing::{self, Judgement, Signed, Trust, Unverifiable};
use super::{Check, Hazard, Judged, Meta};
use crate::formats::shell;
use crate::model::{Annotation, Facts, Finding, Identity, Missing, Mode, Need, Place, Stop, Tag, Timestamp};

pub(super) struct TagsCheck;

impl Check for TagsCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: "tags",
        summary: "release tags are well named, made by known people, and stay where they are",
        docs: include_str!("check.md"),
        hazards: &[
            Hazard { id: "name", title: "a tag name does not match the pattern" },
            Hazard { id: "moved", title: "a published tag is moved" },
            Hazard { id: "deleted", title: "a published tag is deleted" },
            Hazard { id: "lightweight", title: "a tag carries no date, tagger or message" },
            Hazard { id: "message", title: "the message of a tag is too short" },
            Hazard { id: "not-greater", title: "a version is not greater than those before it" },
            Hazard { id: "off-branch", title: "a tag names a commit of no release branch" },
            Hazard { id: "manifest", title: "a file of the project states another version than the tag" },
            signing::UNSIGNED,
            signing::BAD_SIGNATURE,
            signing::UNKNOWN_KEY,
            signing::EXPIRED_KEY,
            signing::REVOKED_KEY,
            signing::OTHER_SIGNER,
        ],
        since: "0.1.0",
    };

    fn needs(_: &Params) -> Vec<Need> {
        vec![Need::Tags]
    }

    fn evaluate(params: &Params, facts: &Facts) -> Result<Judged, Stop> {
        let parts = &params.parts;
        let mut judged = Judged::default();
        let updates = updates(parts, facts, &mut judged);
        let tags = facts.tags.clone()?;
        let judged_tags: Vec<&Tag> =
            tags.iter().filter(|tag| tag.judged && !parts.except.is_match(&tag.name)).collect();
        if judged_tags.is_empty() && updates == 0 {
            return Err(Stop::NotApplicable("this run is about no tag".to_owned()));
        }
        let trust = parts.signatures.as_ref().map(|settings| Trust::load(settings, facts));
        let trust = trust.and_then(|it| judged.keep(it));
        let mut unverifiable: BTreeMap<Unverifiable, Vec<String>> = BTreeMap::new();
        for tag in &judged_tags {
            judged.rests_on("tag", format!("{} at {}", tag.name, tag.commit));
            object(parts, tag, &mut judged);
            if let Some((trust, annotation)) = trust.as_ref().zip(tag.annotation.as_ref()) {
                signature(trust, tag, annotation, &mut judged).into_iter().for_each(|why| {
                    unverifiable.entry(why).or_default().push(tag.name.clone());
                });
            }
            branches(parts, tag, &mut judged);
            let Some(release) = release(params, tag, &mut judged) else { continue };
            if let Some(rule) = parts.increasing {
                increasing(rule, params, &release, (facts, &tags), &mut judged);
            }
        }
        if let Some(trust) = &trust {
            judged.missing.extend(unverifiable.iter().map(|(why, names)| why.missing("tag", names, trust)));
        }
        stated_versions(params, &judged_tags, facts, &mut judged);
        Ok(judged)
    }
}

/// A tag whose name fits.
struct Release<'a> {
    tag: &'a Tag,
    series: Option<&'a str>,
    version: &'a str,
}

impl<'a> Release<'a> {
    /// Reads the name; nothing when it does not fit.
    fn read(params: &Params, tag: &'a Tag) -> Option<Self> {
        let version = params.name.group(&tag.name, "version").unwrap_or_default();
        let series = params.name.group(&tag.name, "series");
        params.name.is_match(&tag.name).then_some(Self { tag, series, version })
    }
}

fn place(name: &str) -> Place {
    Place::Ref { name: name.to_owned() }
}

/// Judges moved and deleted tags; gives how many tags the push updates or deletes.
fn updates(parts: &Parts, facts: &Facts, judged: &mut Judged) -> usize {
    let mut count = 0;
    for update in &facts.refs.updates {
        let Some(name) = update.name.strip_prefix("refs/tags/").filter(|it| !parts.except.is_match(it)) else {
            continue;
        };
        if update.old.is_zero() || update.old == update.new {
            continue;
        }
        count += 1;
        let because = "whoever fetched the tag keeps the old commit and is not told";
        let finding = if update.new.is_zero() {
            let finding = Finding::at(place(name), format!("the push deletes the published tag `{name}`"));
            finding.hazard("deleted").help("leave the tag; withdraw a release by a newer one")
        } else {
            let message = format!(
                "the push moves the published tag `{name}` from `{}` to `{}`",
                update.old.short(),
                update.new.short()
            );
            let help = format!(
                "make a tag with the next version; `git fetch origin tag {} --force` takes the published one back",
                shell::word(name)
            );
            Finding::at(place(name), message).hazard("moved").help(help)
        };
        judged.findings.push(finding.because(because).key("").evidence("old", update.old).evidence("new", update.new));
    }
    count
}

/// Judges the tag object: whether there is one, and its message.
fn object(parts: &Parts, tag: &Tag, judged: &mut Judged) {
    let name = &tag.name;
    let wanted = parts.annotated || parts.min_message.is_some() || parts.signatures.is_some();
    let Some(annotation) = tag.annotation.as_ref() else {
        if wanted {
            let finding = Finding::at(
                place(name),
                format!("the tag `{name}` is lightweight: it carries no date, tagger or message"),
            );
            let option = if parts.signatures.is_some() { "-s" } else { "-a" };
            let help = format!(
                "make it anew before it is published: `git tag -f {option} {} {}`",
                shell::word(name),
                tag.commit.short()
            );
            judged.findings.push(finding.hazard("lightweight").help(help).key(""));
        }
        return;
    };
    let length = annotation.message.trim().chars().count();
    if let Some(limit) = parts.min_message.filter(|limit| u32::try_from(length).is_ok_and(|it| it < *limit)) {
        let finding =
            Finding::at(place(name), format!("the message of `{name}` has {length} characters, {limit} are needed"));
        let help = format!("say what the release brings: `git tag -f -a {} {}`", shell::word(name), tag.commit.short());
        judged.findings.push(finding.hazard("message").help(help).key(""));
    }
}

fn signature(trust: &Trust, tag: &Tag, annotation: &Annotation, judged: &mut Judged) -> Option<Unverifiable> {
    let nobody = Identity { name: String::new(), email: String::new(), time: Timestamp::default() };
    let by = annotation.tagger.as_ref().unwrap_or(&nobody);
    let resign = format!("`git tag -f -s {} {}`", shell::word(&tag.name), tag.commit.short());
    let signed = Signed { kind: "tag", signature: annotation.signature.as_ref(), by, at: by.time, resign };
    match trust.judge(&signed) {
        Judgement::Good => {
            judged.findings.extend(other_name(tag, annotation));
            None
        }
        Judgement::Bad(fault) => {
            judged.findings.push(fault.finding(place(&tag.name)).evidence("commit", tag.commit));
            None
        }
        Judgement::Unverifiable(why) => Some(why),
    }
}

/// A good signature is one of a name as well. Under another name the same tag object would make an old release,
/// with its known holes, the newest one.
fn other_name(tag: &Tag, annotation: &Annotation) -> Option<Finding> {
    let signed = String::from_utf8_lossy(&annotation.signature.as_ref()?.signed).into_owned();
    let mut headers = signed.lines().take_while(|line| !line.is_empty());
    let name = headers.find_map(|line| line.strip_prefix("tag ")).unwrap_or_default();
    if name == tag.name {
        return None;
    }
    let message = format!("the signature is for the tag `{name}`, and this one is called `{}`", tag.name);
    let help = format!(
        "push the tag under its own name, or make a new one: `git tag -s {} {}`",
        shell::word(&tag.name),
        tag.commit.short()
    );
    let finding = Finding::at(place(&tag.name), message).hazard(signing::BAD_SIGNATURE.id);
    let because = "a signed tag that is pushed under another name passes one release off as another";
    Some(finding.because(because).help(help).evidence("commit", tag.commit))
}

fn branches(parts: &Parts, tag: &Tag, judged: &mut Judged) {
    let Some(allowed) = parts.branches.as_ref() else { return };
    if tag.branches.iter().any(|branch| allowed.is_match(branch)) {
        return;
    }
    let on = match tag.branches.as_slice() {
        [] => "no branch contains it".to_owned(),
        branches => format!("it is on {}", branches.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")),
    };
    let finding =
        Finding::at(place(&tag.name), format!("`{}` names a commit that is on none of {}", tag.name, allowed.listed()));
    let help = "merge the commit first, then tag it where it was merged";
    judged.findings.push(finding.hazard("off-branch").because(on).help(help).evidence("commit", tag.commit).key(""));
}

fn release<'a>(params: &Params, tag: &'a Tag, judged: &mut Judged) -> Option<Release<'a>> {
    let release = Release::read(params, tag);
    if release.is_none() {
        let name = &tag.name;
        let (message, help) = match is_default(&params.name) {
            true => (
                format!("`{name}` is no version tag such as `v1.4.0`"),
                "name it like `v1.4.0`, `v1.4.0-rc.1` or `service/v1.4.0` (semver.org), without leading zeros"
                    .to_owned(),
            ),
            false => (
                format!("the tag name `{name}` does not match `{}`", params.name.as_str()),
                "give it a name that matches".to_owned(),
            ),
        };
        let word = shell::word(name);
        let rename = format!("{help}: `git tag NEW-NAME {word}^{{}} && git tag -d {word}`");
        judged.findings.push(Finding::at(place(name), message).hazard("name").help(rename).key(""));
    }
    release
}

/// Compares the version with those of the other tags of its series.
fn increasing(
    rule: Increasing,
    params: &Params,
    release: &Release<'_>,
    (facts, tags): (&Facts, &[Tag]),
    judged: &mut Judged,
) {
    let Some(version) = Version::parse(release.version) else {
        let what = format!(
            "whether `{}` is greater than the tags before it: `{}` is no version",
            release.tag.name, release.version
        );
        judged.missing.push(Missing::here(what, "let the group `version` of `name` match numbers with dots"));
        return;
    };
    let mut greatest: Option<(Version, &Tag)> = None;
    for tag in tags.iter().filter(|tag| !tag.judged && !params.parts.except.is_match(&tag.name)) {
        let Some(other) = Release::read(params, tag).filter(|it| it.series == release.series) else { continue };
        let Some(other) = Version::parse(other.version).filter(|it| is_same_line(rule, it, &version)) else { continue };
        let is_new_greatest = greatest.as_ref().is_none_or(|(best, _)| other.precedence(best) == Ordering::Greater);
        if version.precedence(&other) == Ordering::Greater || !is_new_greatest {
            continue;
        }
        match is_earlier(tag, release.tag, facts.run.mode) {
            Some(true) => greatest = Some((other, tag)),
            Some(false) => {}
            None => judged.missing.push(Missing::here(
                format!(
                    "whether `{}` was there before `{}`: a lightweight tag has no date",
                    tag.name, release.tag.name
                ),
                "make release tags by `git tag -a`",
            )),
        }
    }
    if let Some((_, tag)) = greatest {
        let line = match rule {
            Increasing::Overall => String::new(),
            Increasing::PerMajor => format!(" of major version {}", version.number(0)),
            Increasing::PerMinor => format!(" of version {}.{}", version.number(0), version.number(1)),
        };
        let message = format!("`{}` is not greater than `{}`, which is there already", release.tag.name, tag.name);
        let finding = Finding::at(place(&release.tag.name), message).hazard("not-greater").key("");
        let help = format!("take a version above `{}`, the greatest{line}", tag.name);
        judged.findings.push(finding.help(help).evidence("greatest", &tag.name));
    }
}

fn is_same_line(rule: Increasing, a: &Version, b: &Version) -> bool {
    match rule {
        Increasing::Overall => true,
        Increasing::PerMajor => a.number(0) == b.number(0),
        Increasing::PerMinor => a.number(0) == b.number(0) && a.number(1) == b.number(1),
    }
}

/// Whether `other` was there when `tag` was made. A pushed tag is newer than all that are there; a release
/// that is judged later is compared by the dates of the tag objects.
fn is_earlier(other: &Tag, tag: &Tag, mode: Mode) -> Option<bool> {
    let time = |tag: &Tag| tag.annotation.as_ref().and_then(|it| it.tagger.as_ref()).map(|it| it.time);
    match mode {
        Mode::Release | Mode::All => Some(time(other)? <= time(tag)?),
        Mode::Local | Mode::Staged | Mode::Range | Mode::PullRequest | Mode::MergeGroup | Mode::Push => Some(true),
    }
}

/// Compares versions with the project's files. The head is one commit, so tags of several cannot be judged at once.
fn stated_versions(params: &Params, tags: &[&Tag], facts: &Facts, judged: &mut Judged) {
    if params.parts.manifests.is_empty() {
        return;
    }
    let commits: BTreeSet<_> = tags.iter().map(|tag| tag.commit).collect();
    if commits.len() > 1 {
        let what = "which versions the files of each tag state: the tags name several commits";
        judged.missing.push(Missing::here(what, "push one tag at a time, or run `gatecheck report TAG` for each"));
        return;
    }
    for release in tags.iter().filter_map(|tag| Release::read(params, tag)) {
        params.parts.manifests.iter().for_each(|rule| manifests::judge(rule, &release, facts, judged));
    }
}
