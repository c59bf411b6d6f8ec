//! What becomes of slices: news, repetitions, order, and questions in between.

use crate::fixture::{Running, call, deal, folded, point, quick, send};
use salescope_actors::ActorOptions;
use salescope_engine_api::{EngineError, Outcome, Slice, Submission};

fn appended(outcomes: &[Outcome]) -> Vec<u64> {
    let seq = |outcome: &Outcome| match outcome {
        Outcome::Appended { tenant_seq } => Some(*tenant_seq),
        _ => None,
    };
    outcomes.iter().filter_map(seq).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_means_that_the_entries_are_in_the_journal_and_in_the_state() {
    let (_dir, running, key) = Running::fresh(quick()).await;
    let answer = running.send(key, vec![deal("a", 1, "one"), call("c1"), point("m1", 0)]).await.unwrap();
    assert_eq!(appended(&answer.outcomes), [1, 2, 3]);
    assert_eq!(answer.tenant_seq, 3);
    let journal = running.journal(key).await;
    assert_eq!(journal.len(), 3);
    assert_eq!(running.state(key).await, folded(&journal));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repetitions_add_nothing_within_a_slice_between_slices_and_in_flight() {
    let (_dir, running, key) = Running::fresh(quick()).await;
    let slice = || vec![deal("a", 1, "one"), point("m1", 0), deal("a", 1, "one"), point("m1", 0)];
    let handle = running.handle();
    let sends: Vec<_> = (0..20)
        .map(|_| {
            tokio::spawn({
                let handle = handle.clone();
                let slice = slice();
                async move { send(&handle, key, slice).await.unwrap() }
            })
        })
        .collect();
    let mut entries = Vec::new();
    for sent in sends {
        let answer = sent.await.unwrap();
        assert_eq!(answer.tenant_seq, 2, "whoever repeats waits for the original");
        entries.extend(appended(&answer.outcomes));
    }
    assert_eq!(entries, [1, 2]);
    let again = running.send(key, vec![point("m1", 0), point("m1", 1), deal("a", 2, "two")]).await.unwrap();
    assert_eq!(again.outcomes[0], Outcome::Unchanged);
    assert_eq!(appended(&again.outcomes), [3, 4]);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_senders_of_many_organisations_get_gapless_positions_and_equal_states() {
    let (_dir, running, first) = Running::fresh(quick()).await;
    let keys = [first, running.create("beta").await, running.create("gamma").await];
    let handle = running.handle();
    let mut sends = Vec::new();
    for sender in 0..8 {
        for (at, key) in keys.into_iter().enumerate() {
            let handle = handle.clone();
            sends.push(tokio::spawn(async move {
                for round in 0..25_i64 {
                    let id = format!("{sender}-{}", round % 5);
                    let slice = vec![deal(&id, round, "x"), point(&format!("{sender}-{round}-{at}"), 0)];
                    send(&handle, key, slice).await.unwrap();
                }
            }));
        }
    }
    for sent in sends {
        sent.await.unwrap();
    }
    for key in keys {
        let journal = running.journal(key).await;
        assert_eq!(journal.len(), 8 * 50);
        assert!(journal.iter().zip(1..).all(|(entry, seq)| entry.tenant_seq == seq));
        assert_eq!(running.state(key).await, folded(&journal));
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_breaks_a_rule_is_left_out_and_named_and_the_rest_goes_in() {
    let (_dir, running, key) = Running::fresh(quick()).await;
    let mut late = deal("b", 1, "late");
    if let salescope_domain::Payload::Deal(event) = &mut late {
        event.occurred_at = event.occurred_at.plus_ms(3 * 86_400_000);
    }
    let answer = running.send(key, vec![deal("a", 1, "one"), late, call("c1")]).await.unwrap();
    assert_eq!(appended(&answer.outcomes), [1, 2]);
    assert!(matches!(&answer.outcomes[1], Outcome::Rejected(rejected) if rejected.code == "time_in_future"));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_tells_what_would_be_and_changes_nothing() {
    let (_dir, running, key) = Running::fresh(quick()).await;
    running.send(key, vec![deal("a", 1, "one")]).await.unwrap();
    let submissions = vec![Submission::live(deal("a", 1, "one")), Submission::live(deal("b", 1, "new"))];
    let slice = Slice { submissions, bytes: 500, dry_run: true };
    for _ in 0..2 {
        let answer = running.handle().ingest(key, slice.clone()).await.unwrap();
        assert_eq!(answer.outcomes, [Outcome::Unchanged, Outcome::Appended { tenant_seq: 2 }]);
    }
    assert_eq!(running.journal(key).await.len(), 1);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_room_the_answer_is_overload_and_nothing_is_kept() {
    let options = ActorOptions { node_bytes_max: 1000, tenant_bytes_max: 1000, ..quick() };
    let (_dir, running, key) = Running::fresh(options).await;
    let handle = running.handle();
    let sends: Vec<_> = (0..200)
        .map(|at| {
            tokio::spawn({
                let handle = handle.clone();
                async move { send(&handle, key, vec![point(&format!("p{at}"), 0)]).await }
            })
        })
        .collect();
    let mut accepted = 0;
    for sent in sends {
        match sent.await.unwrap() {
            Ok(_) => accepted += 1,
            Err(error) => assert!(matches!(error, EngineError::Overloaded { .. }), "{error}"),
        }
    }
    assert_eq!(running.journal(key).await.len(), accepted);
    running.send(key, vec![point("later", 0)]).await.unwrap();
    running.stop().await;
}
