//! The switches of a program under test. They are process-wide: a failpoint kills the process, not a thread.

use crate::SpecError;
use crate::names::{POINTS, SABOTAGES, index_of_point, index_of_sabotage};
use crate::spec::{Action, Arm, Spec};
use rustix::process::{Signal, getpid, kill_process};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

static HITS: [AtomicU64; POINTS.len()] = [const { AtomicU64::new(0) }; POINTS.len()];
static SABOTAGED: [AtomicBool; SABOTAGES.len()] = [const { AtomicBool::new(false) }; SABOTAGES.len()];
static CLOCK_OFFSET_MS: AtomicI64 = AtomicI64::new(0);
static ARMED: Mutex<Armed> = Mutex::new(Armed { arms: [None; POINTS.len()], hits_file: None, disk: None });

struct Armed {
    arms: [Option<Arm>; POINTS.len()],
    hits_file: Option<File>,
    disk: Option<String>,
}

fn armed() -> MutexGuard<'static, Armed> {
    // Every change is complete by itself: what a panicking thread left is usable.
    ARMED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Arms what a line of text asks for, and disarms everything else; hits are counted anew.
///
/// # Errors
/// When the line is not understood, or the file for the hits cannot be made; nothing changes then.
pub fn configure(line: &str) -> Result<(), SpecError> {
    let spec = Spec::parse(line)?;
    let hits_file = spec.hits_file.map(create).transpose()?;
    *armed() = Armed { arms: spec.arms, hits_file, disk: spec.disk };
    HITS.iter().for_each(|hits| hits.store(0, Ordering::SeqCst));
    for (index, on) in SABOTAGED.iter().enumerate() {
        on.store(spec.sabotages.contains(&index), Ordering::SeqCst);
    }
    CLOCK_OFFSET_MS.store(spec.clock_offset_ms, Ordering::SeqCst);
    Ok(())
}

fn create(path: String) -> Result<File, SpecError> {
    File::create(&path).map_err(|error| SpecError::HitsFile { path, reason: error.to_string() })
}

/// A failpoint: counts the hit, and kills, stops or delays when it is armed for that hit.
///
/// # Panics
/// When the name is not in [`POINTS`], or the point is armed to fail although it cannot.
pub fn point(name: &'static str) {
    if let Some(Action::Fail { .. }) = hit(name) {
        panic!("the failpoint {name} cannot fail: arm another action");
    }
}

/// A failpoint that can be made to fail: as [`point`], and says whether it is to fail this time.
///
/// # Panics
/// When the name is not in [`POINTS`].
#[must_use]
pub fn fail(name: &'static str) -> bool {
    matches!(hit(name), Some(Action::Fail { .. }))
}

/// Counts, acts, and gives the action that was due.
fn hit(name: &'static str) -> Option<Action> {
    let place = index_of_point(name).unwrap_or_else(|| panic!("{name} is not in the list of failpoints"));
    let due = {
        let armed = armed();
        let nth = HITS[place].fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(file) = &armed.hits_file {
            // A hit that cannot be written is lost for the report; the run itself is not harmed.
            let _ = file.write_all_at(&nth.to_le_bytes(), place as u64 * 8);
        }
        armed.arms[place].filter(|arm| arm.is_due(nth)).map(|arm| arm.action)
    };
    match due {
        Some(Action::Kill) => send(Signal::KILL),
        Some(Action::Pause) => send(Signal::STOP),
        Some(Action::Delay(time)) => wait(time),
        Some(Action::Fail { .. }) | None => {}
    }
    due
}

impl Arm {
    fn is_due(&self, nth: u64) -> bool {
        match self.action {
            Action::Fail { from_then_on: true } => nth >= self.at,
            _ => nth == self.at,
        }
    }
}

fn send(signal: Signal) {
    let sent = kill_process(getpid(), signal);
    assert!(sent.is_ok(), "a process may send signals to itself");
}

#[expect(
    clippy::disallowed_methods,
    reason = "to wait is what was asked for; failpoints stand in code that is not async, too"
)]
fn wait(time: Duration) {
    std::thread::sleep(time);
}

/// Whether a sabotage is switched on.
///
/// # Panics
/// When the name is not in [`SABOTAGES`].
#[must_use]
pub fn sabotage(name: &str) -> bool {
    let place = index_of_sabotage(name).unwrap_or_else(|| panic!("{name} is not in the list of sabotages"));
    SABOTAGED[place].load(Ordering::SeqCst)
}

/// By how much the program's clock is to be wrong, in milliseconds.
#[must_use]
pub fn clock_offset_ms() -> i64 {
    CLOCK_OFFSET_MS.load(Ordering::SeqCst)
}

/// How often each failpoint was passed since the last [`configure`].
#[must_use]
pub fn hits() -> Vec<(&'static str, u64)> {
    POINTS.iter().zip(&HITS).map(|(point, hits)| (*point, hits.load(Ordering::SeqCst))).collect()
}

/// What was asked for with `disk=`.
#[must_use]
pub fn disk() -> Option<String> {
    armed().disk.clone()
}
