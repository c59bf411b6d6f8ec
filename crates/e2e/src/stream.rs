//! What is sent. The n-th event of a stream follows from the seed alone, and its identity tells which one it is.
//!
//! Invariant: no two events of a run have the same identity, and identities are told apart by organisation, so that an
//! event that shows up elsewhere is seen.

use serde_json::json;

/// Of every `DEAL_EVERY` events one changes a deal; the others are additive facts, which show every double apply.
pub const DEAL_EVERY: u64 = 5;

/// Changes of a deal from its creation to its close.
pub const DEAL_STEPS: u64 = 4;

/// The metric that the engine is made to crash on while the sabotage `poison_panics` is on.
pub const POISON: &str = "poison";

/// The metrics that facts count to: sent as a metric point, and as a plain event.
pub const METRICS: [&str; 2] = ["e2e_points", "e2e_calls"];

/// The name of the field of their own that facts carry.
const LANES: u64 = 4;

/// 2024-01-01T00:00:00Z: all business times lie in the two years after it.
const BASE_S: i64 = 1_704_067_200;

/// Events of one sender to one organisation, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stream {
    /// Of the run.
    pub seed: u64,
    /// Which organisation, counted from 0.
    pub org: usize,
    /// Which sender of the run, counted from 0.
    pub sender: usize,
    /// Every so many events one is poisoned.
    pub poison_every: Option<u64>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A deal changes.
    Deal {
        /// Its number within the stream.
        deal: u64,
        /// Which change, from 0; the version is one more.
        step: u64,
        /// The deal's amount from now on, in minor units, where the change says one.
        amount_minor: Option<i64>,
        /// The event's type.
        kind: &'static str,
    },
    /// Something happened.
    Fact {
        /// What it counts to.
        metric: &'static str,
        /// How much, in hundredths.
        hundredths: i64,
        /// A dimension.
        lane: String,
    },
}

impl Stream {
    /// The n-th event, from 0.
    #[must_use]
    pub fn event(&self, n: u64) -> Event {
        let noise = self.noise(n);
        if n.is_multiple_of(DEAL_EVERY) {
            let (deal, step) = (n / DEAL_EVERY / DEAL_STEPS, n / DEAL_EVERY % DEAL_STEPS);
            let amount_minor = (step < 2).then_some((noise % 5_000_000) as i64 + 1);
            let kind = match step {
                0 => "deal_created",
                1 => "deal_updated",
                2 => "stage_changed",
                _ if is_won(deal) => "deal_closed_won",
                _ => "deal_closed_lost",
            };
            return Event::Deal { deal, step, amount_minor, kind };
        }
        let poisoned = self.poison_every.is_some_and(|every| n % every == DEAL_EVERY + 1);
        let metric = if poisoned { POISON } else { METRICS[(n % 2) as usize] };
        Event::Fact {
            metric,
            hundredths: (noise % 100_000) as i64,
            lane: format!("l{}", noise / 100_000 % LANES),
        }
    }

    /// The n-th event as it is sent.
    #[must_use]
    pub fn body(&self, n: u64) -> String {
        let deal_s = self.noise(n / DEAL_EVERY / DEAL_STEPS) % (700 * 86_400);
        let time = rfc3339(BASE_S + (deal_s + n % 20 * 3600) as i64);
        // A new person now and then, so that people have to be resolved all along.
        let user = format!("u{}-{}", self.sender, n / 400);
        let json = match self.event(n) {
            Event::Deal { deal, step, amount_minor, kind } => {
                let mut event = json!({
                    "type": kind, "deal_id": self.deal_id(deal), "version": step + 1, "occurred_at": time,
                    "user_id": user, "region": format!("r{}", deal % 3),
                });
                if let Some(minor) = amount_minor {
                    event["amount"] = decimal(minor).into();
                    event["currency"] = "EUR".into();
                }
                if step == 0 || step == 2 {
                    event["pipeline"] = "main".into();
                    event["stage"] = if step == 0 { "Open".into() } else { "Negotiation".into() };
                }
                event
            }
            Event::Fact { metric, hundredths, lane } if metric == METRICS[1] => json!({
                "event_id": self.event_id(n), "event_type": metric, "timestamp": time, "user_id": user,
                "amount": decimal(hundredths), "properties": {"lane": lane},
            }),
            Event::Fact { metric, hundredths, lane } => json!({
                "event_id": self.event_id(n), "metric_type": metric, "time": time,
                "value": decimal(hundredths), "dimensions": {"lane": lane},
            }),
        };
        json.to_string()
    }

