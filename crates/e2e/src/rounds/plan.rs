//! What is done in a round: a function of kind, round and chance, so that a seed repeats it.

use super::Kind;
use rand::RngExt;
use rand::rngs::StdRng;
use salescope_faults::POINTS;

/// Settings under which checkpoints, sleep and sealing, which usually take minutes, happen within a round.
const EAGER: &str = "actors.checkpoint_every_ms=300,actors.checkpoint_bytes_min=65536,\
    actors.checkpoint_state_percent=1,actors.passivate_after_ms=500,actors.wheel_tick_ms=100,\
    upkeep.seal_every_ms=150,upkeep.unsealed_bytes_max=262144,upkeep.unsealed_blocks_max=64,\
    upkeep.unsealed_parts_max=200,upkeep.seal_step_bytes_max=1048576,log.access=off";

/// Requests under way of one organisation, in bytes: little more than one of a thousand events.
const CROWDED: &str = "actors.tenant_bytes_max=262144,log.access=off";

/// The state that one organisation may have, in bytes: some thousand deals.
const CRAMPED: &str = "actors.tenant_state_bytes_max=1048576,log.access=off";

/// The default settings, with a quiet log.
const USUAL: &str = "log.access=off";

/// Events of a request, on average; commits hold a few requests.
const EVENTS_PER_COMMIT: u64 = 200;

/// Refusals after which a disk that stays full has shown what it does.
const REFUSALS_OF_A_FULL_DISK: u64 = 40;

/// Refusals after which an organisation that may grow no more has shown what happens to it.
const REFUSALS_OF_A_GLUTTON: u64 = 200;

/// A round, before it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// What is armed while events are sent.
    pub(super) faults: String,
    /// What is armed as long as the program lives: it has the defect when it comes back, too.
    pub(super) defects: String,
    pub(super) settings: &'static str,
    /// Events to be acknowledged; then the round ends, if it has not yet.
    pub(super) events: u64,
    /// Refusals after which the round ends.
    pub(super) refusals_max: Option<u64>,
    /// Whether the server's state is compared with its journal before it is killed.
    pub(super) verify_alive: bool,
}

/// Plans a round, counted from 1, of about `events` events.
pub(super) fn plan(kind: Kind, round: u64, events: u64, random: &mut StdRng) -> Plan {
    let eager = random.random_bool(0.5);
    let mut plan = Plan {
        faults: String::new(),
        defects: String::new(),
        settings: if eager { EAGER } else { USUAL },
        events: random.random_range(events / 2..=events),
        refusals_max: None,
        verify_alive: false,
    };
    match kind {
        Kind::Kill => strike(&mut plan, round, random),
        Kind::Power => {
            strike(&mut plan, round, random);
            let early = [0, 100, 300, 700][random.random_range(0..4)];
            arm(&mut plan.faults, &format!("disk=seed:{},early:{early}", random.random::<u64>()));
        }
        Kind::Full => {
            plan.verify_alive = true;
            let from = random.random_range(1..plan.events / 20);
            // Half of the disks stay full.
            let count = if random.random_bool(0.5) {
                plan.refusals_max = Some(REFUSALS_OF_A_FULL_DISK);
                u64::MAX / 2
            } else {
                random.random_range(1..200)
            };
            arm(
                &mut plan.faults,
                &format!("disk=seed:{},early:0,full:{from}+{count}", random.random::<u64>()),
            );
        }
        Kind::Fsync => {
            let at = random.random_range(1..plan.events / EVENTS_PER_COMMIT + 2);
            arm(&mut plan.faults, &format!("disk=seed:{},fail_sync:{at}", random.random::<u64>()));
        }
        Kind::Clock => {
            let offset = [3_600_000, -3_600_000, -5_000, 5_000][random.random_range(0..4)];
            arm(&mut plan.faults, &format!("clock_offset_ms={offset}"));
        }
        Kind::Poison => {
            plan.verify_alive = true;
            arm(&mut plan.defects, "sabotage=poison_panics");
        }
        Kind::Truncate => plan.settings = USUAL,
        Kind::Hot => {
            plan.verify_alive = true;
            plan.settings = CROWDED;
        }
        Kind::Greedy => {
            plan.verify_alive = true;
            plan.settings = CRAMPED;
            plan.refusals_max = Some(REFUSALS_OF_A_GLUTTON);
        }
    }
    plan
}

/// Every other round the process dies at a failpoint, each of them in turn; else at any instant.
fn strike(plan: &mut Plan, round: u64, random: &mut StdRng) {
    if round.is_multiple_of(2) {
        plan.events = random.random_range(1..=plan.events);
        return;
    }
    let point = POINTS[(round / 2) as usize % POINTS.len()];
    let hits_max = match point {
        "checkpoint.save.before" | "checkpoint.save.middle" => 6,
        "seal.before_history" | "seal.between" | "seal.after" => 3,
        "directory.resolve.after" => 8,
        _ => (plan.events / EVENTS_PER_COMMIT).max(1),
    };
    if point.starts_with("checkpoint") || point.starts_with("seal") {
        plan.settings = EAGER;
    }
    arm(&mut plan.faults, &format!("kill={point}@{}", random.random_range(1..=hits_max)));
}

/// Adds an item to a line of test switches.
pub(super) fn arm(line: &mut String, item: &str) {
    if !line.is_empty() && !item.is_empty() {
        line.push(';');
    }
    line.push_str(item);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    fn plans(kind: Kind, seed: u64) -> Vec<Plan> {
        let mut random = StdRng::seed_from_u64(seed);
        (1..=48).map(|round| plan(kind, round, 5000, &mut random)).collect()
    }

    #[test]
    fn a_seed_repeats_its_rounds_and_another_one_has_others() {
        assert_eq!(plans(Kind::Power, 1), plans(Kind::Power, 1));
        assert_ne!(plans(Kind::Power, 1), plans(Kind::Power, 2));
    }

    #[test]
    fn every_failpoint_has_its_rounds_and_half_of_the_rounds_have_none() {
        let plans = plans(Kind::Kill, 3);
        for point in POINTS {
            assert!(plans.iter().any(|plan| plan.faults.contains(point)), "{point}");
        }
        assert_eq!(plans.iter().filter(|plan| plan.faults.is_empty()).count(), 24);
    }

    #[test]
    fn items_are_joined() {
        let mut line = String::new();
        for item in ["", "a=1", "", "b=2"] {
            arm(&mut line, item);
        }
        assert_eq!(line, "a=1;b=2");
    }
}
