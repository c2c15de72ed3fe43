//! Walks through history: merge bases, ranges and ancestry.
//!
//! Each walk goes by commit date and stops as soon as nothing that is left can change the answer, as
//! Git's own walks do. It never recurses and takes bounded memory. Where the boundary of a shallow
//! clone leaves an answer open, the answer is an error and not a guess.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use crate::git::objects::{ObjectError, Objects};
use crate::git::walk::{Node, Walk};
use crate::model::ObjectId;

/// Commits that a walk looks at beyond the last one that matters by date: clocks of committers are
/// wrong at times.
const SLOP: usize = 16;

/// Reachable from the first side.
const ONE: u8 = 1;
/// Reachable from the second side.
const TWO: u8 = 2;
/// An ancestor of a common commit.
const STALE: u8 = 4;

const BOTH: u8 = ONE | TWO;

/// All best common ancestors of two commits, sorted by id; none when their histories are unrelated.
///
/// # Errors
/// When a commit on the way cannot be read, or the clone is too shallow to find any.
pub fn merge_bases(objects: &Objects, a: &ObjectId, b: &ObjectId) -> Result<Vec<ObjectId>, ObjectError> {
    let walk = paint(objects, &[*a], &[*b], |_| false)?;
    let common = |node: &&Node| node.flags & (BOTH | STALE) == BOTH;
    let mut bases: Vec<ObjectId> = walk.nodes.iter().filter(common).map(|node| node.id).collect();
    if let (true, Some(boundary)) = (bases.is_empty(), walk.boundary(|_| true)) {
        return Err(absent_parent(objects, &boundary));
    }
    bases.sort();
    if bases.len() > 1 { best(objects, &bases) } else { Ok(bases) }
}

/// Leaves out those that another one has among its ancestors: wrong clocks let them through.
fn best(objects: &Objects, bases: &[ObjectId]) -> Result<Vec<ObjectId>, ObjectError> {
    let mut kept = Vec::new();
    for base in bases {
        let others: Vec<ObjectId> = bases.iter().filter(|it| *it != base).copied().collect();
        let walk = paint(objects, &[*base], &others, |walk| walk.flags(base) & TWO != 0)?;
        if walk.flags(base) & TWO == 0 {
            kept.push(*base);
        }
    }
    Ok(kept)
}

/// Whether `ancestor` is `descendant` or one of its ancestors.
///
/// # Errors
/// When a commit on the way cannot be read, or the clone is too shallow to say no.
pub fn is_ancestor(objects: &Objects, ancestor: &ObjectId, descendant: &ObjectId) -> Result<bool, ObjectError> {
    if ancestor == descendant {
        return Ok(true);
    }
    if let Some(generation) = objects.glance(ancestor)?.generation {
        match way_down(objects, (descendant, ancestor), generation)? {
            None => return Ok(false),
            Some(way) if is_real(objects, &way)? => return Ok(true),
            // The commit-graph lies: the commits themselves are asked.
            Some(_) => {}
        }
    }
    let walk = paint(objects, &[*ancestor], &[*descendant], |walk| walk.flags(ancestor) & TWO != 0)?;
    if walk.flags(ancestor) & TWO != 0 {
        return Ok(true);
    }
    match walk.boundary(|flags| flags & TWO != 0) {
        Some(boundary) => Err(absent_parent(objects, &boundary)),
        None => Ok(false),
    }
}

/// The shortest way from a commit down to one of its ancestors, as a commit-graph has it: both ends and what is
/// between them, the ancestor first. What is not above the ancestor cannot lead to it.
fn way_down(
    objects: &Objects,
    (from, to): (&ObjectId, &ObjectId),
    generation: u32,
) -> Result<Option<Vec<ObjectId>>, ObjectError> {
    let mut child_of = HashMap::from([(*from, *from)]);
    let mut open = VecDeque::from([*from]);
    while let Some(id) = open.pop_front() {
        let walked = objects.glance(&id)?;
        if walked.generation.is_some_and(|it| it <= generation) {
            continue;
        }
        for parent in walked.parents {
            if let Entry::Vacant(entry) = child_of.entry(parent) {
                entry.insert(id);
                open.push_back(parent);
            }
        }
        if child_of.contains_key(to) {
            let child = |id: &ObjectId| child_of.get(id).filter(|it| *it != id).copied();
            return Ok(Some(std::iter::successors(Some(*to), child).collect()));
        }
    }
    Ok(None)
}

