//! The world that is asked about: the journal folded into plain maps, as known at a time.
//!
//! The fold takes all entries in the order of the journal. Along an object's versions `known_at` is a running maximum, so
//! what is known at a time is a prefix of each object's versions.

mod deal;
mod fold;
mod gate;
mod merge;
mod timeline;

pub(crate) use deal::{Deal, DealKey, DealState, DealVersion, Stand};

use salescope_domain::{
    Account, AccountId, Activity, Currency, Date, Decimal, Entry, Instant, MetricPoint, OrgSettings, Person,
    PersonId, Pipeline, PipelineId, Product, ProductId, Quota, SourceId, Stage, StageId, Team, TeamId,
};
use std::collections::BTreeMap;

/// Everything that figures depend on.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(crate) settings: OrgSettings,
    pub(crate) deals: BTreeMap<DealKey, Deal>,
    pub(crate) people: BTreeMap<PersonId, Person>,
    pub(crate) teams: BTreeMap<TeamId, Team>,
    pub(crate) accounts: BTreeMap<(SourceId, AccountId), Account>,
    pub(crate) products: BTreeMap<(SourceId, ProductId), Product>,
    pub(crate) stages: BTreeMap<(SourceId, StageId), Stage>,
    pub(crate) pipelines: BTreeMap<(SourceId, PipelineId), Pipeline>,
    pub(crate) quotas: Vec<Quota>,
    pub(crate) rates: Vec<Rate>,
    pub(crate) activities: Vec<Activity>,
    /// With positions in the journal.
    pub(crate) points: Vec<(u64, MetricPoint)>,
    /// Which deal a merged one has become, one step of a chain each.
    aliases: BTreeMap<DealKey, DealKey>,
}

/// A rate in force from a date on.
#[derive(Debug, Clone)]
pub(crate) struct Rate {
    /// Its position in the journal.
    pub(crate) seq: u64,
    pub(crate) currency: Currency,
    pub(crate) home: Currency,
    pub(crate) date: Date,
    pub(crate) rate: Decimal,
}

impl World {
    /// Folds the journal, as known at `as_known`.
    pub(crate) fn fold(entries: &[Entry], as_known: Instant) -> Self {
        fold::fold(entries).at(as_known)
    }

    pub(crate) fn stage(&self, source: &SourceId, stage: &StageId) -> Option<&Stage> {
        self.stages.get(&(source.clone(), stage.clone()))
    }

    /// The deal that `key` has become by merges.
    pub(crate) fn survivor(&self, key: &DealKey) -> DealKey {
        let mut key = key;
        while let Some(survivor) = self.aliases.get(key) {
            key = survivor;
        }
        key.clone()
    }
}
