//! One file per command, the choice among them, and what all of them work with.

pub(crate) mod config;
pub(crate) mod create_org;
pub(crate) mod create_orgs;
pub(crate) mod dead_letters;
pub(crate) mod demo;
pub(crate) mod erase_org;
pub(crate) mod erase_person;
pub(crate) mod export_org;
pub(crate) mod import;
pub(crate) mod journal_check;
pub(crate) mod journal_cut;
pub(crate) mod journal_entries;
pub(crate) mod journal_repair;
pub(crate) mod journal_stats;
pub(crate) mod keys;
pub(crate) mod kpi_add;
pub(crate) mod kpi_explain;
pub(crate) mod kpi_facts;
pub(crate) mod kpi_get;
pub(crate) mod kpi_list;
pub(crate) mod kpi_series;
pub(crate) mod list_orgs;
pub(crate) mod openapi;
pub(crate) mod settings;
pub(crate) mod up;
pub(crate) mod verify;

use crate::cli::{Admin, Cli, Command, DeadLetters, Global, Import, Journal, Kpi};
use crate::clock;
use crate::door::{Access, Door};
use crate::exit::Exit;
use crate::output::Output;
use crate::problem::{problem, usage};
use anyhow::Result;
use salescope_domain::{Instant, OrgId};
use salescope_engine_api::{Engine, EngineError};
use std::path::PathBuf;

/// Most organisations that a problem lists.
const ORGS_NAMED_MAX: usize = 10;

/// What every command works with.
pub(crate) struct Invocation {
    /// Where the data is kept.
    pub(crate) data_dir: PathBuf,
    /// How the command tells what it found.
    pub(crate) output: Output,
    /// The time at which it is asked.
    pub(crate) now: Instant,
    /// That time, where it was given on the command line.
    told_now: Option<Instant>,
    /// The machine's time when the command began.
    clock: Instant,
}

impl Invocation {
    /// Does `work` on the data directory's engine, and lets go of it whatever came of the work.
    async fn on(&self, access: Access, work: impl AsyncFnOnce(&dyn Engine) -> Result<Exit>) -> Result<Exit> {
        if access != Access::Read && self.now > self.clock {
            let now = self.now;
            return Err(usage(format!(
                "--now {now} has not come yet: what is journaled is known from now on"
            )));
        }
        let door = Door::open(&self.data_dir, access, self.told_now).await?;
        let done = explained(door.engine(), work(door.engine()).await).await;
        let closed = door.close().await;
        done.and_then(|exit| closed.map(|()| exit))
    }
}

/// Runs the command that was given.
pub(crate) async fn run(cli: Cli) -> Result<Exit> {
    let clock = clock::now();
    let Global { json, data_dir, now: told_now, .. } = cli.global;
    let now = told_now.unwrap_or(clock);
    let asked = Invocation { data_dir, output: Output { json }, now, told_now, clock };
    match cli.command {
        Command::Up(options) => up::run(&asked, options).await,
        Command::Demo(options) => demo::run(&asked, options).await,
        Command::Config(options) => config::run(&asked, &options),
        Command::Openapi => openapi::run(&asked),
        Command::Admin(command) => admin(&asked, command).await,
        Command::Import(Import::Crm(options)) => {
            asked.on(Access::Write, async |engine| import::run(&asked, engine, options).await).await
        }
        Command::Kpi(command) => kpi(&asked, command).await,
        Command::Journal(command) => journal(&asked, command).await,
        Command::DeadLetters(command) => dead_letters(&asked, command).await,
        Command::Verify(options) => {
            asked.on(Access::Read, async |engine| verify::run(&asked, engine, options).await).await
        }
    }
}