/// Whether each commit of a way is a parent of the next one by that one's own words.
fn is_real(objects: &Objects, way: &[ObjectId]) -> Result<bool, ObjectError> {
    for pair in way.windows(2) {
        let [parent, child] = pair else { continue };
        if !objects.commit_parents_and_time(child)?.parents.contains(parent) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The commits that `head` has and `base` lacks, newest first: no commit stands before its child.
///
/// # Errors
/// When a commit on the way cannot be read, or the range reaches the boundary of a shallow clone.
pub fn range(objects: &Objects, base: &ObjectId, head: &ObjectId) -> Result<Vec<ObjectId>, ObjectError> {
    let walk = separate(objects, base, head)?;
    Ok(walk.sorted(|flags| flags & BOTH == ONE))
}

/// How many commits `target` has and `source` lacks.
///
/// # Errors
/// As for [`range`].
pub fn count_missing(objects: &Objects, source: &ObjectId, target: &ObjectId) -> Result<usize, ObjectError> {
    let walk = separate(objects, source, target)?;
    Ok(walk.nodes.iter().filter(|node| node.flags & BOTH == ONE).count())
}

/// Marks what `head` reaches with ONE and what `base` reaches with TWO, as far as it takes to know
/// all commits that have ONE only.
fn separate<'a>(objects: &'a Objects, base: &ObjectId, head: &ObjectId) -> Result<Walk<'a>, ObjectError> {
    let mut walk = Walk::new(objects, |flags| flags & BOTH == ONE);
    walk.mark(head, ONE)?;
    walk.mark(base, TWO)?;
    let mut oldest = i64::MAX;
    let mut slop = SLOP;
    while let Some(newest) = walk.newest() {
        if walk.open == 0 && newest < oldest {
            slop -= 1;
            if slop == 0 {
                break;
            }
        } else {
            slop = SLOP;
        }
        let Some(number) = walk.step(|flags| flags & BOTH)? else { break };
        if let Some(node) = walk.nodes.get(number).filter(|node| node.flags & BOTH == ONE) {
            oldest = oldest.min(node.walked.time);
        }
    }
    match walk.boundary(|flags| flags & BOTH == ONE) {
        Some(boundary) => Err(absent_parent(objects, &boundary)),
        None => Ok(walk),
    }
}

/// Walks from both sides until only ancestors of common commits are left, or `done` says so.
fn paint<'a>(
    objects: &'a Objects,
    ones: &[ObjectId],
    twos: &[ObjectId],
    done: impl Fn(&Walk<'_>) -> bool,
) -> Result<Walk<'a>, ObjectError> {
    let mut walk = Walk::new(objects, |flags| flags & STALE == 0);
    ones.iter().try_for_each(|id| walk.mark(id, ONE))?;
    twos.iter().try_for_each(|id| walk.mark(id, TWO))?;
    while walk.open > 0 && !done(&walk) {
        walk.step(|flags| if flags & BOTH == BOTH { flags | STALE } else { flags })?;
    }
    Ok(walk)
}

