//! What values hold beside themselves: for telling what a state takes in memory without walking through it.

use super::sets::{Attrs, Line};
use super::{
    AccountState, ActivityState, PersonState, PointState, QuotaState, RateState, SettingsChange, StageState,
};
use salescope_domain::HomeAmount;

/// A value that may hold memory of its own.
pub(crate) trait Held {
    /// Bytes on the heap.
    fn held(&self) -> usize {
        0
    }
}

impl Held for u32 {}
impl Held for PersonState {}
impl Held for StageState {}
impl Held for RateState {}
impl Held for ActivityState {}
impl Held for SettingsChange {}
impl Held for Option<HomeAmount> {}
/// Ids of holders are short enough to lie inside, but for a few.
impl Held for Option<QuotaState> {}

impl Held for AccountState {
    fn held(&self) -> usize {
        self.attributes.held()
    }
}

impl Held for PointState {
    fn held(&self) -> usize {
        self.dimensions.held()
    }
}

impl Held for Attrs {
    fn held(&self) -> usize {
        self.own.held()
    }
}

impl Held for Option<String> {
    fn held(&self) -> usize {
        self.as_ref().map_or(0, String::capacity)
    }
}

impl Held for Vec<(u32, u32)> {
    fn held(&self) -> usize {
        self.capacity() * size_of::<(u32, u32)>()
    }
}

impl Held for Vec<Line> {
    fn held(&self) -> usize {
        self.capacity() * size_of::<Line>()
    }
}
