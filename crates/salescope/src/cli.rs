//! The command line: the commands, and the options that all of them take.

use crate::commands::{
    config, create_org, create_orgs, dead_letters, demo, erase_org, erase_person, export_org, import,
    journal_check, journal_cut, journal_entries, journal_repair, journal_stats, keys, kpi_add, kpi_explain,
    kpi_facts, kpi_get, kpi_list, kpi_series, list_orgs, up, verify,
};
use clap::{Args, Parser, Subcommand};
use salescope_domain::{IdError, Instant, OrgId};
use std::path::PathBuf;

/// Sales KPIs, each with its reason.
///
/// Create an organisation, import the CRM's export or send its events to the server, then ask: any KPI, any period, any
/// group, as it stands now or as it was known on a date. Every command works beside a running server and without one.
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
  salescope up --listen 127.0.0.1:8080
  salescope admin create-key --org acme-corp --name 'CRM sync'

Exit codes:
  0  done
  1  failed, or verify found a difference
  2  the command line cannot be understood
  3  imported, but some rows were rejected (the file that is printed names them)
  4  a check found damage, or a repair left some";

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
    /// Ask (or, where no server runs, change data) as if it were this time, such as 2026-11-23T09:41:07Z; the clock's where
    /// absent
    #[arg(long, global = true, value_name = "TIME")]
    pub(crate) now: Option<Instant>,
    /// Test switches
    #[cfg(feature = "faults")]
    #[arg(long, global = true, hide = true, value_name = "LINE", env = "SALESCOPE_FAULTS")]
    pub(crate) faults: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Up(up::Options),
    /// Look after the installation
    #[command(subcommand)]
    Admin(Admin),
    /// Bring data in
    #[command(subcommand)]
    Import(Import),
    /// Ask for KPIs, and add your own
    #[command(subcommand)]
    Kpi(Kpi),
    /// Look at journals, check and repair them, cut them off
    #[command(subcommand)]
    Journal(Journal),
    /// Decide about entries that could not be applied
    #[command(subcommand)]
    DeadLetters(DeadLetters),
    Verify(verify::Options),
    Config(config::Options),
    /// Print the OpenAPI document of the HTTP API
    Openapi,
    Demo(demo::Options),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Admin {
    CreateOrg(create_org::Options),
    CreateOrgs(create_orgs::Options),
    ListOrgs(list_orgs::Options),
    ExportOrg(export_org::Options),
    EraseOrg(erase_org::Options),
    CreateKey(keys::Create),
    ListKeys(keys::List),
    RevokeKey(keys::Revoke),
    ErasePerson(erase_person::Options),
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
    Stats(journal_stats::Options),
    Entries(journal_entries::Options),
    Check(journal_check::Options),
    Cut(journal_cut::Options),
    Repair(journal_repair::Options),
}

#[derive(Debug, Subcommand)]
pub(crate) enum DeadLetters {
    List(dead_letters::List),
    Retry(dead_letters::Retry),
    Drop(dead_letters::Drop),
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
