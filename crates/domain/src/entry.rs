//! Journal entries: the only input that state depends on.

use crate::{
    Account, Activity, DealEvent, DealMerge, EventId, ExchangeRate, Instant, KpiDefinitionEntry, MetricPoint,
    Person, Pipeline, Product, Quarantine, Quota, Release, SettingsChange, SourceId, Stage, Team, Version,
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What an entry says. The built-in kinds are a closed list. They are in boxes, as payloads are moved often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payload {
    /// A deal changed.
    Deal(Box<DealEvent>),
    /// Deals were merged.
    Merge(Box<DealMerge>),
    /// A person's version.
    Person(Box<Person>),
    /// A team's version.
    Team(Box<Team>),
    /// An account's version.
    Account(Box<Account>),
    /// A product's version.
    Product(Box<Product>),
    /// A stage's version.
    Stage(Box<Stage>),
    /// A pipeline's version.
    Pipeline(Box<Pipeline>),
    /// An activity, or its correction.
    Activity(Box<Activity>),
    /// A quota's version.
    Quota(Box<Quota>),
    /// An exchange rate's version.
    Rate(Box<ExchangeRate>),
    /// A metric point, or its correction.
    Metric(Box<MetricPoint>),
    /// A change of settings.
    Settings(Box<SettingsChange>),
    /// A KPI definition's version.
    Kpi(Box<KpiDefinitionEntry>),
    /// An entry of this journal is put aside.
    Quarantine(Box<Quarantine>),
    /// An entry that was put aside counts again.
    Release(Release),
}

macro_rules! from_kinds {
    ($($kind:ident: $said:ty,)*) => {$(
        impl From<$said> for Payload {
            fn from(said: $said) -> Self {
                Self::$kind(Box::new(said))
            }
        }
    )*};
}

from_kinds! {
    Deal: DealEvent,
    Merge: DealMerge,
    Person: Person,
    Team: Team,
    Account: Account,
    Product: Product,
    Stage: Stage,
    Pipeline: Pipeline,
    Activity: Activity,
    Quota: Quota,
    Rate: ExchangeRate,
    Metric: MetricPoint,
    Settings: SettingsChange,
    Kpi: KpiDefinitionEntry,
    Quarantine: Quarantine,
}

/// An entry of an organisation's journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Position in the organisation's journal: 1, 2, 3 ... without a gap.
    pub tenant_seq: u64,
    /// When the source knew it, else when it was committed.
    pub known_at: Instant,
    /// When we took it in.
    pub observed_at: Instant,
    /// What it says.
    pub payload: Payload,
}

/// How a repeated statement is told from a new one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity<'a> {
    /// An upserted object: a newer version replaces, an older or equal one is no news.
    Object {
        /// Kind of object.
        kind: &'static str,
        /// Who states it; empty for the organisation itself.
        source: &'a str,
        /// The object's id at that source.
        id: Cow<'a, str>,
        /// Which statement this is.
        version: Version,
    },
    /// An additive fact: a higher revision retracts and replaces, a lower or equal one is no news.
    Fact {
        /// Kind of fact.
        kind: &'static str,
        /// Who states it.
        source: &'a SourceId,
        /// The fact's id at that source.
        event_id: &'a EventId,
        /// Its revision.
        revision: u32,
    },
    /// A control entry of the organisation itself: each counts, whatever was said before.
    Control,
}

impl Payload {
    /// Whether it speaks of the journal itself: nobody but the engine states that.
    #[must_use]
    pub fn is_control(&self) -> bool {
        matches!(self, Self::Quarantine(_) | Self::Release(_))
    }

    /// The identity of what is stated.
    #[must_use]
    pub fn identity(&self) -> Identity<'_> {
        let (kind, source, id, version) = match self {
            Self::Deal(e) => ("deal", &e.source, e.deal.as_str(), e.version),
            Self::Merge(e) => ("merge", &e.source, e.survivor.as_str(), e.version),
            Self::Person(e) => ("person", &e.source, e.person.as_str(), e.version),
            Self::Team(e) => ("team", &e.source, e.team.as_str(), e.version),
            Self::Account(e) => ("account", &e.source, e.account.as_str(), e.version),
            Self::Product(e) => ("product", &e.source, e.product.as_str(), e.version),
            Self::Stage(e) => ("stage", &e.source, e.stage.as_str(), e.version),
            Self::Pipeline(e) => ("pipeline", &e.source, e.pipeline.as_str(), e.version),
            Self::Quota(e) => ("quota", &e.source, e.quota.as_str(), e.version),
            Self::Rate(e) => {
                let id = format!("{}-{}@{}", e.currency, e.home, e.date).into();
                return Identity::Object { kind: "rate", source: e.source.as_str(), id, version: e.version };
            }
            Self::Activity(e) => {
                let Activity { source, event_id, revision, .. } = &**e;
                return Identity::Fact { kind: "activity", source, event_id, revision: *revision };
            }
            Self::Metric(e) => {
                let MetricPoint { source, event_id, revision, .. } = &**e;
                return Identity::Fact { kind: "metric", source, event_id, revision: *revision };
            }
            Self::Settings(e) => {
                return Identity::Object { kind: "settings", source: "", id: "".into(), version: e.version };
            }
            Self::Kpi(e) => {
                let id = e.kpi.as_str().into();
                return Identity::Object { kind: "kpi", source: "", id, version: e.version };
            }
            Self::Quarantine(_) | Self::Release(_) => return Identity::Control,
        };
        Identity::Object { kind, source: source.as_str(), id: id.into(), version }
    }
}
