//! Findings that count only where others stand near.

use std::collections::BTreeMap;

use super::settings::Beside;
use crate::checks::secrets::hit::{Hit, Kind};
use crate::checks::secrets::input::{Input, Within};

/// Neighbours that are looked at for one finding. With more of them on the lines around, the finding counts.
const MOST_LOOKED_AT: usize = 256;

/// Where something begins: its line, and the bytes before it on that line.
type Place = (usize, usize);

/// Leaves out the hits that lack what must stand near; `all` gives everything that may.
pub(super) fn keep(input: &Input<'_>, own: &mut Vec<Hit>, all: impl FnOnce() -> Vec<Hit>) {
    let asks = |hit: &Hit| !asked(hit).is_empty();
    // While the path of a text is not known, only its new parts are looked at: whatever is found is looked at again.
    if matches!(input.within, Within::Fresh(_)) || !own.iter().any(asks) {
        return;
    }
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', input.text).collect();
    let place = |hit: &Hit| {
        let line = ends.partition_point(|end| *end < hit.span.start);
        let start = line.checked_sub(1).and_then(|it| ends.get(it)).map_or(0, |end| end + 1);
        (line, hit.span.start.saturating_sub(start))
    };
    let mut neighbours: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for hit in all() {
        neighbours.entry(hit.kind.name().to_owned()).or_default().push(place(&hit));
    }
    neighbours.values_mut().for_each(|it| it.sort_unstable());
    own.retain(|hit| {
        let near = |it: &Beside| neighbours.get(&it.id).is_some_and(|places| is_near(it, place(hit), places));
        asked(hit).iter().all(near)
    });
}

fn asked(hit: &Hit) -> &[Beside] {
    match &hit.kind {
        Kind::Own(detector) => &detector.beside,
        Kind::Known(..) | Kind::Placed(_) => &[],
    }
}

fn is_near(beside: &Beside, (line, column): Place, places: &[Place]) -> bool {
    let within = |most: Option<u32>| most.map_or(usize::MAX, |it| usize::try_from(it).unwrap_or(usize::MAX));
    let (lines, columns) = (within(beside.lines), within(beside.columns));
    let first = places.partition_point(|it| it.0 < line.saturating_sub(lines));
    let last = places.partition_point(|it| it.0 <= line.saturating_add(lines));
    let around = places.get(first..last).unwrap_or_default();
    MOST_LOOKED_AT < around.len() || around.iter().any(|it| it.1.abs_diff(column) <= columns)
}
