//! An organisation's state: a pure fold of its journal.
//!
//! Invariants: [`State::apply`] reads nothing but entries; applying the same journal gives the same state; entries that do
//! not supersede what is known change nothing.

mod apply;
pub(crate) mod deals;
pub(crate) mod held;
pub(crate) mod intern;
pub(crate) mod ledger;
pub(crate) mod objects;
pub(crate) mod row;
pub(crate) mod sets;

pub use apply::Changes;
use deals::{Deals, Versions};
use hashbrown::HashMap;
use intern::Interner;
use ledger::Ledger;
use objects::{History, Objects};
use salescope_domain::{
    ActivityKind, ChangeSource, Currency, Date, Decimal, ForecastCategory, OrgSettings, QuotaHolder,
    QuotaTarget, SettingsChange, StageOutcome,
};
use serde::{Deserialize, Serialize};
use sets::Sets;

/// What is kept of a person. Numbers are texts; 0 is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PersonState {
    pub team: u32,
    pub region: u32,
}

/// What is kept of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct AccountState {
    /// Text; 0 is none.
    pub name: u32,
    /// Field and value, as texts, sorted by field.
    pub attributes: Vec<(u32, u32)>,
}

/// What is kept of a stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StageState {
    /// Text; 0 is none.
    pub name: u32,
    /// Object of the pipeline table; 0 is none.
    pub pipeline: u32,
    pub position: u16,
    pub outcome: StageOutcome,
    /// Millionths.
    pub probability: Option<u32>,
    pub category: Option<ForecastCategory>,
}

/// What is kept of a quota; `None` in a history is a deletion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct QuotaState {
    pub holder: QuotaHolder,
    pub from: Date,
    pub to: Date,
    pub target: QuotaTarget,
}

/// What is kept of an exchange rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RateState {
    pub currency: Currency,
    pub home: Currency,
    pub date: Date,
    pub rate: Decimal,
}

/// What is kept of an activity. Numbers are texts, `deal` a deal's slot plus one; 0 is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ActivityState {
    pub occurred: i64,
    pub source: u32,
    pub owner: u32,
    pub deal: u32,
    pub kind: ActivityKind,
    pub change_source: ChangeSource,
}

/// What is kept of a metric point. Numbers are texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PointState {
    pub time: i64,
    pub source: u32,
    pub metric_type: u32,
    pub mantissa: i64,
    pub scale: u8,
    /// Field and value, sorted by field.
    pub dimensions: Vec<(u32, u32)>,
}

/// What is kept of a deal beside its versions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct DealMeta {
    /// Last version's number and sequence; meaningless while `stated` is false.
    pub last: (i64, u32),
    pub stated: bool,
    /// When the last event was known and occurred, as running maxima (also of events that changed nothing).
    pub known: i64,
    pub occurred: i64,
    /// The earliest creation among deals merged into this one.
    pub floor: Option<Date>,
}

/// Where a merged deal went, and when that was known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Alias {
    pub survivor: u32,
    pub known: i64,
}

/// An organisation's state.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub position: u64,
    /// Ids and labels that are dimension values.
    pub texts: Interner,
    /// Deal ids; number `n` is the deal in slot `n - 1`.
    pub deal_ids: Interner,
    pub meta: Vec<DealMeta>,
    pub deals: Deals,
    pub sets: Sets,
    pub aliases: HashMap<u32, Alias, foldhash::fast::FixedState>,
    pub merges: HashMap<u32, (i64, u32), foldhash::fast::FixedState>,
    pub people: Objects<PersonState>,
    pub teams: Objects<u32>,
    pub accounts: Objects<AccountState>,
    pub products: Objects<u32>,
    pub stages: Objects<StageState>,
    pub pipelines: Objects<u32>,
    pub quotas: Objects<Option<QuotaState>>,
    pub rates: Objects<RateState>,
    pub activities: Ledger<ActivityState>,
    pub points: Ledger<PointState>,
    pub settings: History<SettingsChange>,
    /// The settings in force at `position`.
    pub current: OrgSettings,
    pub definitions: Objects<Option<String>>,
}

impl State {
    /// The settings as known at `at`.
    pub(crate) fn settings_at(&self, at: i64) -> OrgSettings {
        let mut settings = OrgSettings::default();
        for version in self.settings.known_at(at) {
            settings.apply(&version.value);
        }
        settings
    }

    /// A deal's versions as known at `at`.
    pub(crate) fn versions_at(&self, deal: usize, at: i64) -> Versions<'_> {
        self.deals.versions(deal).known_at(at)
    }

    /// The deal that `deal` stands for as known at `at`: itself, or the survivor of its merges.
    pub(crate) fn survivor_at(&self, mut deal: u32, at: i64) -> u32 {
        while let Some(alias) = self.aliases.get(&deal).filter(|alias| alias.known <= at) {
            deal = alias.survivor;
        }
        deal
    }

    /// Bytes held: all that grows with the journal. Told from counters, in a time that grows with the blocks of deals alone.
    pub(crate) fn bytes(&self) -> usize {
        self.deals.bytes()
            + self.deal_ids.bytes()
            + self.texts.bytes()
            + self.meta.capacity() * size_of::<DealMeta>()
            + self.sets.bytes()
            + self.aliases.allocation_size()
            + self.merges.allocation_size()
            + self.people.bytes()
            + self.teams.bytes()
            + self.accounts.bytes()
            + self.products.bytes()
            + self.stages.bytes()
            + self.pipelines.bytes()
            + self.quotas.bytes()
            + self.rates.bytes()
            + self.activities.bytes()
            + self.points.bytes()
            + self.settings.bytes()
            + self.definitions.bytes()
    }
}
