//! Questions that together reach every KPI: whole and odd ranges, no group, every dimension, pairs, filters, as known.

use super::span::Journaled;
use crate::draw::Draw;
use salescope_domain::{DateRange, Dimension, Entry, Grain, Instant, KpiId, Query};
use salescope_kpi::Engine;

/// Days before the entries that are kept which questions reach back, where there were others before.
pub(super) const EARLIER_DAYS: i32 = 730;

/// Dates beyond the data on either side that ranges may reach.
const MARGIN_DAYS: i32 = 40;

struct Asker<'a> {
    engine: &'a Engine,
    entries: &'a [Entry],
    kpis: Vec<KpiId>,
    dimensions: Vec<Dimension>,
    ranges: Vec<DateRange>,
    whole: DateRange,
    metric_types: Vec<String>,
    now: Instant,
    draw: Draw,
}

/// At most `count` questions about what `entries` hold and about so many days before; the first ones ask every KPI over everything.
pub(super) fn questions(
    engine: &Engine,
    entries: &[Entry],
    now: Instant,
    count: usize,
    earlier_days: i32,
) -> Vec<Query> {
    let settings = engine.settings();
    let zone = &settings.time_zone;
    let mut journaled = Journaled::of(entries, zone, zone.local_date(now));
    journaled.dates.from = journaled.dates.from.plus_days(-earlier_days);
    let mut ranges = Vec::new();
    for grain in [Grain::Year, Grain::Quarter, Grain::Month] {
        let first = settings.calendars.period(journaled.dates.from, grain);
        let last = settings.calendars.period(journaled.dates.to, grain);
        let whole = DateRange { from: first.from, to: last.to };
        ranges.extend(settings.calendars.buckets(whole, grain));
    }
    let mut asker = Asker {
        engine,
        entries,
        // The oracle knows the built-in KPIs.
        kpis: Engine::new().catalogue().into_iter().map(|kpi| kpi.id).collect(),
        dimensions: engine.dimensions(),
        ranges,
        whole: journaled.dates,
        metric_types: journaled.metric_types.into_iter().collect(),
        now,
        draw: Draw::new(entries.len() as u64),
    };
    (0..count).map(|at| asker.question(at)).collect()
}

impl Asker<'_> {
    fn question(&mut self, at: usize) -> Query {
        let kpi = self.kpis[at % self.kpis.len()].clone();
        let first_round = at < self.kpis.len();
        let range = if first_round { self.whole } else { self.range() };
        let mut query = Query::new(kpi, range, self.now);
        self.set_params(&mut query, first_round);
        if first_round {
            return query;
        }
        if query.kpi.as_str() != "leaderboard" {
            // Every dimension in turn, now and then a second one, now and then none.
            let round = at / self.kpis.len() - 1;
            if !self.draw.chance(20) {
                query.group_by.push(self.dimensions[round % self.dimensions.len()].clone());
            }
            if self.draw.chance(20) {
                let second = self.dimension();
                if !query.group_by.contains(&second) {
                    query.group_by.push(second);
                }
            }
        }
        if self.draw.chance(30) {
            self.add_filter(&mut query);
        }
        if self.draw.chance(50) {
            query.as_known = self.known();
        }
        query
    }

    fn dimension(&mut self) -> Dimension {
        self.dimensions[self.draw.below(self.dimensions.len())].clone()
    }

    fn range(&mut self) -> DateRange {
        if self.draw.chance(60)
            && let Some(range) = self.draw.pick(&self.ranges)
        {
            return *range;
        }
        let days = usize::try_from(self.whole.days() + 2 * MARGIN_DAYS).unwrap_or(1);
        let mut date = || {
            let day = i32::try_from(self.draw.below(days)).unwrap_or(0);
            self.whole.from.plus_days(day - MARGIN_DAYS)
        };
        let (a, b) = (date(), date());
        DateRange { from: a.min(b), to: a.max(b).plus_days(1) }
    }

    fn set_params(&mut self, query: &mut Query, defaults: bool) {
        let mut set = |name: &str, value: String| query.params.insert(name.to_owned(), value);
        let mut name = query.kpi.to_string();
        if name == "leaderboard" && !defaults {
            let ranked: Vec<&KpiId> = self.kpis.iter().filter(|kpi| kpi.as_str() != "leaderboard").collect();
            name = self.draw.pick(&ranked).map_or(name, |kpi| kpi.to_string());
            set("kpi", name.clone());
            set("by", (if self.draw.chance(50) { "owner" } else { "team" }).to_owned());
        }
        match name.as_str() {
            "metric" => {
                let none = "none".to_owned();
                set("metric_type", self.draw.pick(&self.metric_types).unwrap_or(&none).clone());
                let aggregates = ["sum", "mean", "last", "min", "max"];
                set("aggregate", aggregates[self.draw.below(aggregates.len())].to_owned());
            }
            "forecast_accuracy" if !defaults => {
                set("week", self.draw.below(6).to_string());
            }
            "stale_share" if !defaults => {
                set("days", [7, 30, 90][self.draw.below(3)].to_string());
            }
            _ => {}
        }
    }

    /// Filters by one or two values that a grouped answer shows.
    fn add_filter(&mut self, query: &mut Query) {
        let dimension = self.dimension();
        let grouped = Query { group_by: vec![dimension.clone()], filters: [].into(), ..query.clone() };
        let Ok(answer) = self.engine.query(&grouped) else { return };
        let values: Vec<&String> =
            answer.groups.iter().filter_map(|group| group.key.get(&dimension)).collect();
        for _ in 0..=self.draw.below(2) {
            if let Some(value) = self.draw.pick(&values) {
                query.filters.entry(dimension.clone()).or_default().insert((*value).clone());
            }
        }
    }

    /// A time at which something came to be known, one beside it, or one between two such.
    fn known(&mut self) -> Option<Instant> {
        let one = self.draw.pick(self.entries)?.known_at;
        let other = self.draw.pick(self.entries)?.known_at;
        Some(match self.draw.below(4) {
            0 => one,
            1 => one.plus_ms(-1),
            2 => one.plus_ms(1),
            _ => Instant::from_ms(one.ms() / 2 + other.ms() / 2),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salescope_testkit::{histories, kpis, make};
    use std::collections::BTreeSet;

    #[test]
    fn the_questions_reach_every_kpi_and_dimension_and_have_answers_that_agree() {
        let entries = histories::random(11);
        let mut engine = Engine::new();
        engine.apply(&entries);
        let queries = questions(&engine, &entries, make::moment("2026-09-01"), 600, 0);
        let asked: BTreeSet<&str> = queries.iter().map(|query| query.kpi.as_str()).collect();
        assert_eq!(asked, kpis::ALL.into());
        let grouped: BTreeSet<&Dimension> = queries.iter().flat_map(|query| &query.group_by).collect();
        assert_eq!(grouped, engine.dimensions().iter().collect());
        assert!(queries.iter().any(|query| query.group_by.len() == 2));
        assert!(queries.iter().any(|query| !query.filters.is_empty()));
        assert!(queries.iter().any(|query| query.as_known.is_some()));
        for query in &queries {
            assert_eq!(engine.query(query).unwrap(), salescope_oracle::answer(&entries, query), "{query:?}");
        }
    }

    #[test]
    fn an_empty_journal_can_be_asked_about() {
        let queries = questions(&Engine::new(), &[], make::moment("2026-09-01"), 90, 0);
        assert!(queries.iter().all(|query| Engine::new().query(query).is_ok()));
    }
}
