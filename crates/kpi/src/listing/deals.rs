//! Deals as told: one with its history, or a page of a list.

use super::filter::Wanted;
use super::{NOW, id};
use crate::state::State;
use crate::state::row::{Row, State as Stand, Times};
use salescope_domain::{
    DealCursor, DealFilter, DealId, DealPage, DealStatus, DealVersion, DealView, Decimal, Instant,
    ProductLine, SourceId, limits::PROBABILITY_DIGITS,
};

/// Most deals of a page: a megabyte or so of JSON.
pub const DEAL_PAGE_MAX: usize = 1000;

impl From<Stand> for DealStatus {
    fn from(stand: Stand) -> Self {
        match stand {
            Stand::Open => Self::Open,
            Stand::Won => Self::Won,
            Stand::Lost => Self::Lost,
            Stand::Deleted => Self::Deleted,
            Stand::Merged => Self::Merged,
        }
    }
}

/// The deal that a source calls so, with its history.
pub(super) fn one(state: &State, source: &SourceId, deal: &DealId) -> Option<DealView> {
    let space = state.texts.find(0, source.as_str())?;
    let slot = state.deal_ids.find(space, deal.as_str())? - 1;
    let versions = state.deals.versions(slot as usize);
    let mut view = state.deal_view(slot)?;
    let rows = versions.times.iter().zip(versions.rows);
    view.versions = rows.map(|(times, row)| state.deal_version(*times, row)).collect();
    Some(view)
}

/// A page of the deals that fit.
pub(super) fn page(state: &State, filter: &DealFilter, after: Option<DealCursor>, limit: usize) -> DealPage {
    let Some(wanted) = Wanted::of(state, filter) else { return DealPage::default() };
    let first = after.map_or(0, |cursor| cursor.slot().saturating_add(1));
    let end = u32::try_from(state.deals.len()).expect("an organisation has fewer than 2^32 deals");
    let limit = limit.clamp(1, DEAL_PAGE_MAX);
    let mut page = DealPage::default();
    let mut last = None;
    for slot in first..end {
        let fits =
            state.deals.versions(slot as usize).head().is_some_and(|row| wanted.fits(state, slot, row));
        if !fits {
            continue;
        }
        if page.deals.len() == limit {
            page.next = last.map(DealCursor::after);
            break;
        }
        page.deals.extend(state.deal_view(slot));
        last = Some(slot);
    }
    page
}

impl State {
    /// The source's text that a deal belongs to.
    pub(super) fn deal_space(&self, slot: u32) -> u32 {
        self.deal_ids.space(slot + 1)
    }

    /// A deal as it is now, if anything is stated of it.
    fn deal_view(&self, slot: u32) -> Option<DealView> {
        let versions = self.deals.versions(slot as usize);
        let (times, row) = versions.last_times().zip(versions.head())?;
        let survivor = self.survivor_at(slot, NOW);
        let (version, sequence) = self.meta[slot as usize].last;
        Some(DealView {
            source: self.source_of(self.deal_space(slot)),
            deal: id(self.deal_ids.text(slot + 1)),
            version,
            sequence,
            merged_into: (survivor != slot).then(|| id(self.deal_ids.text(survivor + 1))),
            current: self.deal_version(*times, row),
            versions: Vec::new(),
        })
    }

    fn deal_version(&self, times: Times, row: &Row) -> DealVersion {
        let attrs = self.sets.attrs.get(row.attrs);
        let lines = self.sets.lines.get(row.products).iter().map(|line| ProductLine {
            product: id(self.texts.text(self.products.label(line.product))),
            total_minor: line.total,
            quantity: None,
        });
        let pipeline = self.pipeline_of(row);
        let team = self.team_of(row);
        DealVersion {
            tenant_seq: row.seq,
            known_at: Instant::from_ms(times.known),
            occurred_at: Instant::from_ms(times.occurred),
            status: row.state().into(),
            owner: self.id(row.owner),
            team: self.id(team),
            region: self.id(self.region_of(row, team)),
            account: self.id(self.accounts.label(row.account)),
            amount_minor: row.amount(),
            currency: row.currency(),
            amount_home: *self.sets.home.get(row.home),
            pipeline: self.id(self.pipelines.label(pipeline)),
            stage: self.id(self.stages.label(row.stage)),
            probability: row
                .probability()
                .map(|millionths| Decimal::new(millionths.into(), PROBABILITY_DIGITS)),
            close_date: row.close(),
            created_on: row.created(),
            forecast_category: row.category(),
            products: lines.collect(),
            lead_source: self.id(attrs.lead_source),
            custom: attrs
                .own
                .iter()
                .filter_map(|(field, value)| self.id(*field).zip(self.id(*value)))
                .collect(),
        }
    }

    /// The stated pipeline, else the stage's: an object of the pipeline table.
    pub(super) fn pipeline_of(&self, row: &Row) -> u32 {
        match self.sets.attrs.get(row.attrs).pipeline {
            0 => self.stages.at(row.stage, NOW).map_or(0, |stage| stage.pipeline),
            stated => stated,
        }
    }

    /// The stated team, else the owner's: a text.
    pub(super) fn team_of(&self, row: &Row) -> u32 {
        match self.sets.attrs.get(row.attrs).team {
            0 => self.people.named(&self.texts, row.owner, NOW).map_or(0, |person| person.team),
            stated => stated,
        }
    }

    /// The stated region, else the owner's, else the team's: a text.
    fn region_of(&self, row: &Row, team: u32) -> u32 {
        let stated = self.sets.attrs.get(row.attrs).region;
        let owner = || self.people.named(&self.texts, row.owner, NOW).map_or(0, |person| person.region);
        let teams = || self.teams.named(&self.texts, team, NOW).copied().unwrap_or(0);
        [stated]
            .into_iter()
            .chain(std::iter::once_with(owner))
            .chain(std::iter::once_with(teams))
            .find(|text| *text != 0)
            .unwrap_or(0)
    }
}
