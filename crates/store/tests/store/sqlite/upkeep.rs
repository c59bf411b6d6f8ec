//! Checking names what is wrong and where; repairing makes of it a directory that opens, and drops nothing silently.

use super::{connect, do_harm, open, options};
use crate::contract::Harm;
use crate::sample::{assert_deals, commit_deals, create, deals_slice, last_seq, now, org};
use proptest::prelude::*;
use salescope_store::{
    CheckReport, Checkpoint, Checkpoints, Cut, DroppedCheckpoint, FindingKind, Journal, OrgKey,
    RepairOptions, RepairReport, SealOptions, SqliteStore, StoreError,
};
use sqlx::Connection;
use std::fs;
use std::path::Path;

pub(super) async fn check(dir: &Path) -> CheckReport {
    SqliteStore::check(dir, &options()).await.unwrap()
}

pub(super) async fn repair(dir: &Path, dry_run: bool) -> RepairReport {
    SqliteStore::repair(dir, &options(), RepairOptions { dry_run }).await.unwrap()
}

fn checkpoint(tenant_seq: u64) -> Checkpoint {
    Checkpoint { tenant_seq, schema_version: 1, sections: vec![vec![7; 100_000]] }
}

/// Two organisations in a closed store: acme alone in blocks 1 and 4, both in 2 and 3. Each block holds two entries of
/// each. acme's checkpoints include its entries 4 and 8; zeta's includes its 4.
pub(super) async fn two_orgs(dir: &Path) -> [OrgKey; 2] {
    let store = open(dir).await;
    let (acme, zeta) = (create(&store, "acme").await, create(&store, "zeta").await);
    commit_deals(&store, acme, 2).await;
    for after in [0, 2] {
        let slices = vec![deals_slice(acme, after + 2, after + 4), deals_slice(zeta, after, after + 2)];
        store.commit(slices, now()).await.unwrap();
    }
    commit_deals(&store, acme, 2).await;
    for (key, tenant_seq) in [(acme, 4), (acme, 8), (zeta, 4)] {
        store.save(key, checkpoint(tenant_seq)).await.unwrap();
    }
    store.close().await.unwrap();
    [acme, zeta]
}

pub(super) fn kinds(report: &CheckReport) -> Vec<FindingKind> {
    report.findings.iter().map(|finding| finding.kind).collect()
}

/// The numbers of the blocks in a side file.
async fn kept_aside(path: &Path) -> Vec<i64> {
    let mut side = connect(path.to_owned()).await;
    let names: Vec<String> = sqlx::query_scalar("SELECT org_id FROM organisation ORDER BY org_id")
        .fetch_all(&mut side)
        .await
        .unwrap();
    assert_eq!(names, ["acme", "zeta"]);
    let blocks = sqlx::query_scalar("SELECT seq FROM block ORDER BY seq").fetch_all(&mut side).await.unwrap();
    side.close().await.unwrap();
    blocks
}

#[tokio::test]
async fn a_sound_directory_is_found_sound_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let [acme, zeta] = two_orgs(dir.path()).await;
    let report = check(dir.path()).await;
    assert!(report.is_sound(), "{report:?}");
    let counts =
        [report.organisations, report.blocks, report.entries, report.sealed_entries, report.checkpoints];
    assert_eq!(counts, [2, 4, 12, 0, 3]);
    let repaired = repair(dir.path(), false).await;
    assert_eq!(repaired, RepairReport { check: report, ..RepairReport::default() });
    let store = open(dir.path()).await;
    assert_deals(&store, acme, 8).await;
    assert_deals(&store, zeta, 4).await;
    store.seal(SealOptions::everything()).await.unwrap();
    store.close().await.unwrap();
    let report = check(dir.path()).await;
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.blocks, report.entries, report.sealed_entries), (0, 0, 12));
}

