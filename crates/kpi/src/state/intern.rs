//! Interned texts: every id and label of an organisation once, as a number.
//!
//! Invariant: number 0 is "nothing"; numbers are given in order of first appearance, so equal journals give equal numbers.

use hashbrown::HashTable;
use std::hash::{BuildHasher, Hasher};

/// Texts by number, and numbers by text within a space (a source, or 0).
#[derive(Debug, Clone)]
pub(crate) struct Interner {
    arena: String,
    /// End of each text in the arena; text `n` starts where `n - 1` ends.
    ends: Vec<u32>,
    spaces: Vec<u32>,
    index: HashTable<u32>,
    hasher: foldhash::fast::FixedState,
}

impl Default for Interner {
    fn default() -> Self {
        Self {
            arena: String::new(),
            ends: vec![0],
            spaces: vec![0],
            index: HashTable::new(),
            hasher: foldhash::fast::FixedState::with_seed(0x5a1e_5c0b),
        }
    }
}

impl Interner {
    /// How many numbers there are, "nothing" included.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a number.
    pub(crate) fn text(&self, number: u32) -> &str {
        let at = number as usize;
        if at == 0 {
            return "";
        }
        &self.arena[self.ends[at - 1] as usize..self.ends[at] as usize]
    }

    /// The space of a number.
    pub(crate) fn space(&self, number: u32) -> u32 {
        self.spaces[number as usize]
    }

    fn hash(&self, space: u32, text: &str) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(text.as_bytes());
        hasher.write_u32(space);
        hasher.finish()
    }

    /// The number of a text that may not have one.
    pub(crate) fn find(&self, space: u32, text: &str) -> Option<u32> {
        let hash = self.hash(space, text);
        self.index.find(hash, |n| self.space(*n) == space && self.text(*n) == text).copied()
    }

    /// The number of a text, and whether it is new.
    pub(crate) fn intern(&mut self, space: u32, text: &str) -> (u32, bool) {
        let hash = self.hash(space, text);
        let Self { arena, ends, spaces, index, .. } = self;
        let text_at = |n: u32| &arena[ends[n as usize - 1] as usize..ends[n as usize] as usize];
        if let Some(number) = index.find(hash, |n| spaces[*n as usize] == space && text_at(*n) == text) {
            return (*number, false);
        }
        let number = u32::try_from(ends.len()).expect("an organisation has fewer than 2^32 texts");
        arena.push_str(text);
        ends.push(u32::try_from(arena.len()).expect("an organisation's ids take less than 4 GiB"));
        spaces.push(space);
        let Self { arena, ends, spaces, index, hasher } = self;
        let text_at = |n: u32| &arena[ends[n as usize - 1] as usize..ends[n as usize] as usize];
        index.insert_unique(hash, number, |n| {
            let mut state = hasher.build_hasher();
            state.write(text_at(*n).as_bytes());
            state.write_u32(spaces[*n as usize]);
            state.finish()
        });
        (number, true)
    }

    /// What a snapshot keeps: arena, ends and spaces.
    pub(crate) fn parts(&self) -> (&str, &[u32], &[u32]) {
        (&self.arena, &self.ends, &self.spaces)
    }

    /// The inverse of [`Self::parts`]; `None` when the parts do not fit together.
    pub(crate) fn from_parts(arena: String, ends: Vec<u32>, spaces: Vec<u32>) -> Option<Self> {
        let fits = ends.first() == Some(&0)
            && ends.len() == spaces.len()
            && ends.is_sorted()
            && ends.last().is_some_and(|end| *end as usize == arena.len())
            && ends.iter().all(|end| arena.is_char_boundary(*end as usize));
        fits.then_some(())?;
        let mut interner = Self { arena, ends, spaces, ..Self::default() };
        let hashes: Vec<u64> = (1..u32::try_from(interner.len()).ok()?)
            .map(|n| interner.hash(interner.space(n), interner.text(n)))
            .collect();
        let mut index = HashTable::with_capacity(hashes.len());
        for (number, hash) in (1_u32..).zip(&hashes) {
            index.insert_unique(*hash, number, |n| hashes[*n as usize - 1]);
        }
        interner.index = index;
        Some(interner)
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.arena.capacity() + 8 * self.ends.capacity() + self.index.allocation_size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_of_one_space_share_a_number_and_survive_their_parts() {
        let mut texts = Interner::default();
        let (a, new) = texts.intern(0, "Ann");
        assert!(new);
        assert_eq!(texts.intern(0, "Ann"), (a, false));
        let (b, _) = texts.intern(1, "Ann");
        assert_ne!(a, b);
        for n in 0..1000 {
            texts.intern(2, &format!("deal {n}"));
        }
        let (arena, ends, spaces) = texts.parts();
        let again = Interner::from_parts(arena.to_owned(), ends.to_vec(), spaces.to_vec()).unwrap();
        assert_eq!(again.find(1, "Ann"), Some(b));
        assert_eq!(again.find(2, "deal 999"), texts.find(2, "deal 999"));
        assert_eq!(again.find(3, "Ann"), None);
        assert!(Interner::from_parts("ab".into(), vec![0, 3], vec![0, 0]).is_none());
    }
}
