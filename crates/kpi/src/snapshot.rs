//! Snapshots: an engine as bytes, and back.
//!
//! Layout, little endian: magic `SLKP`, version, then sections of (tag, length, CRC-32, bytes). The first section holds all
//! tables in postcard form; each further one holds a block of deals: counts, times and rows as they lie in memory.
//! Invariants: a snapshot is a function of the state; a version that was ever written can be read for good (a fixture of each
//! is a test); bytes that were damaged are refused.

use crate::engine::Engine;
use crate::state::deals::{Block, Deals};
use crate::state::held::Held;
use crate::state::intern::Interner;
use crate::state::ledger::{Ledger, LedgerParts};
use crate::state::objects::{History, Objects};
use crate::state::row::{Row, Times};
use crate::state::sets::{Attrs, Distinct, Line, Sets};
use crate::state::{
    AccountState, ActivityState, Alias, DealMeta, PersonState, PointState, QuotaState, RateState, StageState,
    State,
};
use salescope_domain::{HomeAmount, SettingsChange};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The version that is written.
pub const SNAPSHOT_VERSION: u32 = 1;

/// Rows are written as they lie in memory, and must read the same on every machine.
const _: () = assert!(cfg!(target_endian = "little"));

const MAGIC: &[u8; 4] = b"SLKP";
const TABLES: u32 = 1;
const BLOCK: u32 = 2;
const SECTION_HEADER: usize = 16;

/// Why bytes are not a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Not the beginning of a snapshot.
    #[error("these bytes are not a KPI snapshot")]
    NotASnapshot,
    /// A version that this program does not know.
    #[error("the snapshot has version {0}; this program reads versions 1 to {SNAPSHOT_VERSION}")]
    Version(u32),
    /// Bytes are missing or were changed.
    #[error("the snapshot is damaged at byte {0}")]
    Damaged(usize),
    /// The bytes are whole but do not fit together.
    #[error("the snapshot's {0} do not fit together")]
    Inconsistent(&'static str),
}

#[derive(Serialize, Deserialize)]
struct Texts {
    arena: String,
    ends: Vec<u32>,
    spaces: Vec<u32>,
}

impl From<&Interner> for Texts {
    fn from(interner: &Interner) -> Self {
        let (arena, ends, spaces) = interner.parts();
        Self { arena: arena.to_owned(), ends, spaces }
    }
}

impl Texts {
    fn interner(self) -> Result<Interner, SnapshotError> {
        Interner::from_parts(self.arena, &self.ends, &self.spaces).ok_or(SnapshotError::Inconsistent("texts"))
    }
}

#[derive(Serialize, Deserialize)]
struct Table<T> {
    ids: Texts,
    histories: Vec<History<T>>,
}

impl<T: Clone + Held> Table<T> {
    fn of(objects: &Objects<T>) -> Self {
        let (ids, histories) = objects.parts();
        Self { ids: ids.into(), histories: histories.to_vec() }
    }

    fn objects(self, texts: &Interner) -> Result<Objects<T>, SnapshotError> {
        let fits = Objects::from_parts(texts, self.ids.interner()?, self.histories);
        fits.ok_or(SnapshotError::Inconsistent("objects"))
    }
}

#[derive(Serialize, Deserialize)]
struct Tables {
    position: u64,
    texts: Texts,
    deal_ids: Texts,
    meta: Vec<DealMeta>,
    attrs: Vec<Attrs>,
    lines: Vec<Vec<Line>>,
    home: Vec<Option<HomeAmount>>,
    aliases: Vec<(u32, Alias)>,
    merges: Vec<(u32, (i64, u32))>,
    people: Table<PersonState>,
    teams: Table<u32>,
    accounts: Table<AccountState>,
    products: Table<u32>,
    stages: Table<StageState>,
    pipelines: Table<u32>,
    quotas: Table<Option<QuotaState>>,
    rates: Table<RateState>,
    activities: LedgerParts<ActivityState>,
    points: LedgerParts<PointState>,
    /// JSON: a change of settings leaves out what it does not touch.
    settings: String,
    definitions: Table<Option<String>>,
}

