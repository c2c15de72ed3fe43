//! Which blobs were looked at, and what they hold.

use std::collections::BTreeMap;

use crate::model::{ObjectId, Scanned};

use super::{Memory, Name, Parts};

/// What one finder knows of the blobs of a repository.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::git::whole_history) struct Table {
    /// Each blob that was looked at, with its size in bytes; sorted.
    pub(in crate::git::whole_history) sizes: Vec<(ObjectId, u64)>,
    /// Each mark with a blob that holds it; sorted.
    pub(in crate::git::whole_history) marks: Vec<(u64, ObjectId)>,
    /// The state of the repository in which these are all blobs and nothing was missing.
    pub(in crate::git::whole_history) whole_at: Option<Name>,
}

impl Table {
    /// The table of a finder.
    pub(in crate::git::whole_history) fn recall(memory: &Memory, finder: &Name) -> Option<Self> {
        Self::parse(&memory.recall(&memory.name("table", finder))?)
    }

    /// Keeps the table of a finder.
    pub(in crate::git::whole_history) fn learn(&self, memory: &Memory, finder: &Name) {
        if let Some(body) = self.body() {
            memory.learn(memory.name("table", finder), body);
        }
    }

    /// The same as a scan of all these blobs would tell.
    pub(in crate::git::whole_history) fn scanned(&self) -> Scanned {
        let mut holders: BTreeMap<u64, Vec<ObjectId>> = BTreeMap::new();
        for (tag, id) in &self.marks {
            holders.entry(*tag).or_default().push(*id);
        }
        let bytes = self.sizes.iter().map(|(_, size)| *size).sum();
        Scanned { holders, blobs: self.sizes.len() as u64, bytes, fresh: 0, missing: Vec::new() }
    }

    /// All names are equally long; marks name their blob by its position.
    fn body(&self) -> Option<Vec<u8>> {
        let length = self.sizes.first().map_or(0, |(id, _)| id.as_bytes().len());
        if self.sizes.iter().any(|(id, _)| id.as_bytes().len() != length) {
            return None;
        }
        let mut body = vec![u8::try_from(length).ok()?, u8::from(self.whole_at.is_some())];
        body.extend(self.whole_at.unwrap_or_default());
        body.extend((self.sizes.len() as u64).to_le_bytes());
        self.sizes.iter().for_each(|(id, _)| body.extend(id.as_bytes()));
        self.sizes.iter().for_each(|(_, size)| body.extend(size.to_le_bytes()));
        body.extend((self.marks.len() as u64).to_le_bytes());
        for (tag, id) in &self.marks {
            let position = self.sizes.binary_search_by_key(id, |(id, _)| *id).ok()?;
            body.extend(tag.to_le_bytes());
            body.extend((position as u64).to_le_bytes());
        }
        Some(body)
    }

    fn parse(body: &[u8]) -> Option<Self> {
        let mut parts = Parts(body);
        let (length, is_whole, state) = (usize::from(parts.byte()?), parts.byte()? == 1, parts.array()?);
        let count = parts.count()?;
        let names = parts.take(count.checked_mul(length)?)?;
        let sizes = parts.take(count.checked_mul(8)?)?;
        let sizes: Vec<(ObjectId, u64)> = names
            .chunks_exact(length.max(1))
            .zip(sizes.as_chunks().0)
            .map(|(name, size)| Some((ObjectId::from_bytes(name)?, u64::from_le_bytes(*size))))
            .collect::<Option<_>>()?;
        let count = parts.count()?;
        let mut marks = Vec::with_capacity(count);
        for _ in 0..count {
            let (tag, position) = (parts.number()?, usize::try_from(parts.number()?).ok()?);
            marks.push((tag, sizes.get(position)?.0));
        }
        let is_sorted = sizes.is_sorted_by(|(one, _), (next, _)| one < next) && marks.is_sorted();
        let table = Self { sizes, marks, whole_at: is_whole.then_some(state) };
        (is_sorted && parts.0.is_empty()).then_some(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_as_it_was_written_and_no_other_bytes_are_one() {
        let id = |byte| ObjectId::from_bytes(&[byte; 20]).unwrap();
        let sizes = vec![(id(1), 7), (id(2), u64::from(u32::MAX) + 9), (id(9), 0)];
        let marks = vec![(3, id(1)), (3, id(9)), (u64::MAX, id(2))];
        for whole_at in [None, Some([5; 32])] {
            let table = Table { sizes: sizes.clone(), marks: marks.clone(), whole_at };
            let body = table.body().unwrap();
            assert_eq!(Table::parse(&body).as_ref(), Some(&table));
            assert_eq!(Table::parse(&[body.as_slice(), &[0]].concat()), None);
            for end in 0..body.len() {
                assert_eq!(Table::parse(&body[..end]), None, "{end}");
            }
        }
        assert_eq!(Table::parse(&Table::default().body().unwrap()), Some(Table::default()));
    }
}