#[tokio::test]
async fn a_damaged_block_costs_its_organisations_what_comes_after_and_the_others_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let [acme, zeta] = two_orgs(dir.path()).await;
    do_harm(dir.path(), Harm::FlipBody(4)).await;
    let report = check(dir.path()).await;
    assert_eq!(
        kinds(&report),
        [FindingKind::BlockDamaged, FindingKind::BlockDamaged, FindingKind::JournalBehind]
    );
    let entries = &report.findings[1];
    assert_eq!((entries.org.as_ref(), entries.block), (Some(&org("acme")), Some(4)));
    assert_eq!((entries.from_seq, entries.to_seq), (Some(7), Some(8)));
    assert!(
        entries.sentence.contains("entries 7 to 8 of organisation acme in block 4"),
        "{}",
        entries.sentence
    );

    let planned = repair(dir.path(), true).await;
    assert_eq!(planned.check, report);
    assert_eq!(check(dir.path()).await, report, "a dry run changes nothing");
    let done = repair(dir.path(), false).await;
    let side_file = done.side_file.clone().unwrap();
    assert!(done.checkpoints_side_file.as_ref().is_some_and(|path| path.exists()));
    let untouched =
        RepairReport { dry_run: true, side_file: None, checkpoints_side_file: None, ..done.clone() };
    assert_eq!(untouched, planned);
    assert_eq!(done.cuts, [Cut { org: org("acme"), last_seq: 6, entries: 2 }]);
    assert_eq!(done.checkpoints, [DroppedCheckpoint { org: org("acme"), tenant_seq: 8, is_ahead: true }]);
    assert!(done.remaining.is_empty());
    assert_eq!(kept_aside(&side_file).await, [4]);

    assert!(check(dir.path()).await.is_sound());
    let store = open(dir.path()).await;
    assert_deals(&store, acme, 6).await;
    assert_deals(&store, zeta, 4).await;
    let found = store.load(acme).await.unwrap();
    assert!(found.sound == [checkpoint(4)] && found.damaged.is_empty());
    assert_eq!(commit_deals(&store, acme, 5).await.block_seq, 5);
    assert_deals(&store, acme, 11).await;
    store.seal(SealOptions::everything()).await.unwrap();
    assert_deals(&store, acme, 11).await;
}

#[tokio::test]
async fn a_block_whose_owners_are_unknown_or_that_is_gone_cuts_those_who_show_a_gap() {
    for (harm, kind) in [
        (Harm::FlipHeader(2), FindingKind::BlockDamaged),
        (Harm::DropBlock(2), FindingKind::BlockMissing),
        (Harm::DropBlock(1), FindingKind::BlockMissing),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let [acme, zeta] = two_orgs(dir.path()).await;
        do_harm(dir.path(), harm).await;
        assert!(SqliteStore::open(dir.path()).await.is_err());
        let report = check(dir.path()).await;
        assert_eq!(report.findings[0].kind, kind);
        assert!(
            kinds(&report).contains(&FindingKind::Gap)
                && kinds(&report).contains(&FindingKind::JournalBehind)
        );
        let done = repair(dir.path(), false).await;
        assert!(check(dir.path()).await.is_sound());
        let store = open(dir.path()).await;
        let first_is_gone = matches!(harm, Harm::DropBlock(1));
        let ends = if first_is_gone { [0, 4] } else { [2, 0] };
        assert_eq!(done.cuts[0].last_seq, ends[0]);
        assert_deals(&store, acme, ends[0]).await;
        assert_deals(&store, zeta, ends[1]).await;
        commit_deals(&store, acme, 3).await;
        store.seal(SealOptions::everything()).await.unwrap();
        assert_deals(&store, acme, ends[0] + 3).await;
    }
}

