//! A process that is killed at any moment loses nothing that it answered.

use super::open;
use crate::sample::{assert_deals, commit_deals, create, last_seq, now, org};
use salescope_store::{Checkpoint, Checkpoints, Journal, SealOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

const BATCH: u64 = 7;
const ANSWER: &str = "answered ";

/// Not a test of its own: the process that is killed. Its data directory comes on standard input.
#[tokio::test]
#[ignore = "the process that the test below kills"]
async fn commits_until_it_is_killed() {
    let mut dir = String::new();
    std::io::stdin().read_line(&mut dir).unwrap();
    if dir.trim().is_empty() {
        return;
    }
    let store = open(Path::new(dir.trim())).await;
    let acme = match store.find(&org("acme")) {
        Some(acme) => acme,
        None => create(&store, "acme").await,
    };
    for turn in 0..1_000_000_u64 {
        commit_deals(&store, acme, BATCH).await;
        let tenant_seq = last_seq(&store, acme);
        println!("{ANSWER}{tenant_seq}");
        std::io::stdout().flush().unwrap();
        if turn % 3 == 0 {
            let sections = vec![tenant_seq.to_le_bytes().repeat(5_000)];
            store.save(acme, Checkpoint { tenant_seq, schema_version: 1, sections }).await.unwrap();
        }
        if turn % 7 == 5 {
            store.seal(SealOptions { blocks_max: 4, ..SealOptions::default() }).await.unwrap();
        }
    }
}

/// Starts the process above and kills it after some answers; the last position that it answered.
fn answered_before_kill(dir: &Path, answers: usize) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "sqlite::kill::commits_until_it_is_killed"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{}", dir.display()).unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut answer_of = |line: String| line.split_once(ANSWER).map(|(_, seq)| seq.parse().unwrap());
    let last =
        lines.by_ref().filter_map(&mut answer_of).nth(answers - 1).expect("it answers until it is killed");
    child.kill().unwrap();
    child.wait().unwrap();
    // What it managed to answer before the signal came.
    lines.filter_map(answer_of).last().unwrap_or(last)
}

#[tokio::test]
async fn a_killed_process_has_kept_what_it_answered_and_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    for answers in [1, 3, 20, 60, 90] {
        let answered = answered_before_kill(dir.path(), answers);
        let store = open(dir.path()).await;
        let acme = store.find(&org("acme")).unwrap();
        let last = last_seq(&store, acme);
        assert!(last >= answered && last % BATCH == 0, "{last} after {answered}");
        assert_deals(&store, acme, last).await;
        let found = store.load(acme).await.unwrap();
        assert_eq!(found.damaged, [0; 0]);
        for Checkpoint { tenant_seq, sections, .. } in found.sound {
            assert!(sections == [tenant_seq.to_le_bytes().repeat(5_000)]);
        }
        assert_eq!(store.commit(Vec::new(), now()).await.unwrap().block_seq, last / BATCH);
        store.close().await.unwrap();
    }
}
