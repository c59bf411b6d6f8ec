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
use std::path::{Path, PathBuf};

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
    /// What repairs have set aside, which is not looked into.
    side_files: Vec<PathBuf>,
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
    let erased = Erased { erased: org, side_files: side_files(&invocation.data_dir) };
    invocation.output.show(&erased, || text(&erased))?;
    Ok(Exit::Done)
}

/// What `journal repair` has set aside in the data directory. It is the user's, and nobody else deletes it.
fn side_files(dir: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|file| file.path());
    let is_side_file = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("journal-cut-") || name.starts_with("checkpoints-cut-")
    };
    let mut files: Vec<PathBuf> = files.filter(is_side_file).collect();
    files.sort();
    files
}

fn text(erased: &Erased<'_>) -> String {
    let mut text = format!("{} is erased: nothing of it is in the data directory", erased.erased);
    if !erased.side_files.is_empty() {
        text += ", but for what repairs have set aside, of this and other organisations; delete it when it is not needed:\n";
        erased.side_files.iter().for_each(|file| text += &format!("  {}\n", file.display()));
    }
    text
}