impl Tables {
    fn of(state: &State) -> Self {
        let mut aliases: Vec<_> = state.aliases.iter().map(|(deal, alias)| (*deal, *alias)).collect();
        aliases.sort_unstable_by_key(|(deal, _)| *deal);
        let mut merges: Vec<_> = state.merges.iter().map(|(deal, version)| (*deal, *version)).collect();
        merges.sort_unstable();
        Self {
            position: state.position,
            texts: (&state.texts).into(),
            deal_ids: (&state.deal_ids).into(),
            meta: state.meta.clone(),
            attrs: state.sets.attrs.values().to_vec(),
            lines: state.sets.lines.values().to_vec(),
            home: state.sets.home.values().to_vec(),
            aliases,
            merges,
            people: Table::of(&state.people),
            teams: Table::of(&state.teams),
            accounts: Table::of(&state.accounts),
            products: Table::of(&state.products),
            stages: Table::of(&state.stages),
            pipelines: Table::of(&state.pipelines),
            quotas: Table::of(&state.quotas),
            rates: Table::of(&state.rates),
            activities: state.activities.parts(),
            points: state.points.parts(),
            settings: serde_json::to_string(&state.settings).expect("settings are plain data"),
            definitions: Table::of(&state.definitions),
        }
    }

    /// The state, but for its deals' versions.
    fn state(self) -> Result<State, SnapshotError> {
        let texts = self.texts.interner()?;
        let settings: History<SettingsChange> =
            serde_json::from_str(&self.settings).map_err(|_| SnapshotError::Inconsistent("settings"))?;
        let ledger = SnapshotError::Inconsistent("additive facts");
        let mut state = State {
            position: self.position,
            deal_ids: self.deal_ids.interner()?,
            meta: self.meta,
            deals: Deals::default(),
            sets: Sets {
                attrs: Distinct::from_values(self.attrs),
                lines: Distinct::from_values(self.lines),
                home: Distinct::from_values(self.home),
            },
            aliases: self.aliases.into_iter().collect(),
            merges: self.merges.into_iter().collect(),
            people: self.people.objects(&texts)?,
            teams: self.teams.objects(&texts)?,
            accounts: self.accounts.objects(&texts)?,
            products: self.products.objects(&texts)?,
            stages: self.stages.objects(&texts)?,
            pipelines: self.pipelines.objects(&texts)?,
            quotas: self.quotas.objects(&texts)?,
            rates: self.rates.objects(&texts)?,
            activities: Ledger::from_parts(self.activities).ok_or_else(|| ledger.clone())?,
            points: Ledger::from_parts(self.points).ok_or(ledger)?,
            definitions: self.definitions.objects(&texts)?,
            settings,
            texts,
            current: salescope_domain::OrgSettings::default(),
        };
        state.current = state.settings_at(i64::MAX);
        Ok(state)
    }
}

fn section(bytes: &mut Vec<u8>, tag: u32, parts: &[&[u8]]) {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    let mut crc = crc32fast::Hasher::new();
    parts.iter().for_each(|part| crc.update(part));
    bytes.reserve(SECTION_HEADER + len);
    bytes.extend_from_slice(&tag.to_le_bytes());
    bytes.extend_from_slice(&(len as u64).to_le_bytes());
    bytes.extend_from_slice(&crc.finalize().to_le_bytes());
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
}

fn block_section(bytes: &mut Vec<u8>, block: &Block) {
    let mut counts: Vec<u32> = Vec::with_capacity(block.deals() + 1);
    counts.push(u32::try_from(block.deals()).expect("a block has few deals"));
    let mut times: Vec<Times> = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    for slot in 0..block.deals() {
        let versions = block.versions(slot);
        counts.push(u32::try_from(versions.rows.len()).expect("a block holds fewer than 2^32 versions"));
        times.extend_from_slice(versions.times);
        rows.extend_from_slice(versions.rows);
    }
    section(
        bytes,
        BLOCK,
        &[bytemuck::cast_slice(&counts), bytemuck::cast_slice(&times), bytemuck::cast_slice(&rows)],
    );
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], SnapshotError> {
    bytes.get(at..at + N).and_then(|part| part.try_into().ok()).ok_or(SnapshotError::Damaged(at))
}

/// A section as it lies in the bytes, not checked yet.
#[derive(Clone, Copy)]
struct Section<'a> {
    tag: u32,
    crc: u32,
    start: usize,
    body: &'a [u8],
}

impl<'a> Section<'a> {
    fn at(bytes: &'a [u8], at: usize) -> Result<Self, SnapshotError> {
        let tag = u32::from_le_bytes(number(bytes, at)?);
        let len = usize::try_from(u64::from_le_bytes(number(bytes, at + 4)?));
        let crc = u32::from_le_bytes(number(bytes, at + 12)?);
        let start = at + SECTION_HEADER;
        let end = len.ok().and_then(|len| start.checked_add(len)).ok_or(SnapshotError::Damaged(at))?;
        let body = bytes.get(start..end).ok_or(SnapshotError::Damaged(bytes.len()))?;
        Ok(Self { tag, crc, start, body })
    }

