//! Tells a server the made-up organisation's history, then what happens next, until somebody ends it.

use super::client::Api;
use super::company::{CLOSED_STAGES, FOREIGN, PIPELINE, REPS, STAGES, TEAMS};
use super::history::{History, history};
use super::live::Live;
use super::plan::rate;
use crate::clock::now;
use crate::output::Output;
use crate::problem::problem;
use anyhow::{Context, Result};
use salescope_domain::{Currency, Instant, Zone};
use serde::Serialize;
use serde_json::{Value, json};
use std::time::Duration;

/// Events of one request.
const EVENTS_PER_REQUEST: usize = 1_000;

/// Live changes of a second, and the most that may be asked for: it is a demonstration, not a load test.
pub(crate) const CHANGES_PER_SECOND: u32 = 3;
pub(crate) const CHANGES_PER_SECOND_MAX: u32 = 100;

/// Days between the exchange rates of the history.
const RATE_EVERY_DAYS: i32 = 30;

/// Where the demonstration goes, and how.
pub(crate) struct Target {
    pub(crate) url: String,
    pub(crate) key: String,
    pub(crate) seed: u64,
    /// Whether it goes on with live changes after the history.
    pub(crate) live: bool,
    pub(crate) changes_per_second: u32,
}

/// What was told.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Told {
    /// Events that were news to the server.
    accepted: u64,
    /// Events that it had already.
    duplicates: u64,
    open_deals: usize,
    /// Live changes.
    live: u64,
}

impl Told {
    /// For people.
    pub(crate) fn text(&self) -> String {
        let Self { accepted, duplicates, open_deals, live } = self;
        format!(
            "{accepted} events told ({live} of them live), {duplicates} that were known; {open_deals} deals are open"
        )
    }
}

/// Tells it; gives what was told.
pub(crate) async fn run(target: Target, output: Output) -> Result<Told> {
    let api = Api::new(&target.url, target.key)?;
    let start = now();
    let (zone, home) = settings(&api).await?;
    let History { events, open } = history(target.seed, start, &zone, home);
    people(&api).await?;
    stages(&api).await?;
    rates(&api, &zone, home, start).await?;
    let mut told = Told { open_deals: open.len(), ..Told::default() };
    let progress = output.progress("telling", events.len() as u64);
    for batch in events.chunks(EVENTS_PER_REQUEST) {
        count(&mut told, &api.post("/events", batch).await?)?;
        progress.inc(batch.len() as u64);
    }
    progress.finish_and_clear();
    if target.live {
        let (accepted, known) = (told.accepted, told.duplicates);
        output.to_stderr(&format!(
            "history told: {accepted} events, and {known} that were known; live changes follow"
        ));
        let mut live = Live::new(target.seed, start, zone, home, open);
        go_on(&api, &mut live, target.changes_per_second, &mut told).await?;
    }
    Ok(told)
}

/// Sends a change at a time until Ctrl-C or SIGTERM.
async fn go_on(api: &Api, live: &mut Live, per_second: u32, told: &mut Told) -> Result<()> {
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / per_second.max(1));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    let mut terminate = terminate.context("signals cannot be listened to")?;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = tokio::signal::ctrl_c() => return Ok(()),
            _ = terminate.recv() => return Ok(()),
        }
        count(told, &api.post("/events", &[live.next(now())]).await?)?;
        told.live += 1;
    }
}

/// The organisation's zone and currency.
async fn settings(api: &Api) -> Result<(Zone, &'static str)> {
    let answer = api.get("/settings").await?;
    let settings = if answer["settings"].is_object() { &answer["settings"] } else { &answer };
    let text = |name: &str| settings[name].as_str().with_context(|| format!("the server told no {name}"));
    let zone = Zone::new(text("time_zone")?)?;
    let currency: Currency = text("currency")?.parse()?;
    let known = FOREIGN.iter().map(|(code, _)| *code).find(|code| *code == currency.to_string());
    let home = known.ok_or_else(|| {
        problem(
            "currency_unknown",
            format!("the demonstration tells figures in USD, EUR or GBP, not in {currency}"),
        )
    })?;
    Ok((zone, home))
}

/// Who is who.
async fn people(api: &Api) -> Result<()> {
    for team in &TEAMS {
        api.put(&format!("/teams/{}", team.name), &json!({ "name": team.name, "region": team.region }))
            .await?;
    }
    for rep in &REPS {
        let team = TEAMS[rep.team].name;
        api.put(&format!("/people/{}", rep.id), &json!({ "name": rep.name, "team": team })).await?;
    }
    Ok(())
}

/// The funnel: what the stages mean, and their order.
async fn stages(api: &Api) -> Result<()> {
    let open = STAGES.iter().map(|stage| json!({ "stage": stage.id, "probability": stage.probability }));
    let closed = CLOSED_STAGES.iter().zip(["won", "lost"]);
    let closed = closed.map(|(stage, outcome)| json!({ "stage": stage, "outcome": outcome }));
    let stages: Vec<Value> = open.chain(closed).collect();
    api.put("/stages", &json!({ "pipeline": PIPELINE, "stages": stages })).await?;
    Ok(())
}

/// What the two foreign currencies were worth: a rate a month, which wanders a little.
async fn rates(api: &Api, zone: &Zone, home: &'static str, start: Instant) -> Result<()> {
    let today = zone.local_date(start);
    let months = 26;
    let mut rates = Vec::new();
    for (code, _) in FOREIGN.iter().filter(|(code, _)| *code != home) {
        for month in 0..months {
            // Days since 1970 in whole months, so that telling it again tomorrow names the same dates.
            let date =
                salescope_domain::Date::from_days((today.days() / RATE_EVERY_DAYS - month) * RATE_EVERY_DAYS);
            let wander = 1.0 + f64::from((date.days() / RATE_EVERY_DAYS * 7) % 11 - 5) / 100.0;
            let rate = format!("{:.4}", rate(code, home) * wander);
            rates.push(json!({ "currency": code, "home": home, "date": date.to_string(), "rate": rate }));
        }
    }
    api.put("/rates", &Value::Array(rates)).await?;
    Ok(())
}

/// Adds what became of a request's events; one that was refused ends the demonstration.
fn count(told: &mut Told, answer: &Value) -> Result<()> {
    let number = |name: &str| answer[name].as_u64().unwrap_or(0);
    told.accepted += number("accepted");
    told.duplicates += number("duplicates");
    let rejected = answer["results"].as_array().into_iter().flatten().find(|one| one["status"] == "rejected");
    match rejected {
        Some(one) => {
            Err(problem("event_refused", format!("the server refused an event of the demonstration: {one}")))
        }
        None => Ok(()),
    }
}
