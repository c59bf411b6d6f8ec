//! One organisation's work: makes its events and keeps its ledger. A deal has at most one statement in flight, so that
//! what the server must hold does not depend on the order in which requests arrive.

use super::event::{self, DealStep, FACT_TYPES, STAGES, Stamp, Subject};
use super::{DealState, DealStatus, FactSum, Mix, OrgLedger};
use rand::{Rng, RngExt, SeedableRng, rngs::SmallRng};
use std::collections::VecDeque;

/// One statement about a deal in so many creates one, so that creations and the steps of open deals keep the balance.
const STEPS_OF_A_DEAL: u32 = 1 + STAGES.len() as u32;

/// Amounts of deals, in cents.
const DEAL_CENTS: std::ops::Range<u32> = 10_000..5_000_000;

/// Amounts of additive facts, in hundredths.
const FACT_HUNDREDTHS: std::ops::Range<u32> = 1..100_000;

/// Of ten closed deals, so many are won.
const WON_OF_TEN: u32 = 3;

/// What an item of a request states, for the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Statement {
    /// The deal of this number is so.
    Deal(u32, DealState),
    /// An additive fact: its type by [`FACT_TYPES`], its amount in hundredths.
    Fact(u8, u32),
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemOutcome {
    /// It is in the journal.
    Accepted,
    /// It is not, and will not be.
    Rejected,
    /// It may be in the journal or not.
    Unknown,
}

/// An organisation's generator and ledger.
#[derive(Debug)]
pub(crate) struct OrgWork {
    random: SmallRng,
    tag: u32,
    events: u64,
    accepted: u64,
    facts: [FactSum; FACT_TYPES.len()],
    deals: Vec<DealState>,
    /// Open deals without a statement in flight.
    at_rest: VecDeque<u32>,
}

impl OrgWork {
    /// A new organisation; `seed` decides what it sends, `tag` keeps its ids apart from those of other runs.
    pub(crate) fn new(seed: u64, tag: u32) -> Self {
        Self {
            random: SmallRng::seed_from_u64(seed),
            tag,
            events: 0,
            accepted: 0,
            facts: Default::default(),
            deals: Vec::new(),
            at_rest: VecDeque::new(),
        }
    }

    /// Appends the next event to `out` and says what it states.
    pub(crate) fn write_event(&mut self, out: &mut Vec<u8>, mix: Mix, stamp: &Stamp) -> Statement {
        self.events += 1;
        if mix.draws_a_deal(&mut self.random) {
            self.write_deal(out, stamp)
        } else {
            self.write_fact(out, stamp)
        }
    }

    fn write_deal(&mut self, out: &mut Vec<u8>, stamp: &Stamp) -> Statement {
        let advances = self.random.random_range(0..STEPS_OF_A_DEAL) > 0;
        let resting = if advances { self.at_rest.pop_front() } else { None };
        let (deal, step, next) = match resting {
            Some(deal) => {
                let (step, next) = self.next_step(self.deals[deal as usize]);
                (deal, step, next)
            }
            None => {
                let deal = u32::try_from(self.deals.len()).expect("a run makes fewer than 2^32 deals");
                self.deals.push(DealState(0, DealStatus::Absent, 0));
                (
                    deal,
                    DealStep::Created,
                    DealState(1, DealStatus::Open, self.random.random_range(DEAL_CENTS)),
                )
            }
        };
        event::write_deal(out, &self.subject(deal), stamp, step, (next.0, next.2));
        Statement::Deal(deal, next)
    }

    fn next_step(&mut self, DealState(version, _, cents): DealState) -> (DealStep, DealState) {
        let next = version + 1;
        if usize::from(version) < STAGES.len() {
            return (
                DealStep::Moved(version),
                DealState(next, DealStatus::Open, self.random.random_range(DEAL_CENTS)),
            );
        }
        if self.random.random_range(0..10) < WON_OF_TEN {
            (DealStep::Won, DealState(next, DealStatus::Won, cents))
        } else {
            (DealStep::Lost, DealState(next, DealStatus::Lost, cents))
        }
    }