    fn end(self) -> usize {
        self.start + self.body.len()
    }

    /// The bytes, if they are whole and of this kind.
    fn checked(self, tag: u32) -> Result<&'a [u8], SnapshotError> {
        if crc32fast::hash(self.body) != self.crc {
            return Err(SnapshotError::Damaged(self.start));
        }
        if self.tag == tag { Ok(self.body) } else { Err(SnapshotError::Inconsistent("sections")) }
    }
}

fn read_blocks(sections: &[Section<'_>]) -> Result<Vec<Block>, SnapshotError> {
    let block = |section: &Section<'_>| {
        read_block(section.checked(BLOCK)?).ok_or(SnapshotError::Inconsistent("blocks"))
    };
    sections.iter().map(block).collect()
}

fn read_tables(section: Section<'_>) -> Result<State, SnapshotError> {
    let tables: Tables =
        postcard::from_bytes(section.checked(TABLES)?).map_err(|_| SnapshotError::Inconsistent("tables"))?;
    tables.state()
}

fn read_block(body: &[u8]) -> Option<Block> {
    let deals = usize::try_from(u32::from_le_bytes(body.get(..4)?.try_into().ok()?)).ok()?;
    let counts_end = 4 * (deals.checked_add(1)?);
    let counts: Vec<u32> = bytemuck::allocation::pod_collect_to_vec(body.get(4..counts_end)?);
    let versions: usize = counts.iter().map(|count| *count as usize).sum();
    let times_end = counts_end + versions.checked_mul(size_of::<Times>())?;
    let rows_end = times_end + versions.checked_mul(size_of::<Row>())?;
    (body.len() == rows_end).then_some(())?;
    let times = bytemuck::allocation::pod_collect_to_vec(&body[counts_end..times_end]);
    let rows = bytemuck::allocation::pod_collect_to_vec(&body[times_end..]);
    Block::from_parts(&counts, times, rows)
}

impl Engine {
    /// The engine as bytes.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        self.snapshot_sections().concat()
    }

    /// [`Self::snapshot`] in parts that change apart from each other, so that a store can keep those that did not.
    #[must_use]
    pub fn snapshot_sections(&self) -> Vec<Vec<u8>> {
        let mut first = MAGIC.to_vec();
        first.extend_from_slice(&SNAPSHOT_VERSION.to_le_bytes());
        let tables = postcard::to_stdvec(&Tables::of(&self.state)).expect("tables are plain data");
        section(&mut first, TABLES, &[&tables]);
        let block = |block: &Arc<Block>| {
            let mut bytes = Vec::new();
            block_section(&mut bytes, block);
            bytes
        };
        std::iter::once(first).chain(self.state.deals.blocks().iter().map(block)).collect()
    }

    /// The engine that [`Self::snapshot`] made bytes of.
    ///
    /// # Errors
    /// When the bytes are not a snapshot of a known version, or were damaged.
    pub fn restore(bytes: &[u8]) -> Result<Self, SnapshotError> {
        if bytes.get(..4) != Some(MAGIC) {
            return Err(SnapshotError::NotASnapshot);
        }
        let version = u32::from_le_bytes(number(bytes, 4)?);
        if version != SNAPSHOT_VERSION {
            return Err(SnapshotError::Version(version));
        }
        let tables = Section::at(bytes, 8)?;
        let mut blocks = Vec::new();
        let mut at = tables.end();
        while at < bytes.len() {
            let section = Section::at(bytes, at)?;
            at = section.end();
            blocks.push(section);
        }
        // Blocks are checked and copied on a thread of their own while this one rebuilds the tables.
        let (state, blocks) = std::thread::scope(|scope| {
            let blocks = scope.spawn(|| read_blocks(&blocks));
            (read_tables(tables), blocks.join().unwrap_or(Err(SnapshotError::Inconsistent("blocks"))))
        });
        let mut state = state?;
        state.deals = Deals::from_blocks(blocks?).ok_or(SnapshotError::Inconsistent("blocks"))?;
        let deals = state.deals.len();
        if state.meta.len() != deals || state.deal_ids.len() != deals + 1 {
            return Err(SnapshotError::Inconsistent("deals"));
        }
        Ok(Self::from_state(state))
    }
}
