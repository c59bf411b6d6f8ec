//! The command line: the commands, and the options that all of them take.

use crate::commands::{
    create_org, import, journal, kpi_add, kpi_explain, kpi_facts, kpi_get, kpi_list, kpi_series, verify,
};
use clap::{Args, Parser, Subcommand};
use salescope_domain::{IdError, Instant, OrgId};
use std::path::PathBuf;

/// Sales KPIs from a CRM's export, each with its reason.
///
/// Create an organisation, import the CRM's export, then ask: any KPI, any period, any group, as it stands now or
/// as it was known on a date.
#[derive(Debug, Parser)]
#[command(name = "salescope", version, propagate_version = true, after_long_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  salescope admin create-org 'Acme Corp' --currency EUR --time-zone Europe/Berlin --fiscal-start 4
  salescope import crm export/ --org acme-corp
  salescope kpi list
  salescope kpi get win_rate --org acme-corp --from 2026-07-01 --to 2026-10-01 --group-by owner
  salescope kpi explain bookings --org acme-corp --since 2026-11-01
  salescope verify --org acme-corp

Exit codes:
  0  done
  1  failed, or verify found a difference
  2  the command line cannot be understood
  3  imported, but some rows were rejected (the file that is printed names them)";

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// Print the answer, and problems, as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Where the data is kept
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "SALESCOPE_DATA_DIR",
        default_value = "./.salescope/data"
    )]
    pub(crate) data_dir: PathBuf,
    /// Ask (or import) as if it were this time, such as 2026-11-23T09:41:07Z; the clock's where absent
    #[arg(long, global = true, value_name = "TIME")]
    pub(crate) now: Option<Instant>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look after the installation
    #[command(subcommand)]
    Admin(Admin),
    /// Bring data in
    #[command(subcommand)]
    Import(Import),
    /// Ask for KPIs, and add your own
    #[command(subcommand)]
    Kpi(Kpi),
    /// Look at an organisation's journal
    #[command(subcommand)]
    Journal(Journal),
    Verify(verify::Options),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Admin {
    CreateOrg(create_org::Options),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    Crm(import::Options),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Kpi {
    List(kpi_list::Options),
    Get(kpi_get::Options),
    Series(kpi_series::Options),
    Explain(kpi_explain::Options),
    Add(kpi_add::Options),
    Facts(kpi_facts::Options),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Journal {
    Stats(journal::Options),
}

/// Whose data it is.
#[derive(Debug, Clone, Args)]
pub(crate) struct Org {
    /// The organisation's short name, as create-org printed it
    #[arg(long, value_name = "ORG", value_parser = org_id)]
    pub(crate) org: OrgId,
}

pub(crate) fn org_id(text: &str) -> Result<OrgId, IdError> {
    OrgId::new(text)
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_put_together_soundly() {
        Cli::command().debug_assert();
    }
}