    fn write_fact(&mut self, out: &mut Vec<u8>, stamp: &Stamp) -> Statement {
        let kind = self.random.random_range(0..FACT_TYPES.len());
        let hundredths = self.random.random_range(FACT_HUNDREDTHS);
        let deal = u32::try_from(self.deals.len().saturating_sub(1)).unwrap_or(u32::MAX);
        event::write_fact(out, &self.subject(deal), stamp, FACT_TYPES[kind], hundredths);
        Statement::Fact(u8::try_from(kind).expect("there are few types"), hundredths)
    }

    fn subject(&mut self, deal: u32) -> Subject {
        Subject { tag: self.tag, event: self.events, deal, draw: self.random.next_u32() }
    }

    /// Takes note of what became of a statement.
    pub(crate) fn settle(&mut self, statement: Statement, outcome: ItemOutcome) {
        if outcome == ItemOutcome::Accepted {
            self.accepted += 1;
        }
        match (statement, outcome) {
            (Statement::Fact(kind, hundredths), ItemOutcome::Accepted) => {
                let fact = &mut self.facts[usize::from(kind)];
                fact.count += 1;
                fact.sum += i128::from(hundredths);
            }
            (Statement::Deal(deal, next), ItemOutcome::Accepted) => {
                self.deals[deal as usize] = next;
                if next.1 == DealStatus::Open {
                    self.at_rest.push_back(deal);
                }
            }
            // Nothing more is said of a deal that was refused or whose state is unknown.
            (_, ItemOutcome::Rejected | ItemOutcome::Unknown) => {}
        }
    }

    /// The organisation's part of the ledger; `None` where nothing was sent.
    pub(crate) fn ledger(&self, org: &str) -> Option<OrgLedger> {
        (self.events > 0).then(|| OrgLedger {
            org: org.to_owned(),
            accepted: self.accepted,
            facts: self.facts.to_vec(),
            deals: self.deals.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salescope_domain::{Date, Instant};

    fn stamp() -> Stamp {
        Stamp::new(Instant::from_ms(1_800_000_000_000), Date::from_days(20_833))
    }

    fn run(seed: u64, outcome: impl Fn(usize) -> ItemOutcome) -> (Vec<u8>, OrgLedger) {
        let (mut org, mut out) = (OrgWork::new(seed, 7), Vec::new());
        for at in 0..2_000 {
            let statement = org.write_event(&mut out, "deals=1,additive=1".parse().unwrap(), &stamp());
            org.settle(statement, outcome(at));
        }
        (out, org.ledger("a").unwrap())
    }

    #[test]
    fn the_same_seed_and_answers_give_the_same_events() {
        let accepted = |_| ItemOutcome::Accepted;
        assert_eq!(run(1, accepted), run(1, accepted));
        assert_ne!(run(1, accepted).0, run(2, accepted).0);
    }

    #[test]
    fn about_a_third_of_the_closed_deals_are_won_and_most_deals_close() {
        let (_, ledger) = run(3, |_| ItemOutcome::Accepted);
        let count = |status| ledger.deals_of(status).count;
        let (open, won, lost) = (count(DealStatus::Open), count(DealStatus::Won), count(DealStatus::Lost));
        assert_eq!(open + won + lost, ledger.deals.len() as u64);
        assert!(won > 0 && won < lost && won + lost > open, "{open} open, {won} won, {lost} lost");
        assert_eq!(ledger.accepted, 2_000);
    }

    #[test]
    fn only_accepted_statements_are_in_the_ledger() {
        let (_, ledger) = run(3, |_| ItemOutcome::Rejected);
        assert_eq!(ledger.accepted, 0);
        assert!(ledger.facts.iter().all(|fact| *fact == FactSum::default()));
        assert!(ledger.deals.iter().all(|deal| deal.1 == DealStatus::Absent));
    }

    #[test]
    fn a_deal_has_at_most_one_statement_in_flight() {
        let (mut org, mut out) = (OrgWork::new(5, 7), Vec::new());
        let mut in_flight = Vec::new();
        for round in 0..400 {
            let statement = org.write_event(&mut out, "deals=1".parse().unwrap(), &stamp());
            let Statement::Deal(deal, _) = statement else { panic!("the mix has deals only") };
            assert!(!in_flight.iter().any(|(other, _)| *other == deal), "deal {deal} in round {round}");
            in_flight.push((deal, statement));
            if round % 3 > 0 {
                let (_, settled) = in_flight.remove(round % in_flight.len());
                org.settle(settled, ItemOutcome::Accepted);
            }
        }
    }
}
