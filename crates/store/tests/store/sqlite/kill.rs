//! A process that is killed at any moment loses nothing that it answered.

use super::open;
use crate::sample::{deals, now, org, positions, read_all};
use salescope_store::{Journal, Outcome};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

const BATCH: i64 = 7;
const ANSWER: &str = "answered ";

/// Not a test of its own: the process that is killed. Its data directory comes on standard input.
#[tokio::test]
#[ignore = "the process that the test below kills"]
async fn appends_until_it_is_killed() {
    let mut dir = String::new();
    std::io::stdin().read_line(&mut dir).unwrap();
    if dir.trim().is_empty() {
        return;
    }
    let store = open(Path::new(dir.trim())).await;
    let acme = org("acme");
    if store.orgs().await.unwrap().is_empty() {
        store.create_org(&acme, now()).await.unwrap();
    }
    for turn in 0..1_000_000 {
        store.append(&acme, deals("D", turn * BATCH..(turn + 1) * BATCH), now()).await.unwrap();
        println!("{ANSWER}{turn}");
        std::io::stdout().flush().unwrap();
    }
}

/// Starts the process above and kills it after some answers; the last turn that it answered.
fn answered_before_kill(dir: &Path, answers: usize) -> i64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "sqlite::kill::appends_until_it_is_killed"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{}", dir.display()).unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut turn_of = |line: String| line.split_once(ANSWER).map(|(_, turn)| turn.parse().unwrap());
    let last =
        lines.by_ref().filter_map(&mut turn_of).nth(answers - 1).expect("it answers until it is killed");
    child.kill().unwrap();
    child.wait().unwrap();
    // What it managed to answer before the signal came.
    lines.filter_map(turn_of).last().unwrap_or(last)
}

#[tokio::test]
async fn a_killed_process_has_kept_what_it_answered_and_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    let acme = org("acme");
    for answers in [1, 3, 20, 60, 90] {
        let answered = answered_before_kill(dir.path(), answers);
        let store = open(dir.path()).await;
        let entries = read_all(&store, &acme).await;
        assert_eq!(positions(&entries), (1..=entries.len() as u64).collect::<Vec<_>>());
        let count = i64::try_from(entries.len()).unwrap();
        assert!(count >= (answered + 1) * BATCH && count % BATCH == 0, "{count} after turn {answered}");
        let outcomes = store.append(&acme, deals("D", 0..count.min(2_000)), now()).await.unwrap();
        assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Unchanged));
        store.close().await.unwrap();
    }
}
