//! A deal: the full state after each of its events.

use crate::money::Amount;
use salescope_domain::{
    AccountId, Currency, Date, DealEvent, DealId, Decimal, FieldName, ForecastCategory, HomeAmount, Instant,
    Label, PersonId, PipelineId, ProductLine, SourceId, StageId, Status, TeamId, Zone, fold,
};
use std::collections::BTreeMap;

/// A deal's name: source and id.
pub(crate) type DealKey = (SourceId, DealId);

/// Where a deal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    Open,
    Won,
    Lost,
    Deleted,
    /// It has become another deal.
    Merged,
}

/// Everything that is known of a deal after an event.
#[derive(Debug, Clone)]
pub(crate) struct DealState {
    pub(crate) stand: Stand,
    pub(crate) owner: Option<PersonId>,
    pub(crate) team: Option<TeamId>,
    pub(crate) region: Option<Label>,
    pub(crate) account: Option<AccountId>,
    pub(crate) amount_minor: Option<i64>,
    pub(crate) currency: Option<Currency>,
    pub(crate) home: Option<HomeAmount>,
    pub(crate) pipeline: Option<PipelineId>,
    pub(crate) stage: Option<StageId>,
    pub(crate) probability: Option<Decimal>,
    pub(crate) close_date: Option<Date>,
    pub(crate) category: Option<ForecastCategory>,
    pub(crate) created_on: Option<Date>,
    pub(crate) lines: Option<Vec<ProductLine>>,
    pub(crate) lead_source: Option<Label>,
    pub(crate) custom: BTreeMap<FieldName, Label>,
}

/// A version of a deal.
#[derive(Debug, Clone)]
pub(crate) struct DealVersion {
    /// Both times are running maxima.
    pub(crate) known: Instant,
    pub(crate) occurred: Instant,
    pub(crate) state: DealState,
    /// Whether the deal came to be by this event, exactly then.
    pub(crate) exact_creation: bool,
}

/// A deal: its versions, never none.
#[derive(Debug, Clone)]
pub(crate) struct Deal {
    pub(crate) key: DealKey,
    pub(crate) versions: Vec<DealVersion>,
}

impl Deal {
    pub(crate) fn head(&self) -> &DealState {
        &self.versions.last().expect("a deal has a version").state
    }

    pub(crate) fn first(&self) -> &DealVersion {
        self.versions.first().expect("a deal has a version")
    }

    pub(crate) fn is_gone(&self) -> bool {
        matches!(self.head().stand, Stand::Deleted | Stand::Merged)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.head().is_closed()
    }

    /// The versions that occurred before `at`.
    pub(crate) fn before(&self, at: Instant) -> &[DealVersion] {
        &self.versions[..self.versions.partition_point(|version| version.occurred < at)]
    }

    /// The amount of the first version that has one.
    pub(crate) fn initial_amount(&self) -> Option<Amount> {
        self.versions.iter().find_map(|version| version.state.amount())
    }
}

impl DealState {
    fn empty() -> Self {
        Self {
            stand: Stand::Open,
            owner: None,
            team: None,
            region: None,
            account: None,
            amount_minor: None,
            currency: None,
            home: None,
            pipeline: None,
            stage: None,
            probability: None,
            close_date: None,
            category: None,
            created_on: None,
            lines: None,
            lead_source: None,
            custom: BTreeMap::new(),
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.stand == Stand::Open
    }

    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.stand, Stand::Won | Stand::Lost)
    }

    /// The amount; one without a currency says nothing.
    pub(crate) fn amount(&self) -> Option<Amount> {
        Some(Amount { minor: self.amount_minor?.into(), currency: self.currency?, home: self.home })
    }

    /// The state after `event`; `zone` is the one in force at the event's entry.
    pub(super) fn after(before: Option<&Self>, event: &DealEvent, floor: Option<Date>, zone: &Zone) -> Self {
        let status_before = before.map(|state| state.status());
        let local_date = || zone.local_date(event.occurred_at);
        let close_date =
            fold::close_date_after(event, before.map(|state| (state.status(), state.close_date)), local_date);
        let created_before = before.and_then(|state| state.created_on);
        let created_on = fold::created_on_after(event, created_before, floor, local_date);
        let mut state = before.cloned().unwrap_or_else(Self::empty);
        let set = &event.set;
        set.owner.apply_to(&mut state.owner);
        set.team.apply_to(&mut state.team);
        set.region.apply_to(&mut state.region);
        set.account.apply_to(&mut state.account);
        set.amount_minor.apply_to(&mut state.amount_minor);
        set.currency.apply_to(&mut state.currency);
        set.amount_home.apply_to(&mut state.home);
        set.pipeline.apply_to(&mut state.pipeline);
        set.stage.apply_to(&mut state.stage);
        set.probability.apply_to(&mut state.probability);
        set.forecast_category.apply_to(&mut state.category);
        set.products.apply_to(&mut state.lines);
        set.lead_source.apply_to(&mut state.lead_source);
        for (field, value) in set.custom.iter() {
            match value {
                Some(value) => state.custom.insert(field.clone(), value.clone()),
                None => state.custom.remove(field),
            };
        }
        state.stand = match fold::status_after(event, status_before) {
            Status::Open => Stand::Open,
            Status::Won => Stand::Won,
            Status::Lost => Stand::Lost,
            Status::Deleted => Stand::Deleted,
        };
        state.close_date = close_date;
        state.created_on = created_on;
        state
    }

    fn status(&self) -> Status {
        match self.stand {
            Stand::Open => Status::Open,
            Stand::Won => Status::Won,
            Stand::Lost => Status::Lost,
            Stand::Deleted => Status::Deleted,
            Stand::Merged => unreachable!("a merged deal takes no events"),
        }
    }
}