    /// Which event of this stream a journal entry holds: `id` is a fact's event id, or a deal's id with its version.
    #[must_use]
    pub fn position(id: &str, version: Option<u64>) -> Option<(usize, usize, u64)> {
        let (head, number) = id.split_once('-')?;
        let (org, sender) = head.strip_prefix('o')?.split_once('w')?;
        let (org, sender) = (org.parse().ok()?, sender.parse().ok()?);
        match (number.strip_prefix('d'), version) {
            (Some(deal), Some(version)) => {
                let (deal, step): (u64, u64) = (deal.parse().ok()?, version.checked_sub(1)?);
                (step < DEAL_STEPS).then_some((org, sender, (deal * DEAL_STEPS + step) * DEAL_EVERY))
            }
            (None, None) => Some((org, sender, number.parse().ok()?)),
            _ => None,
        }
    }

    fn event_id(&self, n: u64) -> String {
        format!("o{}w{}-{n}", self.org, self.sender)
    }

    fn deal_id(&self, deal: u64) -> String {
        format!("o{}w{}-d{deal}", self.org, self.sender)
    }

    /// A number that looks random and follows from the seed: the finaliser of SplitMix64.
    fn noise(&self, n: u64) -> u64 {
        let stream = (self.org as u64) << 32 | self.sender as u64;
        let mut x =
            self.seed ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ n.wrapping_mul(0xd1b5_4a32_d192_ed03);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }
}

/// Whether a deal is won in the end.
#[must_use]
pub fn is_won(deal: u64) -> bool {
    !deal.is_multiple_of(3)
}

/// Hundredths as a decimal text.
#[must_use]
pub fn decimal(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// A decimal text as hundredths, if it has no more than two decimals.
#[must_use]
pub fn hundredths(text: &str) -> Option<i64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let decimals = match decimals.len() {
        0 => 0,
        1 => decimals.parse::<i64>().ok()? * 10,
        2 => decimals.parse().ok()?,
        _ => return None,
    };
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    Some(whole.parse::<i64>().ok()? * 100 + sign * decimals)
}

fn rfc3339(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).expect("business times lie within two years").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    const STREAM: Stream = Stream { seed: 7, org: 2, sender: 5, poison_every: Some(50) };

    #[test]
    fn every_event_has_an_identity_of_its_own_that_tells_which_one_it_is() {
        let mut identities = HashSet::new();
        for n in 0..500 {
            let body: serde_json::Value = serde_json::from_str(&STREAM.body(n)).unwrap();
            let (id, version) = match body.get("deal_id") {
                Some(deal) => (deal, body["version"].as_u64()),
                None => (&body["event_id"], None),
            };
            let id = id.as_str().unwrap();
            assert!(identities.insert((id.to_owned(), version)));
            assert_eq!(Stream::position(id, version), Some((2, 5, n)));
        }
    }

    #[test]
    fn some_facts_are_poisoned_where_that_is_asked_for() {
        let poisoned = |stream: Stream| {
            (0..500).filter(|n| matches!(stream.event(*n), Event::Fact { metric: POISON, .. })).count()
        };
        assert_eq!(poisoned(STREAM), 10);
        assert_eq!(poisoned(Stream { poison_every: None, ..STREAM }), 0);
    }

    proptest! {
        #[test]
        fn hundredths_go_to_text_and_back(number in 0..10_000_000i64) {
            prop_assert_eq!(hundredths(&decimal(number)), Some(number));
        }
    }

    #[test]
    fn hundredths_are_read_from_every_form_and_finer_ones_refused() {
        let read = ["1.5", "12", "-0.5", "-3.25", "1.234", "x"].map(hundredths);
        assert_eq!(read, [Some(150), Some(1200), Some(50 - 100), Some(-325), None, None]);
    }
}
