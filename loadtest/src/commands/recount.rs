//! `recount`: whether a server holds what the ledgers say, no more and no less.

mod expected;
mod seen;

use crate::commands::prepare::journal_stats;
use crate::http::{Rest, Target};
use crate::keys::{KeyFile, OrgKey};
use crate::output::{self, grouped};
use crate::work::Ledger;
use anyhow::{Context, Result, ensure};
use clap::Args;
use expected::Expected;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use tokio::task::JoinSet;

/// Compare what a server holds with the ledgers of the runs against it
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The server's base URL
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: Target,
    /// The file that `prepare` wrote
    #[arg(long)]
    keys: PathBuf,
    /// The ledger of a run; all runs since the organisations were made, each in a file
    #[arg(long, required = true)]
    ledger: Vec<PathBuf>,
    /// The product's program: counts journals
    #[arg(long, default_value = "target/release/salescope")]
    program: PathBuf,
    /// The server's data directory
    #[arg(long)]
    data_dir: PathBuf,
    /// So many organisations' journals are counted through the program, beside the positions of all
    #[arg(long, default_value_t = 100)]
    journals: usize,
}

/// Organisations that are asked about at the same time.
const ASKERS: usize = 8;

/// So many differences are printed.
const DIFFERENCES_PRINTED_MAX: usize = 20;

/// Runs the command. Fails where anything differs.
pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    let keys = KeyFile::read(&options.keys, None)?;
    let ledgers = options.ledger.iter().map(|path| Ledger::read(path)).collect::<Result<Vec<_>>>()?;
    let journals =
        Journals { program: &options.program, data_dir: &options.data_dir, count: options.journals };
    let differences = recount(&options.url, &keys, &ledgers, &journals).await?;
    if differences.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    for difference in differences.iter().take(DIFFERENCES_PRINTED_MAX) {
        output::answer(difference);
    }
    output::answer(&format!("{} differences", differences.len()));
    Ok(ExitCode::FAILURE)
}

/// Journals to count through the program.
pub(super) struct Journals<'a> {
    /// The product's program.
    pub(super) program: &'a Path,
    /// The server's data directory.
    pub(super) data_dir: &'a Path,
    /// How many.
    pub(super) count: usize,
}

/// Recounts all organisations that a ledger names; says what differs.
pub(super) async fn recount(
    target: &Target,
    keys: &KeyFile,
    ledgers: &[Ledger],
    journals: &Journals<'_>,
) -> Result<Vec<String>> {
    let unresolved: u64 = ledgers.iter().map(|ledger| ledger.head.unresolved).sum();
    ensure!(unresolved == 0, "{unresolved} requests ended unknown: no recount can be exact");
    let expected = expected::merged(ledgers, keys.entries_when_new)?;
    let mut differences = ask_all(target, keys, &expected).await?;
    let counted = expected.iter().take(journals.count);
    for org in counted.clone() {
        let stats = journal_stats(journals.program, journals.data_dir, &org.org)?;
        for (what, seen) in [("entries", stats.entries), ("last_tenant_seq", stats.last_tenant_seq)] {
            if seen != org.entries {
                differences.push(format!("{}: journal {what} {seen}, expected {}", org.org, org.entries));
            }
        }
    }
    let entries: u64 = expected.iter().map(|org| org.entries).sum();
    output::answer(&format!(
        "recounted {} organisations with {} entries: positions, sums and counts of additive facts, bookings and open \
         pipeline of each; journals of {}",
        expected.len(),
        grouped(entries as f64),
        counted.len()
    ));
    Ok(differences)
}

/// Asks about each organisation, several at a time.
async fn ask_all(target: &Target, keys: &KeyFile, expected: &[Expected]) -> Result<Vec<String>> {
    let numbers: HashMap<&str, usize> =
        keys.orgs.iter().enumerate().map(|(at, key)| (key.org.as_str(), at)).collect();
    let mut work: Vec<(OrgKey, Expected)> = Vec::new();
    for org in expected {
        let at = numbers.get(org.org.as_str()).with_context(|| format!("there is no key of {}", org.org))?;
        work.push((keys.orgs[*at].clone(), org.clone()));
    }
    let work = Rc::new(RefCell::new(work));
    let mut askers = JoinSet::new();
    for _ in 0..ASKERS {
        let (work, mut rest) = (work.clone(), Rest::new(target.clone()));
        askers.spawn_local(async move {
            let mut differences = Vec::new();
            loop {
                let next = work.borrow_mut().pop();
                let Some((key, expected)) = next else { return anyhow::Ok(differences) };
                let seen = seen::ask(&mut rest, &key.key, &expected).await;
                let seen = seen.with_context(|| format!("asking about {}", key.org))?;
                differences.extend(expected.differences(&seen));
            }
        });
    }
    let mut differences = Vec::new();
    while let Some(ended) = askers.join_next().await {
        differences.extend(ended??);
    }
    differences.sort();
    Ok(differences)
}