#[tokio::test]
async fn a_lost_end_shows_by_the_checkpoint_and_is_accepted_only_by_a_repair() {
    let dir = tempfile::tempdir().unwrap();
    let [acme, zeta] = two_orgs(dir.path()).await;
    do_harm(dir.path(), Harm::DropBlock(4)).await;
    let refused = SqliteStore::open(dir.path()).await;
    assert!(
        matches!(refused, Err(StoreError::JournalBehind { last: 6, checkpoint_seq: 8, .. })),
        "{refused:?}"
    );
    let report = check(dir.path()).await;
    assert_eq!(kinds(&report), [FindingKind::JournalBehind]);
    assert_eq!((report.findings[0].from_seq, report.findings[0].to_seq), (Some(7), Some(8)));
    let done = repair(dir.path(), false).await;
    assert_eq!(done.checkpoints, [DroppedCheckpoint { org: org("acme"), tenant_seq: 8, is_ahead: true }]);
    assert_eq!((done.blocks_rewritten, &done.side_file), (0, &None));
    let store = open(dir.path()).await;
    assert_deals(&store, acme, 6).await;
    assert_deals(&store, zeta, 4).await;
}

#[tokio::test]
async fn torn_checkpoints_are_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let [acme, zeta] = two_orgs(dir.path()).await;
    do_harm(dir.path(), Harm::FlipCheckpoint(acme, 8)).await;
    do_harm(dir.path(), Harm::FlipChunk(zeta, 7)).await;
    let report = check(dir.path()).await;
    assert_eq!(kinds(&report), [FindingKind::CheckpointDamaged; 2]);
    assert_eq!(report.checkpoints, 1);
    let done = repair(dir.path(), false).await;
    let dropped = |id, tenant_seq| DroppedCheckpoint { org: org(id), tenant_seq, is_ahead: false };
    assert_eq!(done.checkpoints, [dropped("acme", 8), dropped("zeta", 4)]);
    assert!(check(dir.path()).await.is_sound());
    let store = open(dir.path()).await;
    assert!(store.load(acme).await.unwrap().sound == [checkpoint(4)]);
    store.save(zeta, checkpoint(4)).await.unwrap();
    assert!(store.load(zeta).await.unwrap().sound == [checkpoint(4)]);
}

#[tokio::test]
async fn damaged_history_is_named_and_stays_for_a_backup() {
    let dir = tempfile::tempdir().unwrap();
    let [acme, _] = two_orgs(dir.path()).await;
    let store = open(dir.path()).await;
    store.seal(SealOptions::everything()).await.unwrap();
    commit_deals(&store, acme, 1).await;
    store.close().await.unwrap();
    let mut history = connect(dir.path().join("history.db")).await;
    let flipped = sqlx::query("UPDATE segment SET sealed = CAST(substr(sealed, 1, length(sealed) - 1) || X'00' AS BLOB) WHERE org_key = ?1")
        .bind(acme.0)
        .execute(&mut history)
        .await
        .unwrap();
    assert_eq!(flipped.rows_affected(), 1);
    history.close().await.unwrap();
    let report = check(dir.path()).await;
    assert_eq!(kinds(&report), [FindingKind::HistoryDamaged]);
    assert_eq!((report.findings[0].from_seq, report.findings[0].to_seq), (Some(1), Some(8)));
    let done = repair(dir.path(), false).await;
    assert_eq!((done.remaining, done.cuts), (report.findings, Vec::new()));
}

#[tokio::test]
async fn nobody_checks_a_directory_that_is_in_use_or_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let none = SqliteStore::check(dir.path(), &options()).await;
    assert!(matches!(none, Err(StoreError::NoDataDirectory { .. })));
    let _store = open(dir.path()).await;
    let held = SqliteStore::check(dir.path(), &options()).await;
    assert!(matches!(held, Err(StoreError::Locked { .. })));
}

