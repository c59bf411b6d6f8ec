//! From a body to statements. Invariant: a refusal points at the member that is wrong.

use super::{StageBody, StagesBody};
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use crate::rest::input::wrong;
use crate::rest::version::version;
use salescope_domain::{
    IdError, Instant, Label, Payload, Pipeline, PipelineId, SourceId, Stage, StageId, StageOutcome, limits,
};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// Most stages of a request: sales processes have some ten.
const STAGES_MAX: usize = 200;

const OUTCOMES: &str = "open, won or lost";

const CATEGORIES: &str = "omitted, pipeline, best_case, most_likely, commit or closed";

/// What a body states: its pipeline first, where it names one, then its stages.
pub(super) fn payloads(body: StagesBody, source: &SourceId, now: Instant) -> Outcome<Vec<Payload>> {
    let StagesBody { pipeline, pipeline_name, stages, version: stated } = body;
    let version = version(stated, now);
    if stages.is_empty() || stages.len() > STAGES_MAX {
        return Err(wrong("/stages", format!("holds {} stages; state 1 to {STAGES_MAX}", stages.len())));
    }
    let pipeline = pipeline.map(|id| checked(PipelineId::new(&id), || "/pipeline".to_owned())).transpose()?;
    let name = label(pipeline_name, || "/pipeline_name".to_owned())?;
    let mut payloads = Vec::with_capacity(stages.len() + 1);
    match &pipeline {
        Some(pipeline) => {
            let (source, pipeline) = (source.clone(), pipeline.clone());
            let payload = Payload::from(Pipeline { source, pipeline, version, name });
            payloads.push(within_limits(payload, now, "")?);
        }
        None if name.is_some() => return Err(wrong("/pipeline_name", "names no pipeline: state `pipeline`")),
        None => {}
    }
    let mut seen = BTreeSet::new();
    for (position, stage) in (1_u16..).zip(stages) {
        let at = format!("/stages/{}", position - 1);
        let member = |name: &str| format!("{at}/{name}");
        let StageBody { stage, name, outcome, probability, forecast_category } = stage;
        let stage = checked(StageId::new(&stage), || member("stage"))?;
        if !seen.insert(stage.clone()) {
            let detail = format!("{stage} is there twice: a stage has one place");
            return Err(invalid(member("stage"), detail));
        }
        let outcome = word(outcome, OUTCOMES, || member("outcome"))?;
        let payload = Payload::from(Stage {
            source: source.clone(),
            stage,
            version,
            pipeline: pipeline.clone(),
            name: label(name, || member("name"))?,
            position,
            outcome: outcome.unwrap_or(StageOutcome::Open),
            probability: probability.map(|value| value.0),
            forecast_category: word(forecast_category, CATEGORIES, || member("forecast_category"))?,
        });
        payloads.push(within_limits(payload, now, &at)?);
    }
    Ok(payloads)
}

fn invalid(pointer: String, detail: impl Into<String>) -> Problem {
    Problem::new(Code::InvalidBody, detail.into()).at(pointer)
}

fn checked<T>(read: Result<T, IdError>, pointer: impl FnOnce() -> String) -> Outcome<T> {
    read.map_err(|error| invalid(pointer(), error.to_string()))
}

fn label(text: Option<String>, pointer: impl FnOnce() -> String) -> Outcome<Option<Label>> {
    let text = text.filter(|text| !text.trim().is_empty());
    text.map(|text| checked(Label::new(&text), pointer)).transpose()
}

/// One of the domain's words.
fn word<T: DeserializeOwned>(
    text: Option<String>,
    words: &str,
    pointer: impl FnOnce() -> String,
) -> Outcome<Option<T>> {
    let Some(text) = text else { return Ok(None) };
    let read = serde_json::from_value(serde_json::Value::String(text));
    read.map(Some).map_err(|_| invalid(pointer(), format!("is none of {words}")))
}

/// The payload, if it may enter the journal. `at` is where the body states it.
fn within_limits(payload: Payload, now: Instant, at: &str) -> Outcome<Payload> {
    match limits::check(&payload, now) {
        Ok(()) => Ok(payload),
        Err(refusal) => Err(invalid(format!("{at}{}", refusal.path), refusal.message).because(refusal.code)),
    }
}
