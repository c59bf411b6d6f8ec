//! `admin create-orgs`: many organisations at once, for trials and load tests.

use super::Invocation;
use super::keys::new_key;
use super::settings::Basics;
use crate::exit::Exit;
use crate::patience::patiently;
use crate::problem::usage;
use anyhow::{Context, Result};
use clap::Args;
use futures::{StreamExt, TryStreamExt, stream};
use salescope_domain::{Label, OrgId};
use salescope_engine_api::{Engine, EngineError, NewOrg};
use serde::Serialize;

/// Organisations of one call to the engine: each call is a few commits.
const ORGS_PER_CALL: u32 = 1_000;

/// Keys that are made side by side.
const KEYS_AT_ONCE: usize = 64;

/// The name of the keys that are made.
const KEY_NAME: &str = "create-orgs";

/// Create many organisations, numbered; prints one line for each
///
/// Those that exist already stay as they are, so that a run that was cut off can be made again.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  salescope admin create-orgs --count 1000 --prefix trial- --with-keys --json > keys.ndjson")]
pub(crate) struct Options {
    /// How many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,
    /// What their short names begin with; a number from 1 follows
    #[arg(long, value_name = "TEXT")]
    prefix: String,
    /// Make an API key for each, and print it
    #[arg(long)]
    with_keys: bool,
    #[command(flatten)]
    basics: Basics,
}

#[derive(Serialize)]
struct Created {
    org: OrgId,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, options: Options) -> Result<Exit> {
    let progress = invocation.output.progress("creating", u64::from(options.count));
    let mut first = 1;
    while first <= options.count {
        let end = options.count.min(first + ORGS_PER_CALL - 1);
        let orgs = (first..=end).map(|number| new_org(&options, number)).collect::<Result<Vec<_>>>()?;
        let answers = patiently(async || engine.create_orgs(orgs.clone()).await).await?;
        for answer in answers {
            match answer {
                Ok(()) | Err(EngineError::OrgExists { .. }) => {}
                Err(error) => return Err(error).context("some of the organisations were created"),
            }
        }
        let created = stream::iter(orgs).map(|new| created(engine, new.org, options.with_keys));
        let created: Vec<Created> = created.buffered(KEYS_AT_ONCE).try_collect().await?;
        for one in &created {
            if !invocation.output.line(one, || text(one))? {
                return Ok(Exit::Done);
            }
        }
        progress.inc(created.len() as u64);
        first = end + 1;
    }
    progress.finish_and_clear();
    Ok(Exit::Done)
}

fn new_org(options: &Options, number: u32) -> Result<NewOrg> {
    let name = format!("{}{number}", options.prefix);
    let wrong = |error| usage(format!("the name {name:?} {error}"));
    let (org, label) = (OrgId::new(&name).map_err(wrong)?, Label::new(&name).map_err(wrong)?);
    Ok(NewOrg { org, settings: options.basics.settings(label) })
}

async fn created(engine: &dyn Engine, org: OrgId, with_key: bool) -> Result<Created> {
    let key = if with_key { Some(new_key(engine, &org, &Label::new(KEY_NAME)?).await?.0) } else { None };
    Ok(Created { org, key })
}

fn text(created: &Created) -> String {
    match &created.key {
        Some(key) => format!("{}  {key}", created.org),
        None => created.org.to_string(),
    }
}