async fn admin(asked: &Invocation, command: Admin) -> Result<Exit> {
    match command {
        Admin::CreateOrg(options) => {
            asked.on(Access::Create, async |engine| create_org::run(asked, engine, options).await).await
        }
        Admin::CreateOrgs(options) => {
            asked.on(Access::Create, async |engine| create_orgs::run(asked, engine, options).await).await
        }
        Admin::ListOrgs(options) => {
            asked.on(Access::Read, async |engine| list_orgs::run(asked, engine, options).await).await
        }
        Admin::ExportOrg(options) => {
            asked.on(Access::Read, async |engine| export_org::run(asked, engine, options).await).await
        }
        Admin::EraseOrg(options) => {
            options.confirm()?;
            asked.on(Access::Write, async |engine| erase_org::run(asked, engine, options).await).await
        }
        Admin::CreateKey(options) => {
            asked.on(Access::Write, async |engine| keys::create(asked, engine, options).await).await
        }
        Admin::ListKeys(options) => {
            asked.on(Access::Read, async |engine| keys::list(asked, engine, options).await).await
        }
        Admin::RevokeKey(options) => {
            asked.on(Access::Write, async |engine| keys::revoke(asked, engine, options).await).await
        }
        Admin::ErasePerson(options) => {
            asked.on(Access::Write, async |engine| erase_person::run(asked, engine, options).await).await
        }
    }
}

async fn kpi(asked: &Invocation, command: Kpi) -> Result<Exit> {
    match command {
        Kpi::Facts(options) => kpi_facts::run(asked, &options),
        Kpi::List(kpi_list::Options { org: None }) => kpi_list::built_in(asked),
        Kpi::List(kpi_list::Options { org: Some(org) }) => {
            asked.on(Access::Read, async |engine| kpi_list::run(asked, engine, &org).await).await
        }
        Kpi::Get(options) => {
            asked.on(Access::Read, async |engine| kpi_get::run(asked, engine, options).await).await
        }
        Kpi::Series(options) => {
            asked.on(Access::Read, async |engine| kpi_series::run(asked, engine, options).await).await
        }
        Kpi::Explain(options) => {
            asked.on(Access::Read, async |engine| kpi_explain::run(asked, engine, options).await).await
        }
        Kpi::Add(options) => {
            asked.on(Access::Write, async |engine| kpi_add::run(asked, engine, options).await).await
        }
    }
}

async fn journal(asked: &Invocation, command: Journal) -> Result<Exit> {
    match command {
        Journal::Stats(options) => {
            asked.on(Access::Read, async |engine| journal_stats::run(asked, engine, options).await).await
        }
        Journal::Cut(options) => {
            options.confirm()?;
            let access = if options.is_dry_run() { Access::Read } else { Access::Write };
            asked.on(access, async |engine| journal_cut::run(asked, engine, options).await).await
        }
        Journal::Check(options) => journal_check::run(asked, options).await,
        Journal::Repair(options) => journal_repair::run(asked, options).await,
        Journal::Entries(options) => {
            asked.on(Access::Read, async |engine| journal_entries::run(asked, engine, options).await).await
        }
    }
}

async fn dead_letters(asked: &Invocation, command: DeadLetters) -> Result<Exit> {
    match command {
        DeadLetters::List(options) => {
            asked.on(Access::Read, async |engine| dead_letters::list(asked, engine, options).await).await
        }
        DeadLetters::Retry(options) => {
            asked.on(Access::Write, async |engine| dead_letters::retry(asked, engine, options).await).await
        }
        DeadLetters::Drop(options) => {
            asked.on(Access::Write, async |engine| dead_letters::drop(asked, engine, options).await).await
        }
    }
}

/// Adds what there is to a problem that says that there is no such organisation.
async fn explained<T>(engine: &dyn Engine, done: Result<T>) -> Result<T> {
    let Err(error) = done else { return done };
    let Some(EngineError::UnknownOrg { org }) = error.downcast_ref::<EngineError>() else {
        return Err(error);
    };
    let hint = match engine.orgs(None, ORGS_NAMED_MAX).await {
        Ok(page) if page.orgs.is_empty() => {
            "there is none yet: create one with `salescope admin create-org NAME`".to_owned()
        }
        Ok(page) => {
            let known: Vec<&str> = page.orgs.iter().map(OrgId::as_str).collect();
            format!("there is {}{}", known.join(", "), if page.more { " and more" } else { "" })
        }
        Err(_) => return Err(error),
    };
    Err(problem("unknown_organisation", format!("there is no organisation {org}; {hint}")))
}
