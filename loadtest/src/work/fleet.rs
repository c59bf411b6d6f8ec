//! All organisations of a run: chooses whose turn it is and makes its request.

use super::zipf::Zipf;
use super::{ItemOutcome, Ledger, LedgerHead, Mix, OrgWork, Stamp, Statement};
use crate::keys::OrgKey;
use rand::{SeedableRng, rngs::SmallRng};
use salescope_domain::Date;

/// Mixed into the seed so that neighbouring organisations have unlike generators (the golden ratio's bits).
const SEED_STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// How a fleet works.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FleetOptions {
    /// Decides everything that is drawn.
    pub(crate) seed: u64,
    /// Part of every id: two runs against one server have two.
    pub(crate) tag: u32,
    /// The exponent of Zipf's law over the organisations; 0 is even.
    pub(crate) zipf: f64,
    /// Events of a request.
    pub(crate) per_request: usize,
    /// Kinds of events.
    pub(crate) mix: Mix,
    /// The close date of deals that close.
    pub(crate) today: Date,
}

/// One request's events; reused for the next.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Whose they are, by number.
    pub(crate) org: usize,
    /// The body: an object for one event, else an array.
    pub(crate) body: Vec<u8>,
    /// What the items state, in order.
    pub(crate) statements: Vec<Statement>,
}

/// The organisations.
#[derive(Debug)]
pub(crate) struct Fleet {
    options: FleetOptions,
    random: SmallRng,
    zipf: Zipf,
    orgs: Vec<OrgWork>,
}

impl Fleet {
    /// `count` organisations that have sent nothing yet.
    pub(crate) fn new(count: usize, options: FleetOptions) -> Self {
        let seed_of = |at: usize| options.seed ^ (at as u64 + 1).wrapping_mul(SEED_STEP);
        Self {
            options,
            random: SmallRng::seed_from_u64(options.seed),
            zipf: Zipf::new(count, options.zipf),
            orgs: (0..count).map(|at| OrgWork::new(seed_of(at), options.tag)).collect(),
        }
    }

    /// Makes the next request, of an organisation drawn by Zipf's law.
    pub(crate) fn fill(&mut self, batch: &mut Batch, now: salescope_domain::Instant) {
        let org = self.zipf.draw(&mut self.random);
        self.fill_for(org, batch, now);
    }

    /// Makes the next request of one organisation.
    pub(crate) fn fill_for(&mut self, org: usize, batch: &mut Batch, now: salescope_domain::Instant) {
        let stamp = Stamp::new(now, self.options.today);
        batch.org = org;
        batch.statements.clear();
        batch.body.clear();
        let single = self.options.per_request == 1;
        for at in 0..self.options.per_request {
            if !single {
                batch.body.push(if at == 0 { b'[' } else { b',' });
            }
            let statement = self.orgs[org].write_event(&mut batch.body, self.options.mix, &stamp);
            batch.statements.push(statement);
        }
        if !single {
            batch.body.push(b']');
        }
    }

    /// Takes note of what became of a request's items.
    pub(crate) fn settle(&mut self, batch: &Batch, outcomes: impl Iterator<Item = ItemOutcome>) {
        let org = &mut self.orgs[batch.org];
        for (statement, outcome) in batch.statements.iter().zip(outcomes) {
            org.settle(*statement, outcome);
        }
    }

    /// What the server must hold now.
    pub(crate) fn ledger(&self, keys: &[OrgKey], unresolved: u64) -> Ledger {
        let orgs = self.orgs.iter().zip(keys).filter_map(|(work, key)| work.ledger(&key.org));
        let head = LedgerHead { tag: self.options.tag, closed_on: self.options.today, unresolved };
        Ledger { head, orgs: orgs.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salescope_domain::Instant;

    fn bodies(seed: u64, per_request: usize) -> Vec<(usize, Vec<u8>)> {
        let mix = "deals=1,additive=1".parse().unwrap();
        let today = Date::from_days(20_000);
        let mut fleet = Fleet::new(20, FleetOptions { seed, tag: 1, zipf: 1.0, per_request, mix, today });
        let mut batch = Batch::default();
        let mut made = Vec::new();
        for _ in 0..50 {
            fleet.fill(&mut batch, Instant::from_ms(1_800_000_000_000));
            fleet.settle(&batch, std::iter::repeat(ItemOutcome::Accepted));
            made.push((batch.org, batch.body.clone()));
        }
        made
    }

    #[test]
    fn the_same_seed_gives_the_same_requests() {
        assert_eq!(bodies(4, 3), bodies(4, 3));
        assert_ne!(bodies(4, 3), bodies(5, 3));
    }

    #[test]
    fn a_request_of_one_is_an_object_and_of_many_an_array_with_unique_ids() {
        let mut ids = std::collections::HashSet::new();
        for (org, body) in bodies(4, 10) {
            let items: Vec<serde_json::Value> = serde_json::from_slice(&body).unwrap();
            assert_eq!(items.len(), 10);
            assert!(items.iter().all(|item| ids.insert((org, item["event_id"].to_string()))));
        }
        assert!(bodies(4, 1)[0].1.starts_with(b"{"));
    }
}