/// The files of a directory as they lie there.
fn copy(from: &Path, to: &Path) {
    for file in fs::read_dir(from).unwrap().map(|file| file.unwrap()) {
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// Bytes between two cuts, unless the environment's variable says otherwise: 1 cuts at every byte, and takes minutes.
const CUT_STEP: usize = 509;
const CUT_STEP_VARIABLE: &str = "SALESCOPE_CUT_STEP";

#[tokio::test]
async fn a_log_that_is_cut_anywhere_leaves_whole_commits_or_shows_that_some_are_lost() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let acme = create(&store, "acme").await;
    let wal = |dir: &Path| dir.join("journal.db-wal");
    let from = fs::metadata(wal(dir.path())).unwrap().len();
    for commit in 0..8 {
        commit_deals(&store, acme, 3).await;
        if commit == 4 {
            store.save(acme, checkpoint(15)).await.unwrap();
        }
    }
    let to = fs::metadata(wal(dir.path())).unwrap().len();
    let (mut whole, mut lost) = (0, 0);
    #[expect(clippy::disallowed_methods, reason = "a switch of this test alone")]
    let step = std::env::var(CUT_STEP_VARIABLE).map_or(CUT_STEP, |step| step.parse().unwrap());
    for len in (from..=to).step_by(step) {
        let cut = tempfile::tempdir().unwrap();
        copy(dir.path(), cut.path());
        fs::File::options().write(true).open(wal(cut.path())).unwrap().set_len(len).unwrap();
        match SqliteStore::open_with(cut.path(), options()).await {
            Ok(store) => {
                let last = last_seq(&store, acme);
                assert!(last % 3 == 0 && last >= 15, "{last} with {len} bytes");
                assert_deals(&store, acme, last).await;
                whole += 1;
            }
            Err(StoreError::JournalBehind { last, checkpoint_seq: 15, .. }) => {
                assert!(last % 3 == 0 && last < 15, "{last} with {len} bytes");
                repair(cut.path(), false).await;
                assert_deals(&open(cut.path()).await, acme, last).await;
                lost += 1;
            }
            Err(error) => panic!("{error} with {len} bytes"),
        }
    }
    assert!(whole > 10 && lost > 10, "{whole} {lost}");
}

#[derive(Debug, Clone, Copy)]
enum How {
    Body,
    Header,
    Drop,
}

/// Commits, then harm to one block, then a repair.
async fn harm_and_repair(commits: Vec<Vec<(usize, u64)>>, sealed: usize, bad: usize, how: How) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let mut keys = Vec::new();
    for number in 0..4 {
        keys.push(create(&store, &format!("org-{number}")).await);
    }
    let (mut ends, mut before) = ([0; 4], [0; 4]);
    for (number, commit) in commits.iter().enumerate() {
        if number == sealed {
            store.seal(SealOptions::everything()).await.unwrap();
        }
        if number == bad {
            before = ends;
        }
        let mut slices = Vec::new();
        for (org, count) in commit {
            slices.push(deals_slice(keys[*org], ends[*org], ends[*org] + count));
            ends[*org] += count;
        }
        store.commit(slices, now()).await.unwrap();
    }
    store.close().await.unwrap();
    let block = bad as u64 + 1;
    do_harm(
        dir.path(),
        match how {
            How::Body => Harm::FlipBody(block),
            How::Header => Harm::FlipHeader(block),
            How::Drop => Harm::DropBlock(block),
        },
    )
    .await;
    repair(dir.path(), false).await;
    assert!(check(dir.path()).await.is_sound());
    let store = open(dir.path()).await;
    for org in 0..4 {
        let is_hit = commits[bad].iter().any(|(hit, _)| *hit == org);
        let end = if is_hit { before[org] } else { ends[org] };
        assert_deals(&store, keys[org], end).await;
        commit_deals(&store, keys[org], 2).await;
        assert_deals(&store, keys[org], end + 2).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn a_repair_keeps_all_that_comes_before_the_damage_and_all_of_the_others(
        commits in prop::collection::vec(prop::collection::vec((0_usize..4, 1_u64..5), 1..4), 1..10),
        sealed in any::<prop::sample::Index>(),
        bad in any::<prop::sample::Index>(),
        how in prop_oneof![Just(How::Body), Just(How::Header), Just(How::Drop)],
    ) {
        let sealed = sealed.index(commits.len());
        let bad = sealed + bad.index(commits.len() - sealed);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(harm_and_repair(commits, sealed, bad, how));
    }
}
