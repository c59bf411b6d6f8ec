//! A list's conditions, looked up once and then compared as numbers.

use crate::state::State;
use crate::state::row::Row;
use salescope_domain::{Date, DealFilter, DealStatus};

/// What a deal must be. Numbers are texts.
pub(super) struct Wanted {
    source: Option<u32>,
    status: Option<DealStatus>,
    owner: Option<u32>,
    team: Option<u32>,
    account: Option<u32>,
    pipeline: Option<u32>,
    stage: Option<u32>,
    close_from: Option<Date>,
    close_to: Option<Date>,
}

impl Wanted {
    /// The conditions of a filter; `None` where it names something that no deal can have.
    pub(super) fn of(state: &State, filter: &DealFilter) -> Option<Self> {
        let DealFilter { source, status, owner, team, account, pipeline, stage, close_from, close_to } =
            filter;
        let text = |text: Option<&str>| match text {
            None => Some(None),
            Some(text) => state.texts.find(0, text).map(Some),
        };
        Some(Self {
            source: text(source.as_ref().map(|id| id.as_str()))?,
            status: *status,
            owner: text(owner.as_ref().map(|id| id.as_str()))?,
            team: text(team.as_ref().map(|id| id.as_str()))?,
            account: text(account.as_ref().map(|id| id.as_str()))?,
            pipeline: text(pipeline.as_ref().map(|id| id.as_str()))?,
            stage: text(stage.as_ref().map(|id| id.as_str()))?,
            close_from: *close_from,
            close_to: *close_to,
        })
    }

    /// Whether the deal in `slot`, whose last version is `row`, is one of them.
    pub(super) fn fits(&self, state: &State, slot: u32, row: &Row) -> bool {
        let is = |wanted: Option<u32>, found: &dyn Fn() -> u32| wanted.is_none_or(|wanted| wanted == found());
        self.status.is_none_or(|status| status == row.state().into())
            && is(self.source, &|| state.deal_space(slot))
            && is(self.owner, &|| row.owner)
            && is(self.account, &|| state.accounts.label(row.account))
            && is(self.stage, &|| state.stages.label(row.stage))
            && self.close_from.is_none_or(|from| row.close().is_some_and(|close| close >= from))
            && self.close_to.is_none_or(|to| row.close().is_some_and(|close| close < to))
            && is(self.pipeline, &|| state.pipelines.label(state.pipeline_of(row)))
            && is(self.team, &|| state.team_of(row))
    }
}
