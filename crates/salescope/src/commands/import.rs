//! `import crm`: an export into the journal.

use super::Invocation;
use crate::cli::Org;
use crate::exit::Exit;
use crate::import::{self, Plan};
use anyhow::Result;
use clap::Args;
use salescope_engine_api::Engine;
use std::path::PathBuf;

/// Import a CRM's export: a directory of CSV files
///
/// What the journal holds already adds nothing, so a second run of the same export is harmless.
#[derive(Debug, Args)]
#[command(after_help = "\
The layout is described by a mapping file (docs/import.md). Without --mapping, a layout that the \
program knows is chosen by the header rows of the files.

Names that differ from those of their own table only in case, blanks and punctuation (GTXPro and \
GTX Pro) are read as these, and listed. Rows that cannot be read are written to a file with line, \
column and reason; all others go in, and the exit code is 3.

Examples:
  salescope import crm export/ --org demo --dry-run
  salescope import crm export/ --org demo --mapping mapping.yaml --rejected bad-rows.csv")]
pub(crate) struct Options {
    /// The directory that holds the export's files
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    #[command(flatten)]
    org: Org,
    /// How the files are to be read
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Only look: say what an import would do, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Where rejected rows are written [default: rejected.csv in DIR or, where that cannot be written to, here]
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
}

pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, options: Options) -> Result<Exit> {
    let (mapping, files) = import::files::load(&options.dir, options.mapping.as_deref())?;
    let plan = Plan {
        org: options.org.org,
        mapping,
        files,
        dry_run: options.dry_run,
        now: invocation.now,
        output: invocation.output,
    };
    let (mut summary, rejects) = import::run(engine, plan).await?;
    summary.rejected_file =
        import::files::write_rejected(&options.dir, options.rejected.as_deref(), &rejects)?;
    invocation.output.show(&summary, || summary.text())?;
    Ok(if rejects.is_empty() { Exit::Done } else { Exit::SomeRejected })
}
