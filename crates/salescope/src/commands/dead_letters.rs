//! `dead-letters list`, `retry` and `drop`: entries that could not be applied, and wait for a decision.

use super::Invocation;
use crate::cli::Org;
use crate::exit::Exit;
use crate::output::{Align, table};
use anyhow::Result;
use clap::Args;
use salescope_engine_api::{DeadLetter, DeadLetterState, Engine};
use serde::Serialize;

/// List the entries that are put aside, with the reason
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    org: Org,
}

/// Try an entry again that was put aside
#[derive(Debug, Args)]
pub(crate) struct Retry {
    #[command(flatten)]
    one: One,
}

/// Leave an entry out for good that was put aside
#[derive(Debug, Args)]
pub(crate) struct Drop {
    #[command(flatten)]
    one: One,
}

/// Which entry.
#[derive(Debug, Args)]
struct One {
    /// The entry's position, as the list shows it
    #[arg(value_name = "ENTRY")]
    entry: u64,
    #[command(flatten)]
    org: Org,
}

#[derive(Serialize)]
struct Letters<'a> {
    dead_letters: &'a [DeadLetter],
}

#[derive(Serialize)]
struct Decided {
    tenant_seq: u64,
    outcome: &'static str,
}

pub(super) async fn list(invocation: &Invocation, engine: &dyn Engine, options: List) -> Result<Exit> {
    let letters = engine.dead_letters(&options.org.org).await?;
    invocation.output.show(&Letters { dead_letters: &letters }, || text(&letters))?;
    Ok(Exit::Done)
}

fn text(letters: &[DeadLetter]) -> String {
    if letters.is_empty() {
        return "no entry is put aside".to_owned();
    }
    let header =
        [("entry", Align::Right), ("state", Align::Left), ("since", Align::Left), ("reason", Align::Left)];
    let row = |letter: &DeadLetter| {
        let state = match letter.state {
            DeadLetterState::Quarantined => "waiting",
            DeadLetterState::Dropped => "dropped",
        };
        vec![letter.tenant_seq.to_string(), state.to_owned(), letter.since.to_string(), letter.reason.clone()]
    };
    table(&header, &letters.iter().map(row).collect::<Vec<_>>())
}

pub(super) async fn retry(invocation: &Invocation, engine: &dyn Engine, options: Retry) -> Result<Exit> {
    let One { entry, org } = options.one;
    let applied = engine.retry_dead_letter(&org.org, entry).await?;
    let outcome = if applied { "applied" } else { "quarantined" };
    invocation.output.show(&Decided { tenant_seq: entry, outcome }, || {
        if applied {
            format!("entry {entry} counts now")
        } else {
            format!("entry {entry} failed again, and stays put aside")
        }
    })?;
    Ok(if applied { Exit::Done } else { Exit::Failed })
}

pub(super) async fn drop(invocation: &Invocation, engine: &dyn Engine, options: Drop) -> Result<Exit> {
    let One { entry, org } = options.one;
    engine.drop_dead_letter(&org.org, entry).await?;
    let decided = Decided { tenant_seq: entry, outcome: "dropped" };
    invocation.output.show(&decided, || format!("entry {entry} is left out for good"))?;
    Ok(Exit::Done)
}
