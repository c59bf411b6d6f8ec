//! `admin erase-org`: the end of an organisation and of all that was known of it.

use super::Invocation;
use crate::cli::org_id;
use crate::confirm::confirm;
use crate::exit::Exit;
use anyhow::Result;
use clap::Args;
use salescope_domain::OrgId;
use salescope_engine_api::Engine;
use serde::Serialize;

/// Erase an organisation for good: its journal, figures, people, teams and API keys
///
/// Its keys are void at once, and what is left in the files is overwritten before the command answers. Other organisations
/// notice nothing. Backups have their own life. Its short name may be used anew. Export it first with export-org if anything of it may still be needed.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  salescope admin export-org acme-corp --to acme-corp.ndjson
  salescope admin erase-org acme-corp --yes")]
pub(crate) struct Options {
    /// The organisation's short name
    #[arg(value_name = "ORG", value_parser = org_id)]
    org: OrgId,
    /// Do not ask; needed where there is no terminal
    #[arg(long)]
    yes: bool,
}

#[derive(Serialize)]
struct Erased<'a> {
    erased: &'a OrgId,
}

impl Options {
    /// Asks, before anything is opened: nobody else waits for the data directory while somebody makes up their mind.
    pub(super) fn confirm(&self) -> Result<()> {
        let org = &self.org;
        confirm(&format!("this erases organisation {org} with all its data for good"), org.as_str(), self.yes)
    }
}

pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, options: Options) -> Result<Exit> {
    let org = &options.org;
    engine.erase_org(org).await?;
    invocation.output.show(&Erased { erased: org }, || {
        format!("{org} is erased: nothing of it is in the data directory")
    })?;
    Ok(Exit::Done)
}
