//! What a server says of an organisation.

use super::expected::Expected;
use crate::decimal;
use crate::http::Rest;
use crate::work::{FACT_TYPES, FactSum};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// What an organisation holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its last entry. Entries are numbered from 1 without gaps, so it is their number too.
    pub(super) tenant_seq: u64,
    /// By [`FACT_TYPES`], in their order.
    pub(super) facts: [FactSum; FACT_TYPES.len()],
    /// Won deals.
    pub(super) won: FactSum,
    /// Open deals.
    pub(super) open: FactSum,
}

#[derive(Deserialize)]
struct Answer {
    groups: Vec<Group>,
    position: Position,
}

#[derive(Deserialize)]
struct Group {
    value: Option<String>,
    n: u64,
}

#[derive(Deserialize)]
struct Position {
    tenant_seq: u64,
}

/// Asks for every figure that a recount compares.
pub(super) async fn ask(rest: &mut Rest, key: &str, expected: &Expected) -> Result<Seen> {
    let range = format!("from={}&to={}", expected.from, expected.to);
    let mut facts = [FactSum::default(); FACT_TYPES.len()];
    let mut tenant_seq = 0;
    for (fact, kind) in facts.iter_mut().zip(FACT_TYPES) {
        let path = format!("/api/v1/kpis/metric?{range}&param=metric_type:{kind}");
        (*fact, tenant_seq) = figure(rest, &path, key).await?;
    }
    let (won, _) = figure(rest, &format!("/api/v1/kpis/bookings?{range}"), key).await?;
    let (open, _) = figure(rest, &format!("/api/v1/kpis/open_pipeline?{range}"), key).await?;
    Ok(Seen { tenant_seq, facts, won, open })
}

/// One ungrouped figure and the position that it stands at.
async fn figure(rest: &mut Rest, path: &str, key: &str) -> Result<(FactSum, u64)> {
    let answer = rest.json(path, key).await?;
    let answer = Answer::deserialize(answer).with_context(|| format!("GET {path} answers no figure"))?;
    ensure!(answer.groups.len() <= 1, "GET {path} answers {} groups", answer.groups.len());
    let mut fact = FactSum::default();
    for Group { value, n } in answer.groups {
        let value = value.unwrap_or_else(|| "0".to_owned());
        let sum = decimal::hundredths_of(&value);
        fact = FactSum { count: n, sum: sum.with_context(|| format!("GET {path} answers {value}"))? };
    }
    Ok((fact, answer.position.tenant_seq))
}
