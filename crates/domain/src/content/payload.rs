//! What of each payload is content.
//!
//! Invariant: a field that is added to a payload does not compile until it is fed or named as no content; codes and field
//! numbers never change their meaning.

use super::feed::{Feed, Sink};
use crate::{
    Account, AccountId, Activity, ActivityKind, ChangeSource, Credit, DealEvent, DealEventKind, DealFields,
    DealId, DealMerge, EventId, ExchangeRate, FieldName, ForecastCategory, FxPolicy, HomeAmount,
    KpiDefinitionEntry, KpiId, Label, MetricPoint, Pattern, Payload, Person, PersonId, Pipeline, PipelineId,
    Product, ProductId, ProductLine, Quality, Quarantine, Quota, QuotaHolder, QuotaId, QuotaTarget, Release,
    SettingsChange, SourceId, Stage, StageId, StageOutcome, Status, Team, TeamId, Weekday,
};

/// Feeds texts as they are.
macro_rules! texts {
    ($($name:ident),* $(,)?) => {$(
        impl Feed for $name {
            fn feed(&self, sink: &mut Sink) {
                self.as_str().feed(sink);
            }
        }
    )*};
}

/// Feeds choices by code.
macro_rules! codes {
    ($($name:ident { $($choice:ident = $code:literal),* $(,)? })*) => {$(
        impl Feed for $name {
            fn feed(&self, sink: &mut Sink) {
                sink.byte(match self { $(Self::$choice => $code),* });
            }
        }
    )*};
}

/// Feeds fields in order; what stands behind the semicolon is no content.
macro_rules! fields {
    ($($name:ident { $($field:ident),* $(,)? $(; $($other:ident),*)? })*) => {$(
        impl Feed for $name {
            fn feed(&self, sink: &mut Sink) {
                let Self { $($field,)* $($($other: _,)*)? } = self;
                $($field.feed(sink);)*
            }
        }
    )*};
}

texts!(
    AccountId, DealId, EventId, FieldName, KpiId, Label, PersonId, PipelineId, ProductId, QuotaId, SourceId,
    StageId, TeamId,
);

codes! {
    DealEventKind {
        DealCreated = 0, DealUpdated = 1, StageChanged = 2, DealClosedWon = 3, DealClosedLost = 4,
        DealReopened = 5, DealDeleted = 6, OwnerChanged = 7,
    }
    Status { Open = 0, Won = 1, Lost = 2, Deleted = 3 }
    Quality { ExactMs = 0, ExactS = 1, Approximate = 2, Observed = 3 }
    ChangeSource { User = 0, Bulk = 1, Bot = 2, Api = 3, Import = 4 }
    ForecastCategory { Pipeline = 0, BestCase = 1, MostLikely = 2, Commit = 3, Closed = 4, Omitted = 5 }
    ActivityKind { Call = 0, Email = 1, Meeting = 2, Task = 3, Note = 4, Other = 5 }
    StageOutcome { Open = 0, Won = 1, Lost = 2 }
    Credit { OwnerAtClose = 0, CurrentOwner = 1 }
    Weekday { Monday = 0, Tuesday = 1, Wednesday = 2, Thursday = 3, Friday = 4, Saturday = 5, Sunday = 6 }
    Pattern { Months = 0, Weeks445 = 1, Weeks454 = 2, Weeks544 = 3 }
}

fields! {
    DealEvent {
        kind, source, deal, quality, actor, change_source, set;
        event_id, version, occurred_at
    }
    DealMerge { source, survivor, losers; version, occurred_at }
    Person { source, person, team, region, active; version }
    Team { source, team, region; version }
    Account { source, account, name, attributes; version }
    Product { source, product, name, attributes; version }
    Stage { source, stage, pipeline, name, position, outcome, probability, forecast_category; version }
    Pipeline { source, pipeline, name; version }
    Quota { source, quota, deleted, holder, period, target; version }
    ExchangeRate { source, currency, home, date, rate; version }
    Activity { source, revision, deleted, kind, owner, deal, change_source; event_id, occurred_at }
    MetricPoint { source, revision, deleted, time, metric_type, value, dimensions; event_id, metadata }
    SettingsChange {
        name, currency, time_zone, calendar, fx_policy, credit, bulk_per_minute;
        version
    }
    KpiDefinitionEntry { kpi, yaml; version }
    Quarantine { tenant_seq, reason, dropped }
    Release { tenant_seq }
    ProductLine { product, total_minor, quantity }
    HomeAmount { minor, currency }
}

/// Feeds the patches that say anything, each under a number of its own, so that a field that deals gain later changes no hash.
macro_rules! patches {
    ($name:ident { $($field:ident = $number:literal),* $(,)? }) => {
        impl Feed for $name {
            fn feed(&self, sink: &mut Sink) {
                let Self { $($field,)* custom } = self;
                $(if !$field.is_keep() {
                    sink.byte($number);
                    $field.feed(sink);
                })*
                sink.byte(0);
                custom.feed(sink);
            }
        }
    };
}

patches!(DealFields {
    name = 1,
    owner = 2,
    team = 3,
    region = 4,
    account = 5,
    amount_minor = 6,
    currency = 7,
    amount_home = 8,
    pipeline = 9,
    stage = 10,
    probability = 11,
    close_date = 12,
    forecast_category = 13,
    status = 14,
    created_on = 15,
    products = 16,
    lead_source = 17,
});

impl Feed for QuotaHolder {
    fn feed(&self, sink: &mut Sink) {
        match self {
            Self::Person(person) => (0_u8, person).feed(sink),
            Self::Team(team) => (1_u8, team).feed(sink),
            Self::Organisation => sink.byte(2),
        }
    }
}

impl Feed for QuotaTarget {
    fn feed(&self, sink: &mut Sink) {
        match self {
            Self::Money { minor, currency } => (0_u8, minor, currency).feed(sink),
            Self::Count(count) => (1_u8, count).feed(sink),
        }
    }
}

impl Feed for FxPolicy {
    fn feed(&self, sink: &mut Sink) {
        match self {
            Self::AsOfClose => sink.byte(0),
            Self::Constant(date) => (1_u8, date).feed(sink),
            Self::Crm => sink.byte(2),
        }
    }
}

impl Feed for Payload {
    fn feed(&self, sink: &mut Sink) {
        match self {
            Self::Deal(payload) => (0_u8, payload.as_ref()).feed(sink),
            Self::Merge(payload) => (1_u8, payload.as_ref()).feed(sink),
            Self::Person(payload) => (2_u8, payload.as_ref()).feed(sink),
            Self::Team(payload) => (3_u8, payload.as_ref()).feed(sink),
            Self::Account(payload) => (4_u8, payload.as_ref()).feed(sink),
            Self::Product(payload) => (5_u8, payload.as_ref()).feed(sink),
            Self::Stage(payload) => (6_u8, payload.as_ref()).feed(sink),
            Self::Pipeline(payload) => (7_u8, payload.as_ref()).feed(sink),
            Self::Activity(payload) => (8_u8, payload.as_ref()).feed(sink),
            Self::Quota(payload) => (9_u8, payload.as_ref()).feed(sink),
            Self::Rate(payload) => (10_u8, payload.as_ref()).feed(sink),
            Self::Metric(payload) => (11_u8, payload.as_ref()).feed(sink),
            Self::Settings(payload) => (12_u8, payload.as_ref()).feed(sink),
            Self::Kpi(payload) => (13_u8, payload.as_ref()).feed(sink),
            Self::Quarantine(payload) => (14_u8, payload.as_ref()).feed(sink),
            Self::Release(payload) => (15_u8, payload).feed(sink),
        }
    }
}
