//! Reading snapshots of version 1: all tables in one section, then the blocks. Nothing writes them any more.

use super::block::read_block;
use super::{MAGIC, SnapshotError, number};
use crate::state::deals::{Block, Deals};
use crate::state::held::Held;
use crate::state::intern::Interner;
use crate::state::ledger::{Last, Ledger, Standing};
use crate::state::objects::{History, Objects};
use crate::state::sets::{Attrs, Distinct, Line, Sets};
use crate::state::{
    AccountState, ActivityState, Alias, DealMeta, PersonState, PointState, QuotaState, RateState, StageState,
    State,
};
use salescope_domain::{HomeAmount, SettingsChange};
use serde::Deserialize;

const TABLES: u32 = 1;
const BLOCK: u32 = 2;
/// Tag, length and CRC-32.
const SECTION_HEADER: usize = 16;

#[derive(Deserialize)]
struct Texts {
    arena: String,
    ends: Vec<u32>,
    spaces: Vec<u32>,
}

impl Texts {
    fn interner(self) -> Result<Interner, SnapshotError> {
        Interner::from_parts(self.arena, &self.ends, &self.spaces).ok_or(SnapshotError::Inconsistent("texts"))
    }
}

#[derive(Deserialize)]
struct Table<T> {
    ids: Texts,
    histories: Vec<History<T>>,
}

impl<T: Held> Table<T> {
    fn objects(self, texts: &Interner) -> Result<Objects<T>, SnapshotError> {
        let fits = Objects::from_parts(texts, self.ids.interner()?, self.histories);
        fits.ok_or(SnapshotError::Inconsistent("objects"))
    }
}

#[derive(Deserialize)]
struct Facts<T> {
    arena: String,
    ends: Vec<u32>,
    spaces: Vec<u32>,
    lasts: Vec<Last>,
    rows: Vec<Standing<T>>,
}

impl<T: Held> Facts<T> {
    fn ledger(self) -> Result<Ledger<T>, SnapshotError> {
        let Self { arena, ends, spaces, lasts, rows } = self;
        let ids = Texts { arena, ends, spaces }.interner()?;
        Ledger::from_parts(ids, lasts, rows).ok_or(SnapshotError::Inconsistent("additive facts"))
    }
}

#[derive(Deserialize)]
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
    activities: Facts<ActivityState>,
    points: Facts<PointState>,
    /// JSON: a change of settings leaves out what it does not touch.
    settings: String,
    definitions: Table<Option<String>>,
}

impl Tables {
    /// The state, but for its deals' versions.
    fn state(self) -> Result<State, SnapshotError> {
        let texts = self.texts.interner()?;
        let settings: History<SettingsChange> =
            serde_json::from_str(&self.settings).map_err(|_| SnapshotError::Inconsistent("settings"))?;
        Ok(State {
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
            activities: self.activities.ledger()?,
            points: self.points.ledger()?,
            definitions: self.definitions.objects(&texts)?,
            settings,
            texts,
            current: salescope_domain::OrgSettings::default(),
        })
    }
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

    /// The bytes, if they are whole and of this kind.
    fn checked(self, tag: u32) -> Result<&'a [u8], SnapshotError> {
        if crc32fast::hash(self.body) != self.crc {
            return Err(SnapshotError::Damaged(self.start));
        }
        if self.tag == tag { Ok(self.body) } else { Err(SnapshotError::Inconsistent("sections")) }
    }
}

/// The state that the bytes hold, its deals' versions apart.
pub(super) fn read(bytes: &[u8]) -> Result<(State, Vec<Block>), SnapshotError> {
    let tables = Section::at(bytes, MAGIC.len() + 4)?;
    let mut blocks = Vec::new();
    let mut at = tables.start + tables.body.len();
    while at < bytes.len() {
        let section = Section::at(bytes, at)?;
        at = section.start + section.body.len();
        blocks.push(read_block(section.checked(BLOCK)?).ok_or(SnapshotError::Inconsistent("blocks"))?);
    }
    let tables: Tables =
        postcard::from_bytes(tables.checked(TABLES)?).map_err(|_| SnapshotError::Inconsistent("tables"))?;
    Ok((tables.state()?, blocks))
}
