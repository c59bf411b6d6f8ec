//! Tables in parts of so many items each: one that grows or changes here and there leaves most of its parts as they were.

use super::SnapshotError;
use crate::state::intern::Interner;
use crate::state::ledger::Last;
use crate::state::objects::History;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::borrow::Cow;
use std::ops::Range;

/// Items of a part: some 100 KB, of which a store can keep many and need not cut further.
pub(super) const PART_ITEMS: usize = 4096;

/// The parts of a table of `len` items.
pub(super) fn ranges(len: usize) -> impl Iterator<Item = Range<usize>> {
    (0..len).step_by(PART_ITEMS).map(move |start| start..len.min(start + PART_ITEMS))
}

/// Plain items.
#[derive(Serialize, Deserialize)]
#[serde(bound(deserialize = "T: DeserializeOwned"))]
pub(super) struct Items<'a, T: Clone>(pub(super) Cow<'a, [T]>);

/// Interned texts.
#[derive(Serialize, Deserialize)]
pub(super) struct Texts<'a> {
    arena: Cow<'a, str>,
    lens: Vec<u32>,
    spaces: Vec<u32>,
}

impl<'a> Texts<'a> {
    pub(super) fn of(interner: &'a Interner, range: Range<usize>) -> Self {
        let (arena, lens, spaces) = interner.part(range);
        Self { arena: arena.into(), lens, spaces }
    }
}

/// Objects: what they are called, and their versions.
#[derive(Serialize, Deserialize)]
#[serde(bound(deserialize = "T: DeserializeOwned"))]
pub(super) struct Objects<'a, T: Clone> {
    pub(super) ids: Texts<'a>,
    pub(super) histories: Cow<'a, [History<T>]>,
}

/// Additive facts: what they are called, and their last revisions.
#[derive(Serialize, Deserialize)]
pub(super) struct Facts<'a> {
    pub(super) ids: Texts<'a>,
    pub(super) lasts: Cow<'a, [Last]>,
}

/// The interner that these parts make up; an empty one of none.
pub(super) fn interner<'a>(parts: impl IntoIterator<Item = Texts<'a>>) -> Result<Interner, SnapshotError> {
    let (mut arena, mut ends, mut spaces) = (String::new(), Vec::new(), Vec::new());
    let inconsistent = SnapshotError::Inconsistent("texts");
    let mut end = 0_u32;
    for part in parts {
        arena.push_str(&part.arena);
        for len in part.lens {
            end = end.checked_add(len).ok_or_else(|| inconsistent.clone())?;
            ends.push(end);
        }
        spaces.extend(part.spaces);
    }
    if ends.is_empty() {
        return Ok(Interner::default());
    }
    Interner::from_parts(arena, &ends, &spaces).ok_or(inconsistent)
}
