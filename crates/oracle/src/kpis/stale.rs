//! The share of open deals that nobody has touched for some time.

use super::{Figures, by_group, number_param};
use crate::{
    Context,
    facts::{keys, of, open},
    figure::{Figure, Unit, share},
    world::DealKey,
};
use std::collections::BTreeSet;

/// Open deals without activity for `days` / open deals.
pub(super) fn stale_share(context: &Context) -> Figures {
    let fresh_from = context.span.end.plus_days(number_param(context, "days", 30).saturating_neg());
    let mut touched: BTreeSet<DealKey> = BTreeSet::new();
    for activity in &context.world.activities {
        let at = activity.occurred_at;
        let counts = context.span.local_date(at) >= fresh_from && at < context.span.as_of;
        if let Some(deal) = activity.deal.clone().filter(|_| counts) {
            touched.insert(context.world.survivor(&(activity.source.clone(), deal)));
        }
    }
    let no_activity = context.world.activities.is_empty();
    let open = open::open(context);
    by_group(context, keys(&open), |key| {
        let open = of(&open, key);
        let is_stale = |fact: &&&open::Open| {
            !touched.contains(&fact.deal) && fact.created.is_none_or(|date| date < fresh_from)
        };
        let stale = open.iter().filter(is_stale).count();
        let value = share(stale, open.len()).filter(|_| !no_activity);
        Figure::new(value, Unit::Ratio, open.len())
            .share_interval(stale)
            .with_notes(open::counting_notes(&open))
            .note_if(no_activity, "history_absent")
    })
}
