//! What is said of a deal, in the form of the API's canonical events.

use super::company::{CLOSED_STAGES, PIPELINE, REPS, STAGES};
use super::plan::{Plan, Step, What};
use salescope_domain::Instant;
use serde_json::{Value, json};

/// What the server is told when `step`, the `at`th of `plan`, happens.
pub(super) fn of_step(plan: &Plan, at: usize, step: &Step) -> Value {
    match &step.what {
        What::Created { close_date } => json!({
            "type": "deal_created", "occurred_at": step.at.to_string(), "deal_id": plan.id,
            "user_id": REPS[plan.rep].id, "name": format!("{} for {}", plan.product, plan.account),
            "amount": plan.amount.to_string(), "currency": plan.currency,
            "pipeline": PIPELINE, "stage": STAGES[0].id, "probability": STAGES[0].probability,
            "close_date": close_date.to_string(), "created_on": plan.created.to_string(),
            "account_id": plan.account, "product": plan.product, "lead_source": plan.lead_source,
            "properties": { "sector": plan.sector },
        }),
        What::Stage(stage) => changed(plan, step.at, "stage_changed", &in_stage(*stage)),
        What::Pushed { close_date } => {
            changed(plan, step.at, "deal_updated", &json!({ "close_date": close_date.to_string() }))
        }
        What::Amount(amount) => changed(plan, step.at, "deal_updated", &of_amount(plan.currency, *amount)),
        What::Activity { kind } => activity(&plan.id, plan.rep, step.at, kind, &format!("{}-{at}", plan.id)),
        What::Won => changed(plan, step.at, "deal_closed_won", &closed(true)),
        What::Lost => changed(plan, step.at, "deal_closed_lost", &closed(false)),
    }
}

fn changed(plan: &Plan, at: Instant, kind: &str, fields: &Value) -> Value {
    deal(&plan.id, at, kind, fields)
}

/// An event of this kind about a deal, with these fields.
pub(super) fn deal(deal: &str, at: Instant, kind: &str, fields: &Value) -> Value {
    let mut event = json!({ "type": kind, "occurred_at": at.to_string(), "deal_id": deal });
    if let (Some(event), Some(fields)) = (event.as_object_mut(), fields.as_object()) {
        event.extend(fields.clone());
    }
    event
}

/// The fields of a deal in one of [`STAGES`].
pub(super) fn in_stage(stage: usize) -> Value {
    json!({ "stage": STAGES[stage].id, "probability": STAGES[stage].probability })
}

/// The fields of an amount.
pub(super) fn of_amount(currency: &str, amount: i64) -> Value {
    json!({ "amount": amount.to_string(), "currency": currency })
}

/// The fields of a deal that is over.
pub(super) fn closed(won: bool) -> Value {
    json!({ "stage": CLOSED_STAGES[usize::from(!won)], "probability": if won { "1" } else { "0" } })
}

/// An activity of somebody for a deal.
pub(super) fn activity(deal: &str, rep: usize, at: Instant, kind: &str, event_id: &str) -> Value {
    json!({
        "type": "activity_logged", "event_id": event_id, "occurred_at": at.to_string(),
        "user_id": REPS[rep].id, "deal_id": deal, "activity": { "kind": kind },
    })
}

/// What somebody is to sell in a quarter, in whole units of the organisation's currency. `last` is the quarter's last day.
pub(super) fn quota(rep: usize, first: &str, last: &str, at: Instant, target: i64) -> Value {
    let id = format!("{}-{first}", REPS[rep].id);
    json!({
        "type": "quota_set", "occurred_at": at.to_string(), "user_id": REPS[rep].id,
        "quota": { "id": id, "period_start": first, "period_end": last, "target": target.to_string() },
    })
}
