//! The switches, switched on. They are process-wide: where tests share one, they run one at a time.

use salescope_faults::{
    POINTS, SpecError, clock_offset_ms, configure, disk, fail, hits, point, read_hits, sabotage,
};
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::sync::{Mutex, MutexGuard};

/// One test at a time, where the runner has them share a process.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    let guard = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    configure("").expect("an empty line is understood");
    guard
}

#[test]
fn a_point_counts_its_hits_from_the_last_configuration_on() {
    let _alone = alone();
    point("seal.after");
    point("seal.after");
    assert!(hits().contains(&("seal.after", 2)));
    configure("").unwrap();
    assert!(hits().iter().all(|(_, count)| *count == 0));
    assert_eq!(hits().len(), POINTS.len());
}

#[test]
fn a_point_fails_at_the_hit_it_is_armed_for_or_from_it_on() {
    let _alone = alone();
    configure("fail=checkpoint.save.before@2; fail=seal.between@2+").unwrap();
    let three = |name| [fail(name), fail(name), fail(name)];
    assert_eq!(three("checkpoint.save.before"), [false, true, false]);
    assert_eq!(three("seal.between"), [false, true, true]);
    assert_eq!(three("seal.after"), [false, false, false]);
}

#[test]
fn sabotages_and_the_clock_are_as_configured() {
    let _alone = alone();
    assert!(!sabotage("no_dedup"));
    configure("sabotage=no_dedup;sabotage=no_fsync;clock_offset_ms=-5000;disk=seed:7,early:50").unwrap();
    assert!(sabotage("no_dedup") && sabotage("no_fsync") && !sabotage("lost_quarantine"));
    assert_eq!(clock_offset_ms(), -5000);
    assert_eq!(disk().as_deref(), Some("seed:7,early:50"));
}

#[test]
#[should_panic(expected = "jurnal.commit is not in the list of failpoints")]
fn a_point_that_is_not_in_the_list_panics() {
    point("jurnal.commit");
}

#[test]
#[should_panic(expected = "no_sync is not in the list of sabotages")]
fn a_sabotage_that_is_not_in_the_list_panics() {
    let _ = sabotage("no_sync");
}

#[test]
fn a_line_that_is_not_understood_arms_nothing() {
    let _alone = alone();
    configure("clock_offset_ms=1").unwrap();
    for (line, error) in [
        ("kill", SpecError::Item("kill".into())),
        ("die=now", SpecError::Item("die=now".into())),
        ("kill=nowhere@1", SpecError::Point("nowhere".into())),
        ("kill=seal.after", SpecError::Number("seal.after".into())),
        ("kill=seal.after@0", SpecError::Number("seal.after@0".into())),
        ("delay=seal.after@1", SpecError::Number("seal.after@1".into())),
        ("sabotage=no_sync", SpecError::Sabotage("no_sync".into())),
        ("clock_offset_ms=soon", SpecError::Number("clock_offset_ms=soon".into())),
        ("kill=seal.after@1;pause=seal.after@2", SpecError::TwoActions("seal.after".into())),
    ] {
        assert_eq!(configure(line), Err(error));
    }
    assert!(matches!(configure("hits_file=/nowhere/at/all"), Err(SpecError::HitsFile { .. })));
    assert_eq!(clock_offset_ms(), 1);
}

/// The child of the test below, which starts it in a directory with this file.
const ARMED: &str = "armed";

#[test]
#[ignore = "kills its process: another test starts it"]
fn child_that_passes_a_point_ten_times() {
    if std::fs::exists(ARMED).unwrap() {
        configure("kill=tenant.ack.before@3;hits_file=hits").unwrap();
        (0..10).for_each(|_| point("tenant.ack.before"));
    }
}

#[test]
fn a_point_kills_the_process_at_the_hit_it_is_armed_for_and_the_hits_survive() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(ARMED), "").unwrap();
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "child_that_passes_a_point_ten_times"])
        .current_dir(dir.path())
        .output()
        .unwrap()
        .status;
    assert_eq!(status.signal(), Some(9));
    let hits = read_hits(&dir.path().join("hits")).unwrap();
    assert!(hits.contains(&("tenant.ack.before", 3)));
    assert_eq!(hits.iter().map(|(_, count)| count).sum::<u64>(), 3);
}
