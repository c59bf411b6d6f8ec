//! What the ledgers of one or several runs say of an organisation. Pure.

use super::seen::Seen;
use crate::decimal;
use crate::work::{DealStatus, FACT_TYPES, FactSum, Ledger};
use anyhow::{Context, Result};
use salescope_domain::Date;
use std::collections::BTreeMap;

/// What an organisation must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected {
    /// Its short name.
    pub(super) org: String,
    /// Journal entries, with those of a new organisation.
    pub(super) entries: u64,
    /// By [`FACT_TYPES`], in their order.
    pub(super) facts: [FactSum; FACT_TYPES.len()],
    /// Won deals.
    pub(super) won: FactSum,
    /// Open deals.
    pub(super) open: FactSum,
    /// The first date on which the runs closed deals.
    pub(super) from: Date,
    /// The date after the last.
    pub(super) to: Date,
}

/// The days around the runs that questions are asked over: events of a run that began before midnight happen on the next
/// date too.
const MARGIN_DAYS: i32 = 2;

/// Adds ledgers up, by organisation.
pub(super) fn merged(ledgers: &[Ledger], entries_when_new: u64) -> Result<Vec<Expected>> {
    let days = ledgers.iter().map(|ledger| ledger.head.closed_on);
    let (first, last) = days.clone().min().zip(days.max()).context("there is no ledger")?;
    let (from, to) = (first.plus_days(-MARGIN_DAYS), last.plus_days(MARGIN_DAYS));
    let mut orgs: BTreeMap<&str, Expected> = BTreeMap::new();
    for org in ledgers.iter().flat_map(|ledger| &ledger.orgs) {
        let sum = orgs.entry(&org.org).or_insert_with(|| Expected {
            org: org.org.clone(),
            entries: entries_when_new,
            facts: Default::default(),
            won: FactSum::default(),
            open: FactSum::default(),
            from,
            to,
        });
        sum.entries += org.accepted;
        for (sum, fact) in sum.facts.iter_mut().zip(&org.facts) {
            add(sum, *fact);
        }
        add(&mut sum.won, org.deals_of(DealStatus::Won));
        add(&mut sum.open, org.deals_of(DealStatus::Open));
    }
    Ok(orgs.into_values().collect())
}

fn add(sum: &mut FactSum, other: FactSum) {
    sum.count += other.count;
    sum.sum += other.sum;
}

impl Expected {
    /// What differs, a line each.
    pub(super) fn differences(&self, seen: &Seen) -> Vec<String> {
        let mut lines = Vec::new();
        if seen.tenant_seq != self.entries {
            lines.push(format!("{}: position {}, expected {}", self.org, seen.tenant_seq, self.entries));
        }
        let facts = FACT_TYPES.iter().copied().zip(self.facts.iter().zip(&seen.facts));
        let deals = [("bookings", (&self.won, &seen.won)), ("open_pipeline", (&self.open, &seen.open))];
        for (what, (expected, seen)) in facts.chain(deals) {
            if expected != seen {
                let text = |of: &FactSum| format!("{} in {}", decimal::text_of(of.sum), of.count);
                lines.push(format!("{}: {what} {}, expected {}", self.org, text(seen), text(expected)));
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::{DealState, LedgerHead, OrgLedger};

    fn ledger(day: i32, accepted: u64) -> Ledger {
        let facts = vec![FactSum { count: 2, sum: 150 }, FactSum::default(), FactSum::default()];
        let deals = vec![DealState(5, DealStatus::Won, 1_000), DealState(2, DealStatus::Open, 70)];
        let org = OrgLedger { org: "a".into(), accepted, facts, deals };
        let head = LedgerHead { tag: 1, closed_on: Date::from_days(day), unresolved: 0 };
        Ledger { head, orgs: vec![org] }
    }

    #[test]
    fn runs_add_up_and_every_difference_is_named() {
        let all = merged(&[ledger(20_000, 9), ledger(20_005, 4)], 1).unwrap();
        let expected = &all[0];
        assert_eq!((all.len(), expected.entries), (1, 14));
        assert_eq!(expected.won, FactSum { count: 2, sum: 2_000 });
        assert_eq!((expected.from.days(), expected.to.days()), (19_998, 20_007));

        let mut seen = Seen { tenant_seq: 14, facts: expected.facts, won: expected.won, open: expected.open };
        assert_eq!(expected.differences(&seen), Vec::<String>::new());
        seen.tenant_seq = 13;
        seen.facts[0].sum += 1;
        seen.won.count += 1;
        let expected_lines = [
            "a: position 13, expected 14",
            "a: call_minutes 3.01 in 4, expected 3.00 in 4",
            "a: bookings 20.00 in 3, expected 20.00 in 2",
        ];
        assert_eq!(expected.differences(&seen), expected_lines);
    }
}
