//! Interned texts: every id and label of an organisation once, as a number.
//!
//! Invariant: number 0 is "nothing"; numbers are given in order of first appearance, so equal journals give equal numbers.

use hashbrown::HashTable;
use std::hash::{BuildHasher, Hasher};

/// Where a text lies, and its space: all that a look-up needs beside the text, in one place.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: u32,
    end: u32,
    space: u32,
}

/// Texts by number, and numbers by text within a space (a source, or 0).
#[derive(Debug, Clone)]
pub(crate) struct Interner {
    arena: String,
    places: Vec<Place>,
    index: HashTable<u32>,
    hasher: foldhash::fast::FixedState,
}

impl Default for Interner {
    fn default() -> Self {
        Self {
            arena: String::new(),
            places: vec![Place { start: 0, end: 0, space: 0 }],
            index: HashTable::new(),
            hasher: foldhash::fast::FixedState::with_seed(0x5a1e_5c0b),
        }
    }
}

/// A look-up's parts, without the index that it looks in.
#[derive(Clone, Copy)]
struct Texts<'a> {
    arena: &'a str,
    places: &'a [Place],
    hasher: &'a foldhash::fast::FixedState,
}

impl<'a> Texts<'a> {
    fn text(self, number: u32) -> &'a str {
        let place = self.places[number as usize];
        &self.arena[place.start as usize..place.end as usize]
    }

    fn is(self, number: u32, space: u32, text: &str) -> bool {
        let place = self.places[number as usize];
        place.space == space
            && (place.end - place.start) as usize == text.len()
            && self.arena.as_bytes()[place.start as usize..place.end as usize] == *text.as_bytes()
    }

    fn hash(self, space: u32, text: &str) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(text.as_bytes());
        hasher.write_u32(space);
        hasher.finish()
    }

    fn hash_of(self, number: u32) -> u64 {
        self.hash(self.places[number as usize].space, self.text(number))
    }
}

impl Interner {
    fn texts(&self) -> Texts<'_> {
        Texts { arena: &self.arena, places: &self.places, hasher: &self.hasher }
    }

    /// How many numbers there are, "nothing" included.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// The text of a number.
    pub(crate) fn text(&self, number: u32) -> &str {
        self.texts().text(number)
    }

    /// The space of a number.
    pub(crate) fn space(&self, number: u32) -> u32 {
        self.places[number as usize].space
    }

    /// The number of a text that may not have one.
    pub(crate) fn find(&self, space: u32, text: &str) -> Option<u32> {
        let texts = self.texts();
        self.index.find(texts.hash(space, text), |number| texts.is(*number, space, text)).copied()
    }

    /// The number of a text, and whether it is new.
    pub(crate) fn intern(&mut self, space: u32, text: &str) -> (u32, bool) {
        let texts = self.texts();
        let hash = texts.hash(space, text);
        if let Some(number) = self.index.find(hash, |number| texts.is(*number, space, text)) {
            return (*number, false);
        }
        let number = u32::try_from(self.places.len()).expect("an organisation has fewer than 2^32 texts");
        let offset = |len: usize| u32::try_from(len).expect("an organisation's ids take less than 4 GiB");
        let start = offset(self.arena.len());
        self.arena.push_str(text);
        self.places.push(Place { start, end: offset(self.arena.len()), space });
        let Self { arena, places, index, hasher } = self;
        let texts = Texts { arena, places, hasher };
        index.insert_unique(hash, number, |number| texts.hash_of(*number));
        (number, true)
    }

    /// The texts of some numbers end to end, and the length and space of each.
    pub(crate) fn part(&self, numbers: std::ops::Range<usize>) -> (&str, Vec<u32>, Vec<u32>) {
        let places = &self.places[numbers];
        let (lens, spaces) = places.iter().map(|place| (place.end - place.start, place.space)).unzip();
        let start = places.first().map_or(0, |place| place.start);
        let end = places.last().map_or(0, |place| place.end);
        (&self.arena[start as usize..end as usize], lens, spaces)
    }

    /// Rebuilds from all texts end to end, the end of each there, and its space; `None` when the parts do not fit together.
    pub(crate) fn from_parts(arena: String, ends: &[u32], spaces: &[u32]) -> Option<Self> {
        let fits = ends.first() == Some(&0)
            && ends.len() == spaces.len()
            && ends.is_sorted()
            && ends.last().is_some_and(|end| *end as usize == arena.len())
            && ends.iter().all(|end| arena.is_char_boundary(*end as usize));
        fits.then_some(())?;
        let starts = std::iter::once(&0).chain(ends);
        let places = starts.zip(ends).zip(spaces).map(|((start, end), space)| Place {
            start: *start,
            end: *end,
            space: *space,
        });
        let mut interner = Self { arena, places: places.collect(), ..Self::default() };
        let mut index = HashTable::with_capacity(interner.len());
        let texts = interner.texts();
        for number in 1..u32::try_from(interner.len()).ok()? {
            index.insert_unique(texts.hash_of(number), number, |number| texts.hash_of(*number));
        }
        interner.index = index;
        Some(interner)
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.arena.capacity() + size_of::<Place>() * self.places.capacity() + self.index.allocation_size()
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
        let (arena, lens, spaces) = texts.part(0..texts.len());
        let mut end = 0;
        let ends: Vec<u32> = lens
            .iter()
            .map(|len| {
                end += len;
                end
            })
            .collect();
        let again = Interner::from_parts(arena.to_owned(), &ends, &spaces).unwrap();
        assert_eq!(again.part(7..9), texts.part(7..9));
        assert_eq!(again.find(1, "Ann"), Some(b));
        assert_eq!(again.find(2, "deal 999"), texts.find(2, "deal 999"));
        assert_eq!(again.find(3, "Ann"), None);
        assert!(Interner::from_parts("ab".into(), &[0, 3], &[0, 0]).is_none());
    }
}
