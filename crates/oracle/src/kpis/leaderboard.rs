//! Any other KPI, ranked by person or team.

use crate::{
    Context,
    figure::{Figure, Key, Unit, count},
    print::whole,
};
use salescope_domain::{Dimension, KpiId};
use std::cmp::Ordering;

const LOWER_IS_BETTER: [&str; 6] =
    ["sales_cycle", "time_in_stage", "slip_rate", "push_count", "stale_share", "required_coverage"];

/// The groups of the KPI that is ranked, best first.
pub(super) fn ranked(context: &Context) -> Vec<(Key, Figure)> {
    let param = |name: &str| context.query.params.get(name).map(String::as_str);
    let kpi = param("kpi").unwrap_or("bookings");
    let by = if param("by") == Some("team") { Dimension::Team } else { Dimension::Owner };
    let mut inner = context.clone();
    let Ok(id) = KpiId::new(kpi) else { return Vec::new() };
    inner.query.kpi = id;
    inner.query.group_by = vec![by];
    let mut groups: Vec<(Key, Figure)> = super::figures(&inner).into_iter().collect();
    let lower = LOWER_IS_BETTER.contains(&kpi);
    groups.sort_by(|(a_key, a), (b_key, b)| better_first(a, b, lower).then(a_key.cmp(b_key)));
    let values: Vec<_> = groups.iter().map(|(_, figure)| figure.value.clone()).collect();
    let rank = |figure: &Figure| {
        figure.value.as_ref()?;
        let first = values.iter().position(|value| *value == figure.value)?;
        Some(whole(count(first + 1)))
    };
    let with_rank = |(key, figure): (Key, Figure)| {
        let rank = rank(&figure);
        (key, figure.part("rank", rank, Unit::Count))
    };
    groups.into_iter().map(with_rank).collect()
}

fn better_first(a: &Figure, b: &Figure, lower: bool) -> Ordering {
    match (&a.value, &b.value) {
        (Some(a), Some(b)) if lower => a.cmp(b),
        (Some(a), Some(b)) => b.cmp(a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}
