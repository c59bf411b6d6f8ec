//! What of the world a view's panes depend on, and whether a plan can live in panes at all.
//!
//! Invariant: as long as a view's stamp stays, the same versions of a deal bring the same contributions; that is what lets
//! a view retract by recomputing.

use crate::definition::{Input, Measure, Plan};
use crate::facts::Fact;
use crate::facts::schema::{CLOSED_BEFORE_END, FieldKind};
use crate::state::State;
use crate::state::objects::Objects;
use salescope_domain::{Dimension, Filters};

/// Whether every input lives in panes, or is cheap to find when a question comes.
pub(super) fn fits(plan: &Plan) -> bool {
    // A created fact's amount may float, and a median takes amounts that are converted one by one.
    let floats = |input: &Input| {
        input.fact == Fact::DealCreated && input.measure == Measure::Median(FieldKind::Amount)
    };
    let mut ends = plan.inputs.iter().filter(|input| input.fact == Fact::DealClosed).map(before_end);
    let first = ends.next();
    plan.inputs.iter().all(|input| input.fact.has_day() || input.fact == Fact::Quota)
        && !plan.inputs.iter().any(floats)
        && ends.all(|next| Some(next) == first)
}

/// Whether closed deals count only before the end of what has passed, and only after it.
pub(super) fn before_end(input: &Input) -> (bool, bool) {
    (input.flags_on & CLOSED_BEFORE_END != 0, input.flags_off & CLOSED_BEFORE_END != 0)
}

/// The inputs as panes keep them: whether a day has passed is told when a question comes.
pub(super) fn timeless(inputs: &[Input]) -> Vec<Input> {
    let mut inputs = inputs.to_vec();
    for input in inputs.iter_mut().filter(|input| input.fact == Fact::DealClosed) {
        input.flags_on &= !CLOSED_BEFORE_END;
        input.flags_off &= !CLOSED_BEFORE_END;
    }
    inputs
}

/// Which parts of the world the panes depend on, beside the settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Needs {
    rates: bool,
    people: bool,
    accounts: bool,
    products: bool,
    stages: bool,
}

impl Needs {
    pub(super) fn new(inputs: &[Input], group_by: &[Dimension], filters: &Filters) -> Self {
        let money = |input: &Input| {
            matches!(input.measure, Measure::Sum(FieldKind::Amount) | Measure::Median(FieldKind::Amount))
        };
        let mut needs = Self { rates: inputs.iter().any(money), ..Self::default() };
        let conditions = inputs.iter().flat_map(|input| input.dims.iter().map(|(dimension, _)| dimension));
        for dimension in group_by.iter().chain(filters.keys()).chain(conditions) {
            match dimension {
                Dimension::Team | Dimension::Region => needs.people = true,
                Dimension::Account | Dimension::Own(_) => needs.accounts = true,
                Dimension::Product => needs.products = true,
                Dimension::Stage | Dimension::Pipeline => needs.stages = true,
                Dimension::Owner | Dimension::Source | Dimension::LeadSource | Dimension::Currency => {}
            }
        }
        needs
    }

    /// The position of the last entry that changed any of them.
    pub(super) fn stamp(self, state: &State) -> u64 {
        let settings = state.settings.at(i64::MAX).map_or(0, |known| known.seq);
        let parts = [
            self.rates.then(|| last(&state.rates)),
            self.people.then(|| last(&state.people).max(last(&state.teams))),
            self.accounts.then(|| last(&state.accounts)),
            self.products.then(|| last(&state.products)),
            self.stages.then(|| last(&state.stages).max(last(&state.pipelines))),
        ];
        parts.into_iter().flatten().fold(settings, u64::max)
    }
}

fn last<T>(objects: &Objects<T>) -> u64 {
    objects.all_at(i64::MAX).filter_map(|(_, at)| at.map(|known| known.seq)).max().unwrap_or(0)
}
