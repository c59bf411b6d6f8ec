//! One round.

use super::plan::{Plan, arm};
use super::run::{Org, Run};
use super::{Kind, poison};
use crate::check::{Audit, Expected, Found, Reading, figures, judge_readings, read_journal, verify, watch};
use crate::ledger::Record;
use crate::load::{Phase, Sender};
use crate::report::{Ended, RoundReport};
use crate::server::Server;
use crate::stream::Stream;
use crate::violation::{Promise, Violation};
use anyhow::{Context, Result};
use rand::RngExt;
use std::os::unix::process::ExitStatusExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

/// A round's load takes no longer, or the server no longer works: a hundred times what it takes.
const LOAD_MAX: Duration = Duration::from_secs(300);

/// What is unknown is answered in this time: recovery is over by then.
const RESOLVE_MAX: Duration = Duration::from_secs(60);

/// The journal is read anew from its beginning in every so many rounds; in the others only what is new.
const READ_ALL_EVERY: u64 = 10;

/// Runs one round and judges it.
///
/// # Errors
/// When the harness itself fails.
pub(super) async fn round(run: &mut Run, number: u64, plan: &Plan) -> Result<RoundReport> {
    let mut defects = plan.defects.clone();
    if let Some(sabotage) = &run.options.sabotage {
        arm(&mut defects, &format!("sabotage={sabotage}"));
    }
    let mut faults = plan.faults.clone();
    arm(&mut faults, &defects);
    run.load.ledger.record(Record::Round { number, faults: faults.clone() }).await?;
    let mut report = RoundReport::new(number, faults);
    let broken = break_it(run, plan, &mut report).await;
    match broken {
        Ok(()) => {}
        Err(error) => report.fail(&error),
    }
    if report.violations.is_empty()
        && let Err(error) = judge(run, &defects, &mut report).await
    {
        report.fail(&error);
    }
    let tally = run.load.take_tally();
    report.take(tally);
    Ok(report)
}

/// Loads a server until the fault strikes, or the round's events are through.
async fn break_it(run: &mut Run, plan: &Plan, report: &mut RoundReport) -> Result<()> {
    let hits = run.options.work_dir.join("hits");
    let mut faults = report.faults.clone();
    arm(&mut faults, &format!("hits_file={}", hits.display()));
    let log = run.options.work_dir.join("server.log");
    let mut server = Server::start(&run.program, &faults, plan.settings, &log).await?;
    let load = Arc::clone(&run.load);
    load.set(Phase::Send);
    let readers = watch_all(run, &server);
    let senders = spawn(run, &server);
    let (events, refusals) = (load.acknowledged() + plan.events, load.refused());
    let loaded = async {
        match plan.refusals_max {
            None => load.reaches(events).await,
            Some(more) => tokio::select! {
                () = load.reaches(events) => {}
                () = load.refuses(refusals + more) => {}
            },
        }
    };
    let status = tokio::select! {
        status = server.ended() => Some(status?),
        loaded = timeout(LOAD_MAX, loaded) => {
            if loaded.is_err() {
                report.violations.push(Violation::new(Promise::Service, "the server no longer takes events"));
            }
            None
        }
    };
    let outcome = match status {
        Some(status) => {
            load.set(Phase::Gone);
            report.ended = if status.signal() == Some(9) { Ended::AtFailpoint } else { Ended::ByItself };
            if report.ended == Ended::ByItself && run.options.kind != Kind::Fsync {
                report
                    .violations
                    .push(Violation::new(Promise::Service, format!("the server ended by itself: {status}")));
            }
            Ok(())
        }
        None if plan.verify_alive => {
            load.set(Phase::Stop);
            run.senders = collect(senders).await?;
            take_readings(run, readers).await?;
            let alive = verify_all(run, report).await;
            end(server, &load).await?;
            report.hits = salescope_faults::read_hits(&hits)?;
            return alive;
        }
        None => end(server, &load).await,
    };
    run.senders = collect(senders).await?;
    take_readings(run, readers).await?;
    report.hits = salescope_faults::read_hits(&hits)?;
    outcome
}

