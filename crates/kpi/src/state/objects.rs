//! Upserted objects other than deals: people, teams, accounts, stages, quotas, rates and the like, with all their versions.
//!
//! Invariant: `known` never falls along an object's versions, and each version supersedes the one before.

use super::held::Held;
use super::intern::Interner;
use salescope_domain::Version;
use serde::{Deserialize, Serialize};

/// One version of an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Known<T> {
    /// Milliseconds, a running maximum.
    pub known: i64,
    /// Entry that made it.
    pub seq: u64,
    pub value: T,
}

/// All versions of one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct History<T> {
    last: Option<(i64, u32)>,
    versions: Vec<Known<T>>,
}

impl<T> Default for History<T> {
    fn default() -> Self {
        Self { last: None, versions: Vec::new() }
    }
}

impl<T> History<T> {
    /// Takes a version in, unless it is old news.
    pub(crate) fn push(&mut self, version: Version, known: i64, seq: u64, value: T) -> bool {
        if self.last.is_some_and(|last| !version.supersedes(last)) {
            return false;
        }
        self.last = Some(version.order());
        let known = self.versions.last().map_or(known, |last| last.known.max(known));
        if self.versions.is_empty() {
            // Most objects are stated once.
            self.versions.reserve_exact(1);
        }
        self.versions.push(Known { known, seq, value });
        true
    }

    /// Bytes of the versions, without what their values hold.
    pub(crate) fn bytes(&self) -> usize {
        self.versions.capacity() * size_of::<Known<T>>()
    }

    /// The versions known at `at`, oldest first.
    pub(crate) fn known_at(&self, at: i64) -> &[Known<T>] {
        &self.versions[..self.versions.partition_point(|version| version.known <= at)]
    }

    /// The version in force as known at `at`.
    pub(crate) fn at(&self, at: i64) -> Option<&Known<T>> {
        self.known_at(at).last()
    }
}

/// Objects by number; number 0 is none. An object may be referred to before it is stated.
#[derive(Debug, Clone)]
pub(crate) struct Objects<T> {
    ids: Interner,
    /// The id of each as a dimension value.
    labels: Vec<u32>,
    histories: Vec<History<T>>,
    /// Bytes that the histories hold.
    held: usize,
}

impl<T> Default for Objects<T> {
    fn default() -> Self {
        Self { ids: Interner::default(), labels: vec![0], histories: vec![History::default()], held: 0 }
    }
}

impl<T> Objects<T> {
    /// The number of the object that `space` (a source's text, or 0) calls `id`.
    pub(crate) fn number(&mut self, texts: &mut Interner, space: u32, id: &str) -> u32 {
        let (number, new) = self.ids.intern(space, id);
        if new {
            self.labels.push(texts.intern(0, id).0);
            self.histories.push(History::default());
        }
        number
    }

    /// The source's text that the object belongs to.
    pub(crate) fn space(&self, number: u32) -> u32 {
        self.ids.space(number)
    }

    /// The object's id as a dimension value.
    pub(crate) fn label(&self, number: u32) -> u32 {
        self.labels[number as usize]
    }

    /// The object's value in force as known at `at`.
    pub(crate) fn at(&self, number: u32, at: i64) -> Option<&T> {
        self.histories[number as usize].at(at).map(|known| &known.value)
    }

    /// The value in force, as known at `at`, of the object that the organisation itself calls by this text; 0 is none.
    pub(crate) fn named(&self, texts: &Interner, text: u32, at: i64) -> Option<&T> {
        let number = self.ids.find(0, texts.text(text)).filter(|_| text != 0)?;
        self.at(number, at)
    }

    /// Every object's version in force as known at `at`, by number.
    pub(crate) fn all_at(&self, at: i64) -> impl Iterator<Item = (u32, Option<&Known<T>>)> {
        (0_u32..).zip(self.histories.iter().map(move |history| history.at(at)))
    }
}

impl<T: Held> Objects<T> {
    /// Takes a version of an object in, unless it is old news.
    pub(crate) fn push(&mut self, number: u32, version: Version, known: i64, seq: u64, value: T) -> bool {
        let history = &mut self.histories[number as usize];
        let (before, held) = (history.bytes(), value.held());
        let news = history.push(version, known, seq, value);
        if news {
            self.held += history.bytes() - before + held;
        }
        news
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.ids.bytes()
            + self.labels.capacity() * size_of::<u32>()
            + self.histories.capacity() * size_of::<History<T>>()
            + self.held
    }

    /// What a snapshot keeps.
    pub(crate) fn parts(&self) -> (&Interner, &[History<T>]) {
        (&self.ids, &self.histories)
    }

    /// The inverse of [`Self::parts`].
    pub(crate) fn from_parts(texts: &Interner, ids: Interner, histories: Vec<History<T>>) -> Option<Self> {
        (ids.len() == histories.len()).then_some(())?;
        let known = (1..u32::try_from(ids.len()).ok()?).map(|number| texts.find(0, ids.text(number)));
        let labels = std::iter::once(Some(0)).chain(known).collect::<Option<Vec<u32>>>()?;
        let values =
            |history: &History<T>| history.versions.iter().map(|known| known.value.held()).sum::<usize>();
        let held = histories.iter().map(|history| history.bytes() + values(history)).sum();
        Some(Self { ids, labels, histories, held })
    }
}
