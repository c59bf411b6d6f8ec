//! The policy: what is older than it keeps goes by itself.

use crate::fixture::{Running, org};
use salescope_domain::Payload;
use salescope_node::NodeOptions;
use salescope_testkit::histories;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_that_were_taken_in_too_long_ago_go_by_themselves_and_later_ones_stay() {
    let mut options = NodeOptions::default();
    options.upkeep.retention.keep_days = Some(7);
    options.upkeep.retention.every = Duration::from_millis(1);
    let mut running = Running::fresh(options).await;
    let payloads: Vec<Payload> = histories::random(4).into_iter().map(|entry| entry.payload).collect();
    let (early, late) = payloads.split_at(payloads.len() / 2);
    running.send(early.to_vec()).await.unwrap();
    let first_late = running.engine().stats(&org()).await.unwrap().last_tenant_seq + 1;
    for _ in 0..5 {
        running.next_day();
    }
    running.send(late.to_vec()).await.unwrap();
    let all = running.entries(0).await;
    assert_eq!(running.engine().history_start(&org()).await.unwrap().first_seq, 1);
    // Kept for seven days, and worth a cut when a day older.
    for _ in 0..3 {
        running.next_day();
    }
    assert_eq!(running.engine().history_start(&org()).await.unwrap().first_seq, 1);
    running.next_day();
    while running.engine().history_start(&org()).await.unwrap().first_seq == 1 {
        tokio::task::yield_now().await;
    }
    let start = running.engine().history_start(&org()).await.unwrap();
    assert_eq!(start.first_seq, first_late);
    let after = usize::try_from(first_late - 1).unwrap();
    assert_eq!(running.entries(first_late - 1).await, all[after..]);
    running.close().await;
}