/// The error for an answer that lies beyond a boundary: the parent that is not here.
fn absent_parent(objects: &Objects, boundary: &ObjectId) -> ObjectError {
    match objects.commit(boundary) {
        Ok(commit) => ObjectError::Absent(commit.parents.first().copied().unwrap_or(*boundary)),
        Err(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::git::objects::HashKind;
    use crate::git::scratch::Scratch;

    /// Commits of one tree, by hand: a name, its parents and its date.
    fn graph(scratch: &Scratch, commits: &[(&str, &[&str], i64)]) {
        let tree = scratch.id("4b825dc642cb6eb9a060e54bf8d69288fbee4904");
        for (name, parents, date) in commits {
            let parents: String = parents.iter().map(|it| format!("parent {}\n", scratch.id(it))).collect();
            let person = format!("A <a@x> {date} +0000");
            let raw = format!("tree {tree}\n{parents}author {person}\ncommitter {person}\n\n{name}\n");
            let id = scratch.literal("commit", raw.as_bytes());
            scratch.git(&["update-ref", &format!("refs/heads/{name}"), &id.to_string()]);
        }
    }

    fn sorted(text: &str) -> Vec<ObjectId> {
        let mut ids: Vec<ObjectId> = text.lines().map(|it| it.parse().unwrap()).collect();
        ids.sort();
        ids
    }

    /// Compares every pair of branches with what the definitions say about git's own lists.
    fn as_defined(scratch: &Scratch) {
        let objects = scratch.objects();
        let names = scratch.git(&["for-each-ref", "--format=%(objectname)"]);
        let ids: Vec<ObjectId> = names.lines().map(|it| it.parse().unwrap()).collect();
        let listed = |id: &ObjectId| sorted(&scratch.git(&["rev-list", &id.to_string()]));
        let reach: BTreeMap<ObjectId, Vec<ObjectId>> = ids.iter().map(|id| (*id, listed(id))).collect();
        for (one, two) in ids.iter().flat_map(|one| ids.iter().map(move |two| (one, two))) {
            let (of_one, of_two) = (&reach[one], &reach[two]);
            let common: Vec<ObjectId> = of_one.iter().filter(|it| of_two.contains(it)).copied().collect();
            let is_best = |it: &&ObjectId| !common.iter().any(|other| other != *it && reach[other].contains(it));
            let best: Vec<ObjectId> = common.iter().filter(is_best).copied().collect();
            assert_eq!(merge_bases(&objects, one, two).unwrap(), best, "{one} {two}");
            let mut commits = range(&objects, one, two).unwrap();
            assert_eq!(count_missing(&objects, one, two).unwrap(), commits.len());
            for (position, commit) in commits.iter().enumerate() {
                let parents = objects.commit(commit).unwrap().parents;
                assert!(!parents.iter().any(|it| commits[..position].contains(it)));
            }
            commits.sort();
            let missing: Vec<ObjectId> = of_two.iter().filter(|it| !of_one.contains(it)).copied().collect();
            assert_eq!(commits, missing, "{one}..{two}");
            assert_eq!(is_ancestor(&objects, one, two).unwrap(), of_two.contains(one));
        }
    }

    const SHAPES: &[(&str, &[&str], i64)] = &[
        ("root", &[], 100),
        ("a", &["root"], 200),
        ("b", &["root"], 210),
        ("x", &["a", "b"], 300),
        ("y", &["b", "a"], 310),
        ("x2", &["x"], 400),
        ("y2", &["y"], 410),
        ("octopus", &["x2", "y2", "a"], 500),
        ("unrelated", &[], 150),
        ("joined", &["unrelated", "x"], 600),
    ];

    #[test]
    fn bases_ranges_and_ancestry_are_as_git_defines_them() {
        let scratch = Scratch::new();
        graph(&scratch, SHAPES);
        as_defined(&scratch);
        let criss_cross = merge_bases(&scratch.objects(), &scratch.id("x2"), &scratch.id("y2")).unwrap();
        assert_eq!(criss_cross, sorted(&scratch.git(&["merge-base", "--all", "x2", "y2"])));
        assert_eq!(criss_cross.len(), 2);
        assert_eq!(merge_bases(&scratch.objects(), &scratch.id("a"), &scratch.id("unrelated")).unwrap(), []);
    }

    #[test]
    fn a_commit_graph_changes_no_answer() {
        let scratch = Scratch::new();
        graph(&scratch, SHAPES);
        scratch.git(&["commit-graph", "write", "--reachable"]);
        as_defined(&scratch);
        graph(&scratch, &[("newer", &["octopus"], 700), ("many", &["x", "y", "a", "b", "newer"], 710)]);
        scratch.git(&["commit-graph", "write", "--reachable", "--split=no-merge"]);
        as_defined(&scratch);
    }

    #[test]
    fn wrong_clocks_change_no_answer() {
        let scratch = Scratch::new();
        let skewed: Vec<(&str, &[&str], i64)> = SHAPES
            .iter()
            .enumerate()
            .map(|(index, (name, parents, _))| (*name, *parents, [500, 20, 900, -5][index % 4]))
            .collect();
        graph(&scratch, &skewed);
        as_defined(&scratch);
    }

    #[test]
    fn what_lies_beyond_a_shallow_boundary_is_an_error_and_what_lies_before_is_not() {
        let full = Scratch::new();
        for step in 0..5 {
            full.write("a", format!("{step}"));
            full.commit("step");
        }
        let clone = Scratch::empty(HashKind::Sha1);
        clone.git(&["clone", "--quiet", "--depth=3", &format!("file://{}", full.path().display()), "."]);
        let objects = clone.objects();
        let at = |back: u32| clone.id(&format!("HEAD~{back}"));
        assert_eq!(range(&objects, &at(2), &at(0)).unwrap(), [at(0), at(1)]);
        assert_eq!(merge_bases(&objects, &at(1), &at(0)).unwrap(), [at(1)]);
        let beyond = full.id("HEAD~4");
        assert!(matches!(range(&objects, &beyond, &at(0)), Err(ObjectError::Absent(_))));
        assert!(is_ancestor(&objects, &at(2), &at(0)).unwrap());
        let unrelated =
            clone.git(&["commit-tree", "-m", "x", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"]).parse().unwrap();
        let absent = full.id("HEAD~3");
        assert!(matches!(merge_bases(&objects, &unrelated, &at(0)), Err(ObjectError::Absent(id)) if id == absent));
        assert!(matches!(is_ancestor(&objects, &unrelated, &at(0)), Err(ObjectError::Absent(id)) if id == absent));
        assert!(matches!(range(&objects, &unrelated, &at(0)), Err(ObjectError::Absent(id)) if id == absent));
    }
}
