//! What an organisation's journal spans: the dates of its facts, and the metrics that it holds.

use salescope_domain::{Date, DateRange, Entry, Patch, Payload, Zone};
use std::collections::BTreeSet;

/// Dates and metric types of a journal.
pub(super) struct Journaled {
    /// From the first fact's date to the day after the last one's.
    pub(super) dates: DateRange,
    pub(super) metric_types: BTreeSet<String>,
}

impl Journaled {
    /// Scans `entries`; `today` stands in where no entry has a date.
    pub(super) fn of(entries: &[Entry], zone: &Zone, today: Date) -> Self {
        let (mut first, mut last) = (None::<Date>, None::<Date>);
        let mut metric_types = BTreeSet::new();
        for entry in entries {
            let mut seen = |date: Date| {
                first = Some(first.map_or(date, |first| first.min(date)));
                last = Some(last.map_or(date, |last| last.max(date)));
            };
            match &entry.payload {
                Payload::Deal(event) => {
                    for date in [event.set.created_on, event.set.close_date] {
                        if let Patch::Set(date) = date {
                            seen(date);
                        }
                    }
                    if event.quality.is_exact() {
                        seen(zone.local_date(event.occurred_at));
                    }
                }
                Payload::Activity(activity) => seen(zone.local_date(activity.occurred_at)),
                Payload::Quota(quota) => {
                    seen(quota.period.from);
                    seen(quota.period.to.plus_days(-1));
                }
                Payload::Metric(point) => {
                    metric_types.insert(point.metric_type.to_string());
                    seen(zone.local_date(point.time));
                }
                _ => {}
            }
        }
        let from = first.unwrap_or(today);
        let to = last.unwrap_or(today).plus_days(1);
        Self { dates: DateRange { from, to }, metric_types }
    }
}