async fn end(server: Server, load: &crate::load::Load) -> Result<()> {
    server.kill().await?;
    load.set(Phase::Gone);
    Ok(())
}

fn spawn(run: &mut Run, server: &Server) -> JoinSet<Result<Sender>> {
    let mut senders = JoinSet::new();
    for sender in run.senders.drain(..) {
        let target = server.target(&run.orgs[sender.stream.org].key);
        senders.spawn(sender.run(target, Arc::clone(&run.load)));
    }
    senders
}

/// A reader for each organisation.
fn watch_all(run: &Run, server: &Server) -> Vec<JoinHandle<Result<Vec<Reading>>>> {
    let watch = |org: &Org| tokio::spawn(watch(server.target(&org.key), Arc::clone(&run.load)));
    run.orgs.iter().map(watch).collect()
}

async fn take_readings(run: &mut Run, readers: Vec<JoinHandle<Result<Vec<Reading>>>>) -> Result<()> {
    for (org, reader) in run.orgs.iter_mut().zip(readers) {
        org.readings = reader.await.context("a reader crashed")??;
    }
    Ok(())
}

async fn collect(mut senders: JoinSet<Result<Sender>>) -> Result<Vec<Sender>> {
    let mut all = Vec::new();
    while let Some(sender) = senders.join_next().await {
        all.push(sender.context("a sender crashed")??);
    }
    all.sort_by_key(|sender| sender.stream.sender);
    Ok(all)
}

/// Compares the state of a server that runs with its journal.
async fn verify_all(run: &Run, report: &mut RoundReport) -> Result<()> {
    for org in &run.orgs {
        let mut found = Found::default();
        verify(&run.program, &org.name, run.options.queries, &mut found).await?;
        report.violations.extend(found.violations(&format!("{}, before the kill", org.name)));
    }
    Ok(())
}

/// Starts the server again, sends again what is unknown, and compares what it holds with the ledger.
async fn judge(run: &mut Run, defects: &str, report: &mut RoundReport) -> Result<()> {
    let log = run.options.work_dir.join("server.log");
    let server = Server::start(&run.program, defects, "log.access=off", &log).await?;
    run.load.set(Phase::Resolve);
    let senders = spawn(run, &server);
    match timeout(RESOLVE_MAX, collect(senders)).await {
        Ok(senders) => run.senders = senders?,
        Err(_) => {
            run.load.set(Phase::Stop);
            anyhow::bail!("what was unknown was not answered after the restart");
        }
    }
    let read_all = report.number.is_multiple_of(READ_ALL_EVERY) || report.number == run.options.rounds;
    let all_verified = report.number == run.options.rounds;
    let verified = run.random.random_range(0..run.orgs.len());
    for index in 0..run.orgs.len() {
        let mut found = Found::default();
        let (mut expected, org) = (Expected::default(), &mut run.orgs[index]);
        let own = || run.senders.iter().filter(|sender| sender.stream.org == index);
        own().for_each(|sender| expected.add(&sender.stream, &sender.book));
        if read_all {
            org.audit = Audit::new(index, own().map(|sender| sender.stream).collect::<Vec<Stream>>());
        }
        figures(server.target(&org.key), &expected, &mut found).await?;
        if run.options.kind == Kind::Poison {
            poison::put_aside(&run.program, &org.name, &mut org.audit, &mut found).await?;
        }
        read_journal(&run.program, &org.name, &mut org.audit, &mut found).await?;
        judge_readings(&org.readings, &org.audit, &mut found);
        report.readings += org.readings.len() as u64;
        own().for_each(|sender| org.audit.judge(sender.stream.sender, &sender.book, &mut found));
        if all_verified || index == verified {
            verify(&run.program, &org.name, run.options.queries, &mut found).await?;
        }
        report.violations.extend(found.violations(&org.name));
    }
    if run.random.random_bool(0.5) { server.stop().await } else { server.kill().await.map(drop) }
}
