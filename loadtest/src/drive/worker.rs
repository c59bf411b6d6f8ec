//! One connection's work: takes the next due request, makes it, sends it until it is answered, and takes note.

use super::tally::record;
use super::verdict::{Done, Verdict, judge};
use super::{RETRIES_MAX, RETRY_WAIT, Run};
use crate::clock;
use crate::http::{Connection, write_post};
use crate::work::{Batch, ItemOutcome};
use anyhow::{Result, bail};
use std::rc::Rc;
use tokio::time::Instant;

/// Works until the schedule has no more.
pub(super) async fn work(run: Rc<Run>, mut connection: Connection) -> Result<()> {
    let (mut batch, mut request) = (Batch::default(), Vec::new());
    while let Some(due) = run.schedule.next().await {
        run.fleet.borrow_mut().fill(&mut batch, clock::now());
        write_post(&mut request, &run.heads[batch.org], &batch.body);
        let sent = Instant::now();
        let done = deliver(&run, &mut connection, &request, batch.statements.len()).await?;
        take_note(&run, &batch, done, (due, sent, Instant::now()));
    }
    Ok(())
}

/// Sends a request until it is answered for good; `None` where that never came.
async fn deliver(
    run: &Run,
    connection: &mut Connection,
    request: &[u8],
    items: usize,
) -> Result<Option<Done>> {
    let mut repeated = false;
    for _ in 0..RETRIES_MAX {
        let wait = match connection.exchange(request).await {
            Ok(response) => match judge(run.contract, &response, items, repeated) {
                Verdict::Done(mut done) => {
                    let mut tally = run.tally.borrow_mut();
                    let of_which = if repeated {
                        &mut tally.duplicates_repeated
                    } else {
                        &mut tally.duplicates_unexpected
                    };
                    *of_which += std::mem::take(&mut done.duplicates);
                    return Ok(Some(done));
                }
                Verdict::Later { after, overloaded } => {
                    let mut tally = run.tally.borrow_mut();
                    *(if overloaded { &mut tally.overloaded } else { &mut tally.unavailable }) += 1;
                    repeated |= !overloaded;
                    after.unwrap_or(RETRY_WAIT)
                }
                Verdict::Fault(fault) => bail!("the server broke its contract: {fault}"),
            },
            Err(_) => {
                run.tally.borrow_mut().broken += 1;
                repeated = true;
                RETRY_WAIT
            }
        };
        tokio::time::sleep(wait).await;
    }
    Ok(None)
}

fn take_note(
    run: &Run,
    batch: &Batch,
    done: Option<Done>,
    (due, sent, answered): (Instant, Instant, Instant),
) {
    let mut tally = run.tally.borrow_mut();
    let mut fleet = run.fleet.borrow_mut();
    match done {
        Some(done) => {
            let accepted = done.outcomes.iter().filter(|outcome| **outcome == ItemOutcome::Accepted).count();
            tally.requests += 1;
            tally.acked += accepted as u64;
            tally.rejected += done.rejected;
            if tally.first_rejection.is_none() {
                tally.first_rejection = done.first_rejection;
            }
            fleet.settle(batch, done.outcomes.into_iter());
        }
        None => {
            tally.unresolved += 1;
            fleet.settle(batch, std::iter::repeat(ItemOutcome::Unknown));
        }
    }
    if run.measured.contains(&due) {
        record(&mut tally.latency_us, due, answered);
        record(&mut tally.lateness_us, due, sent);
    }
}
