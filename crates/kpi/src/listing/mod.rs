//! The state as lists: deals, people, teams, stages, quotas and exchange rates as they are now. Reading only; nothing here enters a
//! figure.

mod deals;
mod filter;
mod stages;

use crate::engine::Engine;
use crate::state::State;
use crate::state::objects::Known;
use compact_str::CompactString;
pub use deals::DEAL_PAGE_MAX;
use salescope_domain::{
    DateRange, DealCursor, DealFilter, DealId, DealPage, DealView, Instant, PersonView, QuotaView, RateView,
    SourceId, TeamView,
};

/// "As known at any time", that is now.
const NOW: i64 = i64::MAX;

/// A text of the state as the id that it came in as.
fn id<T: TryFrom<CompactString>>(text: &str) -> T {
    let id = T::try_from(text.into()).ok();
    id.expect("a text of the state was an id or label when it came in, and all kinds keep to the same rules")
}

impl State {
    /// The id of a text's number; 0 is none.
    fn id<T: TryFrom<CompactString>>(&self, number: u32) -> Option<T> {
        (number != 0).then(|| id(self.texts.text(number)))
    }

    fn source_of(&self, space: u32) -> SourceId {
        id(self.texts.text(space))
    }
}

fn known_at<T>(known: &Known<T>) -> Instant {
    Instant::from_ms(known.known)
}

impl Engine {
    /// A deal with its history; `None` where the journal states nothing of it, be it named by others or not.
    #[must_use]
    pub fn deal(&self, source: &SourceId, deal: &DealId) -> Option<DealView> {
        deals::one(&self.state, source, deal)
    }

    /// Deals that fit `filter` after a place in the list, at most `limit` and at most [`DEAL_PAGE_MAX`], without history.
    /// They come in the order in which the journal first spoke of them, which stays as the journal grows.
    #[must_use]
    pub fn deals(&self, filter: &DealFilter, after: Option<DealCursor>, limit: usize) -> DealPage {
        deals::page(&self.state, filter, after, limit)
    }

    /// People, in the order in which they came to be known.
    #[must_use]
    pub fn people(&self) -> Vec<PersonView> {
        let state = &self.state;
        let stated =
            state.people.all_at(NOW).filter_map(|(number, known)| known.map(|known| (number, known)));
        let view = |(number, known): (u32, &Known<crate::state::PersonState>)| PersonView {
            person: id(state.texts.text(state.people.label(number))),
            team: state.id(known.value.team),
            region: state.id(known.value.region),
            known_at: known_at(known),
            tenant_seq: known.seq,
        };
        stated.map(view).collect()
    }

    /// Teams, in the order in which they came to be known.
    #[must_use]
    pub fn teams(&self) -> Vec<TeamView> {
        let state = &self.state;
        let stated = state.teams.all_at(NOW).filter_map(|(number, known)| known.map(|known| (number, known)));
        let view = |(number, known): (u32, &Known<u32>)| TeamView {
            team: id(state.texts.text(state.teams.label(number))),
            region: state.id(known.value),
            known_at: known_at(known),
            tenant_seq: known.seq,
        };
        stated.map(view).collect()
    }

    /// Quotas that are not deleted, in the order in which they came to be known.
    #[must_use]
    pub fn quotas(&self) -> Vec<QuotaView> {
        let quotas = &self.state.quotas;
        let view = |(number, known): (u32, Option<&Known<_>>)| {
            let known: &Known<Option<crate::state::QuotaState>> = known?;
            let quota = known.value.as_ref()?;
            Some(QuotaView {
                source: self.state.source_of(quotas.space(number)),
                quota: id(self.state.texts.text(quotas.label(number))),
                holder: quota.holder.clone(),
                period: DateRange { from: quota.from, to: quota.to },
                target: quota.target,
                known_at: known_at(known),
                tenant_seq: known.seq,
            })
        };
        quotas.all_at(NOW).filter_map(view).collect()
    }

    /// Exchange rates, in the order in which they came to be known.
    #[must_use]
    pub fn rates(&self) -> Vec<RateView> {
        let rates = &self.state.rates;
        let view = |(number, known): (u32, Option<&Known<crate::state::RateState>>)| {
            let known = known?;
            Some(RateView {
                source: self.state.source_of(rates.space(number)),
                currency: known.value.currency,
                home: known.value.home,
                date: known.value.date,
                rate: known.value.rate,
                known_at: known_at(known),
                tenant_seq: known.seq,
            })
        };
        rates.all_at(NOW).filter_map(view).collect()
    }
}
