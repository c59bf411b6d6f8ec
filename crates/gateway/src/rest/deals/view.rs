//! Deals as JSON.

use crate::rest::labels::Labels;
use crate::rest::position::Position;
use salescope_domain::deal_view::{DealVersion, DealView};
use salescope_domain::{Currency, decimal::write_units};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A state of a deal. What is absent is not known.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DealState {
    /// The entry that made it.
    pub(crate) tenant_seq: u64,
    /// From when on it was known.
    pub(crate) known_at: String,
    /// From when on it was so, in business time.
    pub(crate) occurred_at: String,
    /// `open`, `won`, `lost`, `deleted` or `merged`.
    pub(crate) status: String,
    /// Id of the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<String>,
    /// The owner's name, unless erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner_name: Option<String>,
    /// Id of the team: the stated one, else the owner's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) team: Option<String>,
    /// The team's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) team_name: Option<String>,
    /// Region: the stated one, else the owner's or the team's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    /// The account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_id: Option<String>,
    /// Decimal amount in `currency`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) amount: Option<String>,
    /// ISO 4217 code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency: Option<String>,
    /// The source's own converted amount, as a decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) amount_home: Option<String>,
    /// Its currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) home_currency: Option<String>,
    /// The pipeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pipeline: Option<String>,
    /// The stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stage: Option<String>,
    /// The stated probability, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) probability: Option<String>,
    /// When it closed, or is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) close_date: Option<String>,
    /// When it was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_on: Option<String>,
    /// The source's forecast.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) forecast_category: Option<String>,
    /// What is sold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) products: Vec<DealProduct>,
    /// How it was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lead_source: Option<String>,
    /// The organisation's own fields.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) custom: BTreeMap<String, String>,
}

/// A line of a deal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DealProduct {
    /// The product.
    pub(crate) product_id: String,
    /// The line's total in the deal's currency, as a decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total: Option<String>,
}

/// A deal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Deal {
    /// The connected system.
    pub(crate) source: String,
    /// The deal's id there.
    pub(crate) deal_id: String,
    /// Number of the last version that was taken in: a later statement has to be above it.
    pub(crate) version: i64,
    /// Order among versions of that number.
    pub(crate) sequence: u32,
    /// The deal that it was merged into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) merged_into: Option<String>,
    /// Its state now.
    pub(crate) current: DealState,
    /// All its states, oldest first; not in lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) history: Vec<DealState>,
}

/// A deal with its history.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DealAnswer {
    /// Where the state stood.
    pub(crate) position: Position,
    /// The deal.
    #[serde(flatten)]
    pub(crate) deal: Deal,
}

/// A part of a list of deals.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DealList {
    /// Where the state stood.
    pub(crate) position: Position,
    /// In the order in which the journal first spoke of them.
    pub(crate) deals: Vec<Deal>,
    /// Pass it on as `after` to read on; null at the end.
    pub(crate) next: Option<String>,
}

impl Deal {
    pub(crate) fn new(view: DealView, labels: &Labels) -> Self {
        Self {
            source: view.source.to_string(),
            deal_id: view.deal.to_string(),
            version: view.version,
            sequence: view.sequence,
            merged_into: view.merged_into.map(|deal| deal.to_string()),
            current: DealState::new(&view.current, labels),
            history: view.versions.iter().map(|version| DealState::new(version, labels)).collect(),
        }
    }
}

impl DealState {
    fn new(state: &DealVersion, labels: &Labels) -> Self {
        let amount = |minor: Option<i64>| Some(decimal(minor?, state.currency?));
        let products = state.products.iter().map(|line| DealProduct {
            product_id: line.product.to_string(),
            total: amount(line.total_minor),
        });
        Self {
            tenant_seq: state.tenant_seq,
            known_at: state.known_at.to_string(),
            occurred_at: state.occurred_at.to_string(),
            status: word(&state.status),
            owner_name: state.owner.as_ref().and_then(|owner| labels.person(owner)),
            owner: text(state.owner.as_ref()),
            team_name: state.team.as_ref().and_then(|team| labels.team(team)),
            team: text(state.team.as_ref()),
            region: text(state.region.as_ref()),
            account_id: text(state.account.as_ref()),
            amount: amount(state.amount_minor),
            currency: text(state.currency.as_ref()),
            amount_home: state.amount_home.map(|home| decimal(home.minor, home.currency)),
            home_currency: state.amount_home.map(|home| home.currency.to_string()),
            pipeline: text(state.pipeline.as_ref()),
            stage: text(state.stage.as_ref()),
            probability: text(state.probability.as_ref()),
            close_date: text(state.close_date.as_ref()),
            created_on: text(state.created_on.as_ref()),
            forecast_category: state.forecast_category.as_ref().map(word),
            products: products.collect(),
            lead_source: text(state.lead_source.as_ref()),
            custom: state.custom.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        }
    }
}

fn text(value: Option<&impl ToString>) -> Option<String> {
    value.map(ToString::to_string)
}

/// A word of a closed list, as it is written in JSON.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => format!("{other:?}"),
    }
}

/// Minor units as a decimal.
pub(crate) fn decimal(minor: i64, currency: Currency) -> String {
    let mut text = String::new();
    write_units(&mut text, i128::from(minor), u32::from(currency.decimals()))
        .expect("a string takes every digit");
    text
}
