//! The command as a user meets it.

use std::process::Command;

#[test]
fn a_program_that_is_not_there_is_named_and_nothing_passes_for_a_run() {
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_e2e"))
        .args(["faults", "--kind", "kill", "--binary", "/nowhere/salescope", "--work-dir"])
        .arg(dir.path().join("work"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere/salescope"), "{output:?}");
}
