//! `admin list-orgs`: the organisations that there are.

use super::Invocation;
use crate::cli::org_id;
use crate::exit::Exit;
use crate::output::{Align, table};
use crate::patience::patiently;
use anyhow::Result;
use clap::Args;
use futures::{StreamExt, TryStreamExt, stream};
use salescope_domain::{Label, OrgId};
use salescope_engine_api::{Engine, EngineError};
use serde::Serialize;

/// Organisations that are asked for at the same time: their names are part of their states, and one that sleeps is woken.
const ASKED_AT_ONCE: usize = 8;

/// List organisations by their short names, with when they were created and how many entries they have
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  salescope admin list-orgs
  salescope admin list-orgs --after acme-corp --limit 20 --json")]
pub(crate) struct Options {
    /// Only those after this one
    #[arg(long, value_name = "ORG", value_parser = org_id)]
    after: Option<OrgId>,
    /// Most organisations
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
}

/// What is told of one. Its name is absent where it has none; all but `org` is where its data cannot be read.
#[derive(Serialize)]
struct Listed {
    org: OrgId,
    name: Option<Label>,
    created_at: Option<String>,
    entries: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

#[derive(Serialize)]
struct Page {
    orgs: Vec<Listed>,
    more: bool,
}

pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, options: Options) -> Result<Exit> {
    let page = engine.orgs(options.after.as_ref(), usize::from(options.limit)).await?;
    let listed = stream::iter(page.orgs).map(|org| listed(engine, org)).buffered(ASKED_AT_ONCE);
    // One that was erased since is left out.
    let orgs: Vec<Option<Listed>> = listed.try_collect().await?;
    let page = Page { orgs: orgs.into_iter().flatten().collect(), more: page.more };
    invocation.output.show(&page, || text(&page))?;
    Ok(Exit::Done)
}

async fn listed(engine: &dyn Engine, org: OrgId) -> Result<Option<Listed>> {
    let error = match patiently(async || engine.org(&org).await).await {
        Ok(info) => {
            let (name, created_at) = (info.settings.name, Some(info.created_at.to_string()));
            return Ok(Some(Listed { org, name, created_at, entries: Some(info.tenant_seq), problem: None }));
        }
        Err(error) => error,
    };
    match error.downcast_ref::<EngineError>() {
        Some(EngineError::UnknownOrg { .. }) => Ok(None),
        // The others are listed all the same.
        Some(error @ (EngineError::Damaged { .. } | EngineError::OrganisationFull { .. })) => {
            let problem = Some(error.code().to_owned());
            Ok(Some(Listed { org, name: None, created_at: None, entries: None, problem }))
        }
        _ => Err(error),
    }
}

fn text(page: &Page) -> String {
    let header = [
        ("org", Align::Left),
        ("name", Align::Left),
        ("created", Align::Left),
        ("entries", Align::Right),
        ("problem", Align::Left),
    ];
    let row = |listed: &Listed| {
        vec![
            listed.org.to_string(),
            listed.name.as_ref().map(ToString::to_string).unwrap_or_default(),
            listed.created_at.clone().unwrap_or_default(),
            listed.entries.map(|entries| entries.to_string()).unwrap_or_default(),
            listed.problem.clone().unwrap_or_default(),
        ]
    };
    // The last column only where there is something in it.
    let columns = if page.orgs.iter().any(|listed| listed.problem.is_some()) { 5 } else { 4 };
    let rows: Vec<Vec<String>> =
        page.orgs.iter().map(|listed| row(listed).into_iter().take(columns).collect()).collect();
    let mut text = table(&header[..columns], &rows);
    if let (true, Some(last)) = (page.more, page.orgs.last()) {
        text += &format!("and more: --after {}", last.org);
    }
    text
}
