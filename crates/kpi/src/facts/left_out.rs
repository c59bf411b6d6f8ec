//! Why a deal is not in a figure.

use super::{Deal, Fact};
use crate::state::row::State;

impl Deal<'_> {
    /// Why the deal gives no fact of these kinds that counts, as a stable code. `has_facts` tells that it gives some that
    /// the KPI's own conditions or the question's filters leave out.
    pub(crate) fn left_out_because(
        &self,
        facts: &[Fact],
        has_facts: bool,
        passes_filters: bool,
    ) -> &'static str {
        let clock = &self.world.clock;
        let closed = self.head.state().is_closed();
        match self.head.state() {
            State::Deleted => return "deleted",
            State::Merged => return "merged",
            _ => {}
        }
        if has_facts {
            return if passes_filters { "not_counted_by_definition" } else { "filtered_out" };
        }
        let Some(first) = facts.first() else { return "not_a_deal_kpi" };
        match first {
            Fact::DealClosed if !closed => "open",
            Fact::DealClosed if self.head.close().is_none() => "no_close_date",
            Fact::DealClosed => "closed_outside_range",
            Fact::DealCreated | Fact::StageReached if self.head.created().is_none() => "no_creation_date",
            Fact::DealCreated => "created_outside_range",
            Fact::DealOpen if self.head.created().is_some_and(|created| created >= clock.end) => {
                "not_created_yet"
            }
            Fact::DealOpen => "not_open_then",
            _ if self.blind_since(clock.from_start, clock.end) => "history_absent",
            _ => "nothing_in_range",
        }
    }
}
