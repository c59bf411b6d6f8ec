//! What the made-up organisation says next: mostly work on open deals, now and then a new one, a win or a loss. Pure.

use super::company::{REPS, STAGES};
use super::event;
use super::history::Open;
use super::plan::plan;
use crate::draw::Draw;
use salescope_domain::{Instant, Zone};
use serde_json::{Value, json};

/// Deals that are kept open at least: below it, new ones begin.
const OPEN_MIN: usize = 20;

/// The live changes, one after another.
pub(super) struct Live {
    draw: Draw,
    seed: u64,
    zone: Zone,
    home: &'static str,
    open: Vec<Open>,
    number: usize,
    begun: Instant,
}

impl Live {
    /// Changes from `now` on, to the deals that are open then.
    pub(super) fn new(seed: u64, now: Instant, zone: Zone, home: &'static str, open: Vec<Open>) -> Self {
        let part = u64::try_from(now.ms()).unwrap_or(0);
        Self { draw: Draw::part(seed, part), seed: seed ^ part, zone, home, open, number: 0, begun: now }
    }

    /// What happens at `now`.
    pub(super) fn next(&mut self, now: Instant) -> Value {
        self.number += 1;
        let roll = self.draw.below(1_000);
        if self.open.len() < OPEN_MIN || roll < 20 {
            return self.begin(now);
        }
        let at = self.draw.below(self.open.len());
        match roll {
            20..40 => self.close(at, now),
            40..110 => self.advance(at, now),
            110..400 => self.revise(at, now),
            _ => self.work(at, now),
        }
    }

    fn begin(&mut self, now: Instant) -> Value {
        let today = self.zone.local_date(now);
        let mut plan = plan(self.seed, today, self.number, &self.zone, self.home);
        plan.id = format!("L-{}-{}", self.begun.ms(), self.number);
        plan.steps[0].at = now;
        self.open.push(Open {
            id: plan.id.clone(),
            rep: plan.rep,
            currency: plan.currency,
            amount: plan.amount,
            stage: 0,
        });
        event::of_step(&plan, 0, &plan.steps[0])
    }

    fn close(&mut self, at: usize, now: Instant) -> Value {
        let open = self.open.swap_remove(at);
        let won = self.draw.chance(28);
        let kind = if won { "deal_closed_won" } else { "deal_closed_lost" };
        event::deal(&open.id, now, kind, &event::closed(won))
    }

    fn advance(&mut self, at: usize, now: Instant) -> Value {
        let open = &mut self.open[at];
        // From the last stage a deal falls back now and then: it waits for an answer.
        open.stage = if open.stage + 1 < STAGES.len() { open.stage + 1 } else { STAGES.len() - 2 };
        event::deal(&open.id, now, "stage_changed", &event::in_stage(open.stage))
    }

    fn revise(&mut self, at: usize, now: Instant) -> Value {
        let days = i32::try_from(self.draw.between(5, 60)).unwrap_or(30);
        let close_date = self.zone.local_date(now).plus_days(days).to_string();
        let percent = self.draw.between(94, 107);
        let only_date = self.draw.chance(50);
        let open = &mut self.open[at];
        let fields = if only_date {
            json!({ "close_date": close_date })
        } else {
            open.amount = (open.amount * percent / 100 / 50).max(2) * 50;
            event::of_amount(open.currency, open.amount)
        };
        event::deal(&open.id, now, "deal_updated", &fields)
    }

    fn work(&mut self, at: usize, now: Instant) -> Value {
        let kind = ["call", "email", "email", "meeting", "task"][self.draw.below(5)];
        let open = &self.open[at];
        let event_id = format!("live-{}-{}", self.begun.ms(), self.number);
        event::activity(&open.id, open.rep % REPS.len(), now, kind, &event_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn most_of_what_happens_is_work_and_few_deals_begin_or_end() {
        let now = Instant::from_ms(1_790_000_000_000);
        let mut live = Live::new(5, now, Zone::utc(), "EUR", Vec::new());
        let mut kinds = BTreeMap::<String, usize>::new();
        for at in 0..10_000 {
            let event = live.next(now.plus_ms(at * 400));
            *kinds.entry(event["type"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        assert!(kinds["activity_logged"] > 5_000, "{kinds:?}");
        assert!((100..400).contains(&kinds["deal_created"]), "{kinds:?}");
        assert!(kinds["deal_closed_won"] < kinds["deal_closed_lost"], "{kinds:?}");
        assert!(live.open.len() >= OPEN_MIN - 1);
    }
}
