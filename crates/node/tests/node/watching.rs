//! Watched questions: each answer is the oracle's at the position that stands beside it, and the last one is never missed.

use crate::fixture::{Running, org, questions};
use futures::StreamExt;
use salescope_domain::{Entry, LiveQuestion, Payload, Query, Window};
use salescope_engine_api::{EngineError, LiveStream, Position};
use salescope_kpi::Engine as Kpis;
use salescope_node::NodeOptions;
use salescope_testkit::{histories, make};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::timeout;

/// So that a test that waits for what never comes ends: an hour of the machine's time.
const LONG: Duration = Duration::from_secs(3600);

fn quick() -> NodeOptions {
    let mut options = NodeOptions::default();
    options.upkeep.live.pause_min = Duration::from_millis(1);
    options.upkeep.live.pause_per_cost = 0;
    options
}

fn payloads(seed: u64) -> Vec<Payload> {
    histories::random(seed).into_iter().map(|entry| entry.payload).collect()
}

fn bookings(window: Window) -> LiveQuestion {
    LiveQuestion {
        kpi: make::kpi("bookings"),
        window,
        group_by: Vec::new(),
        filters: BTreeMap::new(),
        params: BTreeMap::new(),
    }
}

/// Some questions of every sort that the entries give something to ask about.
fn watchable(seed: u64) -> Vec<LiveQuestion> {
    let entries = histories::random(seed);
    let mut state = Kpis::new();
    state.apply(&entries);
    let live = |query: Query| {
        let Query { kpi, range, group_by, filters, params, .. } = query;
        LiveQuestion { kpi, window: Window::Fixed(range), group_by, filters, params }
    };
    let mut asked: Vec<_> = questions(&state, &entries, 24).into_iter().map(live).collect();
    asked.extend([bookings(Window::ThisYear), bookings(Window::Last90Days), bookings(Window::ThisQuarter)]);
    asked.sort();
    asked.dedup();
    asked
}

/// Reads answers up to the position, each checked against the oracle afterwards.
async fn until(watched: &mut LiveStream, end: Position) -> Vec<(Position, Query, salescope_domain::Answer)> {
    let mut seen = Vec::new();
    loop {
        let told = timeout(LONG, watched.next()).await.unwrap().unwrap().unwrap();
        let live = told.answer;
        let query = Query::new(live.answer.kpi.clone(), live.range, live.now);
        seen.push((told.position, query, live.answer));
        if told.position >= end {
            return seen;
        }
    }
}

fn check(entries: &[Entry], question: &LiveQuestion, seen: Vec<(Position, Query, salescope_domain::Answer)>) {
    assert!(seen.is_sorted_by_key(|(position, ..)| *position), "positions never fall");
    for (position, query, answer) in seen {
        let LiveQuestion { group_by, filters, params, .. } = question.clone();
        let query = Query { group_by, filters, params, ..query };
        let known = &entries[..usize::try_from(position.tenant_seq).unwrap()];
        assert_eq!(answer, salescope_oracle::answer(known, &query), "at {position:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_is_the_oracles_at_its_position_and_the_last_one_comes() {
    for seed in [3, 11] {
        let mut running = Running::fresh(quick()).await;
        let (engine, org) = (running.engine(), org());
        let all = payloads(seed);
        let (before, while_watched) = all.split_at(all.len() / 3);
        running.send(before.to_vec()).await.unwrap();
        let mut watched = Vec::new();
        for question in watchable(seed) {
            // What the first third does not know yet cannot be asked yet.
            if let Ok(stream) = engine.watch(&org, question.clone()).await {
                watched.push((question, stream));
            }
        }
        assert!(watched.len() > 5);
        for slice in while_watched.chunks(7) {
            running.send(slice.to_vec()).await.unwrap();
        }
        let end = engine.query(
            &org,
            Query::new(make::kpi("bookings"), make::range("2026-01-01", "2027-01-01"), running.now()),
        );
        let end = end.await.unwrap().position;
        let mut seen = Vec::new();
        for (question, mut stream) in watched {
            seen.push((question, until(&mut stream, end).await));
        }
        let entries = running.entries(0).await;
        seen.into_iter().for_each(|(question, seen)| check(&entries, &question, seen));
        running.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_moves_with_the_clock_although_nothing_is_journaled() {
    let mut options = quick();
    options.upkeep.live.tick = Duration::from_millis(1);
    let mut running = Running::fresh(options).await;
    let mut watched = running.engine().watch(&org(), bookings(Window::Today)).await.unwrap();
    let first = watched.next().await.unwrap().unwrap();
    running.next_day();
    loop {
        let told = timeout(LONG, watched.next()).await.unwrap().unwrap().unwrap();
        assert_eq!(told.position, first.position);
        if told.answer.range.from == first.answer.range.to {
            break;
        }
    }
    running.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watching_outlasts_the_sleep_of_the_organisation() {
    let mut options = quick();
    options.actors.wheel_tick = Duration::from_millis(1);
    options.actors.passivate_after = Duration::from_millis(1);
    let mut running = Running::fresh(options).await;
    let mut watched = running.engine().watch(&org(), bookings(Window::ThisYear)).await.unwrap();
    let question = Query::new(make::kpi("bookings"), make::range("2026-01-01", "2027-01-01"), running.now());
    let mut seen = Vec::new();
    for (round, slice) in payloads(5).chunks(3).enumerate() {
        running.send(slice.to_vec()).await.unwrap();
        let end = running.engine().query(&org(), question.clone()).await.unwrap().position;
        seen.extend(until(&mut watched, end).await);
        // Ticks fall where they will: some rounds find it awake, some asleep, some in between.
        for _ in 0..round % 7 * 40 {
            tokio::task::yield_now().await;
        }
    }
    check(&running.entries(0).await, &bookings(Window::ThisYear), seen);
    running.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_watched_is_told_at_once_and_the_node_ends_what_is_watched() {
    let mut options = quick();
    options.upkeep.live.questions_per_org_max = 1;
    let mut running = Running::fresh(options).await;
    let engine = running.engine();
    let unknown = LiveQuestion { kpi: make::kpi("no_such_kpi"), ..bookings(Window::Today) };
    assert!(matches!(engine.watch(&org(), unknown).await.err(), Some(EngineError::Question { .. })));
    let mut one = engine.watch(&org(), bookings(Window::Today)).await.unwrap();
    let mut same = engine.watch(&org(), bookings(Window::Today)).await.unwrap();
    let other = engine.watch(&org(), bookings(Window::ThisYear)).await.err();
    assert!(matches!(other, Some(EngineError::TooMany { max: 1, .. })), "{other:?}");
    let (first, second) = (one.next().await.unwrap().unwrap(), same.next().await.unwrap().unwrap());
    assert_eq!(first.position, second.position);
    running.close().await;
    // The last item of both says that it is over.
    for watched in [one, same] {
        let rest: Vec<_> = timeout(LONG, watched.collect()).await.unwrap();
        assert!(matches!(rest.last(), Some(Err(EngineError::Unavailable { .. }))), "{rest:?}");
    }
}
