//! Dead letters: exactly the events that the engine cannot fold are put aside.

use crate::check::{Audit, Found, read_journal};
use crate::program::Program;
use crate::violation::Promise;
use anyhow::Result;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// A poisoned entry is put aside by an entry of its own, within this time after the organisation woke up.
const PUT_ASIDE_MAX: Duration = Duration::from_secs(20);

const LOOK_EVERY: Duration = Duration::from_millis(100);

#[derive(Deserialize)]
struct Listed {
    dead_letters: Vec<Letter>,
}

#[derive(Deserialize)]
struct Letter {
    tenant_seq: u64,
}

/// Waits until the journal puts aside what is poisoned, and compares it with what the server lists.
///
/// # Errors
/// When a command fails.
pub(super) async fn put_aside(
    program: &Program,
    org: &str,
    audit: &mut Audit,
    found: &mut Found,
) -> Result<()> {
    let until = Instant::now() + PUT_ASIDE_MAX;
    loop {
        read_journal(program, org, audit, found).await?;
        let (poisoned, put_aside) = audit.poisoned();
        if poisoned == put_aside {
            break;
        }
        if Instant::now() > until {
            found.add(Promise::DeadLetter, || {
                let of = |set: &BTreeSet<u64>, other: &BTreeSet<u64>| {
                    set.difference(other).copied().collect::<Vec<_>>()
                };
                format!(
                    "poisoned entries {:?} are not put aside, sound entries {:?} are",
                    of(poisoned, put_aside),
                    of(put_aside, poisoned)
                )
            });
            return Ok(());
        }
        sleep(LOOK_EVERY).await;
    }
    let listed: Listed = program.ask(&["dead-letters", "list", "--org", org]).await?;
    let listed: BTreeSet<u64> = listed.dead_letters.iter().map(|letter| letter.tenant_seq).collect();
    let (poisoned, _) = audit.poisoned();
    if listed != *poisoned {
        found.add(Promise::DeadLetter, || {
            format!("{} entries are poisoned, {} are listed", poisoned.len(), listed.len())
        });
    }
    Ok(())
}
