//! The drive against a real server on a real socket.

use super::*;
use crate::decimal;
use crate::keys::KeyFile;
use crate::testing::{FakeServer, Manner};
use crate::work::{DealState, DealStatus, FACT_TYPES, FleetOptions};
use salescope_domain::Date;
use serde_json::Value;

fn plan(
    server: &FakeServer,
    per_request: usize,
    rate: Rate,
    (connections, measured_ms): (usize, u64),
) -> Plan {
    let options = FleetOptions {
        seed: 11,
        tag: 1,
        zipf: 1.0,
        per_request,
        mix: "deals=2,additive=1".parse().unwrap(),
        today: Date::from_days(20_000),
    };
    Plan {
        target: server.target.clone(),
        contract: Contract::Items,
        keys: KeyFile::made_up(5).orgs,
        fleet: Fleet::new(5, options),
        per_request,
        connections,
        rate,
        warm_up: Duration::ZERO,
        measured: Duration::from_millis(measured_ms),
    }
}

async fn in_local_set<T>(test: impl Future<Output = T>) -> T {
    tokio::task::LocalSet::new().run_until(test).await
}

#[tokio::test]
async fn a_stalled_server_shows_in_the_latencies_of_all_requests_that_were_due_meanwhile() {
    in_local_set(async {
        let server = FakeServer::start(|_| Manner::Good, false).await;
        let plan = plan(&server, 1, Rate::EventsPerSecond(200.0), (1, 500));
        let mut drive = Drive::start(plan).await.unwrap();
        let window = drive.measured();
        drive.until(window.end).await.unwrap();
        assert_eq!(drive.counts(), (0, 0));
        server.open_gate();
        let (tally, _) = drive.finish().await.unwrap();
        // One request was in flight, the others could not be sent: they count all the same.
        assert_eq!((tally.requests, tally.latency_us.len(), tally.unsent), (100, 100, 0));
        // None was answered before the window's end, so what was due at its middle waited for half of it.
        let half_us = 250_000;
        assert!(tally.latency_us.value_at_quantile(0.5) >= half_us * 99 / 100);
        // The first was sent in time; all others were late by as much.
        assert!(tally.lateness_us.value_at_quantile(0.51) >= half_us * 99 / 100);
    })
    .await;
}

#[tokio::test]
async fn the_ledger_is_what_the_server_holds_though_answers_are_lost_and_requests_refused() {
    in_local_set(async {
        let manner = |number| match number {
            3 => Manner::Overloaded,
            5 => Manner::UnavailableAfterCommit,
            8 | 13 => Manner::BreaksAfterCommit,
            _ => Manner::Good,
        };
        let server = FakeServer::start(manner, true).await;
        let plan = plan(&server, 7, Rate::EventsPerSecond(1400.0), (4, 200));
        let (tally, ledger) = Drive::start(plan).await.unwrap().finish().await.unwrap();
        assert_eq!((tally.requests, tally.unresolved, tally.duplicates_unexpected), (40, 0, 0));
        assert_eq!((tally.overloaded, tally.unavailable, tally.broken), (1, 1, 2));
        assert_eq!((tally.acked, tally.duplicates_repeated), (280, 21));
        assert_held(&server, &ledger);
    })
    .await;
}

#[tokio::test]
async fn a_closed_loop_sends_until_the_window_ends() {
    in_local_set(async {
        let server = FakeServer::start(|_| Manner::Good, true).await;
        let plan = plan(&server, 10, Rate::Max, (8, 100));
        let (tally, ledger) = Drive::start(plan).await.unwrap().finish().await.unwrap();
        assert!(tally.acked > 0 && tally.acked == tally.requests * 10);
        assert_held(&server, &ledger);
    })
    .await;
}

/// Counts, sums and last deal states of the ledger against the server's events.
fn assert_held(server: &FakeServer, ledger: &Ledger) {
    let kept = server.kept();
    assert_eq!(kept.len(), ledger.orgs.len());
    for org in &ledger.orgs {
        let key = org.org.replace("peer-", "peer-key-");
        let events: Vec<&Value> = kept[&key].values().collect();
        assert_eq!(events.len() as u64, org.accepted);
        for (kind, fact) in FACT_TYPES.iter().zip(&org.facts) {
            let of_kind = events.iter().filter(|event| event["event_type"] == *kind);
            let sum: i128 =
                of_kind.map(|event| decimal::hundredths_of(&event["amount"].to_string()).unwrap()).sum();
            assert_eq!(sum, fact.sum);
        }
        let won = events.iter().filter(|event| event["event_type"] == "deal_closed_won");
        assert_eq!(won.count() as u64, org.deals_of(DealStatus::Won).count);
        let versions: u64 = org.deals.iter().map(|DealState(version, ..)| u64::from(*version)).sum();
        let statements = events.iter().filter(|event| event.get("version").is_some());
        assert_eq!(statements.count() as u64, versions);
    }
}
