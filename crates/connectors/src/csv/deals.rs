//! Rows of deals as they stand, and of the stages that they went through.

use super::config::{Kind, Table};
use super::draft::{Draft, Drafted};
use super::reconcile::Reconciler;
use super::row::{RowFault, RowReader};
use salescope_domain::{
    AccountId, ChangeSource, DealEvent, DealEventKind, DealFields, DealId, FieldName, HomeAmount, Instant,
    Label, Patch, PersonId, PipelineId, ProductId, ProductLine, Quality, SourceId, StageId, StageOutcome,
    Status, TeamId, Version,
};
use std::collections::BTreeMap;

/// What a row is read with, beside its cells.
pub(super) struct Scene<'a> {
    pub(super) table: &'a Table,
    pub(super) source: &'a SourceId,
    /// What each known stage means.
    pub(super) stages: &'a BTreeMap<String, StageOutcome>,
    pub(super) now: Instant,
}

/// A deal as it stands: every field that the table has a place for is stated, an empty one as absent.
pub(super) fn deal(row: &RowReader<'_>, scene: &Scene<'_>, names: &mut Reconciler<'_>) -> Drafted {
    let deal = row.needed("deal", row.id("deal", DealId::new)?)?;
    let owner = reference(row, "owner", Kind::People, names)?;
    let team = row.id("team", TeamId::new)?.map(|team| team.as_str().to_owned());
    let (occurred_at, quality, version) = match row.instant("changed_at")? {
        Some((at, exact)) => (at, quality(exact), Version::timed(at.ms())),
        None => (scene.now, Quality::Approximate, Version::snapshot(scene.now.ms())),
    };
    let event = DealEvent {
        event_id: None,
        kind: DealEventKind::DealUpdated,
        source: scene.source.clone(),
        deal,
        version,
        occurred_at,
        quality,
        actor: None,
        change_source: ChangeSource::Import,
        set: deal_fields(row, scene, names)?,
    };
    let event = Box::new(event);
    Ok(Draft::Deal { event, owner: row.patch("owner", owner), team: row.patch("team", team), actor: None })
}

fn deal_fields(
    row: &RowReader<'_>,
    scene: &Scene<'_>,
    names: &mut Reconciler<'_>,
) -> Result<DealFields, RowFault> {
    let stage = reference(row, "stage", Kind::Stages, names)?;
    let status = status(row, scene, stage.as_deref())?;
    let account = reference(row, "account", Kind::Accounts, names)?;
    let product = reference(row, "product", Kind::Products, names)?;
    let currency = row.currency("currency")?;
    let amount = row.money("amount", currency)?.map(|money| money.minor);
    let absent = status.is_some_and(|status| scene.table.zero_is_absent_when.contains(&status));
    let amount = amount.filter(|minor| !(absent && *minor == 0));
    let home = row.money("amount_home", row.currency("currency_home")?)?;
    let checked = "the same limits hold for every id";
    Ok(DealFields {
        name: row.patch("name", row.id("name", Label::new)?),
        owner: Patch::Keep,
        team: Patch::Keep,
        region: row.patch("region", row.id("region", Label::new)?),
        account: row.patch("account", account.map(|id| AccountId::new(&id).expect(checked))),
        amount_minor: row.patch("amount", amount),
        currency: row.patch("currency", currency),
        amount_home: row.patch(
            "amount_home",
            home.map(|money| HomeAmount { minor: money.minor, currency: money.currency }),
        ),
        pipeline: row.patch("pipeline", row.id("pipeline", PipelineId::new)?),
        stage: row.patch("stage", stage.map(|id| StageId::new(&id).expect(checked))),
        probability: row.patch("probability", row.probability("probability")?),
        close_date: row.patch("close_date", row.date("close_date")?),
        forecast_category: row.patch("forecast_category", row.word("forecast_category")?),
        status: status.map_or(Patch::Keep, Patch::Set),
        created_on: row.patch("created_on", row.date("created_on")?),
        products: row.patch("product", product.map(|id| vec![line(ProductId::new(&id).expect(checked))])),
        lead_source: row.patch("lead_source", row.id("lead_source", Label::new)?),
        custom: own_fields(row)?.into_iter().collect(),
    })
}

fn line(product: ProductId) -> ProductLine {
    ProductLine { product, total_minor: None, quantity: None }
}

/// The organisation's own fields (or an object's attributes) of a row.
pub(super) fn own_fields(row: &RowReader<'_>) -> Result<Vec<(FieldName, Option<Label>)>, RowFault> {
    let mut fields = Vec::with_capacity(row.layout.own.len());
    for (name, place) in &row.layout.own {
        let value = row.at(place).map(|text| Label::new(&text)).transpose().map_err(|error| RowFault {
            column: place.column.as_ref().map_or_else(String::new, |(_, column)| column.column.clone()),
            code: "invalid_text",
            reason: format!("the text {error}"),
        })?;
        fields.push((name.clone(), value));
    }
    Ok(fields)
}

/// The name in a field that another table lists, matched to that table's names.
pub(super) fn reference(
    row: &RowReader<'_>,
    field: &str,
    kind: Kind,
    names: &mut Reconciler<'_>,
) -> Result<Option<String>, RowFault> {
    // Any id will do for the check: they share their limits.
    let name = row.id(field, PersonId::new)?;
    Ok(name.map(|name| names.name(kind, &row.layout.column_of(field), name.as_str())))
}

/// Where a deal stands: what the row says, else what its stage means. Nothing when the table says neither.
fn status(row: &RowReader<'_>, scene: &Scene<'_>, stage: Option<&str>) -> Result<Option<Status>, RowFault> {
    if let Some(status) = row.word("status")? {
        return Ok(Some(status));
    }
    match stage {
        Some(stage) => meaning(row, scene, stage).map(Some),
        None if row.states("stage") || row.states("status") => {
            let field = if row.states("status") { "status" } else { "stage" };
            Err(row.fault(
                field,
                "missing_value",
                "the cell is empty, so it is not known whether the deal is open",
            ))
        }
        None => Ok(None),
    }
}

fn meaning(row: &RowReader<'_>, scene: &Scene<'_>, stage: &str) -> Result<Status, RowFault> {
    match scene.stages.get(stage) {
        Some(StageOutcome::Open) => Ok(Status::Open),
        Some(StageOutcome::Won) => Ok(Status::Won),
        Some(StageOutcome::Lost) => Ok(Status::Lost),
        None => {
            let known: Vec<&str> = scene.stages.keys().map(String::as_str).collect();
            let reason = format!("the stage {stage:?} is not listed; listed are {}", known.join(", "));
            Err(row.fault("stage", "unknown_stage", reason))
        }
    }
}

/// A stage that a deal entered, with what else was recorded then. Whether it created the deal is decided when all tables
/// are read.
pub(super) fn stage_entry(row: &RowReader<'_>, scene: &Scene<'_>, names: &mut Reconciler<'_>) -> Drafted {
    let deal = row.needed("deal", row.id("deal", DealId::new)?)?;
    row.needed("stage", row.text("stage"))?;
    let (occurred_at, exact) = row.needed("entered_at", row.instant("entered_at")?)?;
    let owner = reference(row, "owner", Kind::People, names)?;
    let actor = reference(row, "actor", Kind::People, names)?;
    let event = DealEvent {
        event_id: None,
        kind: DealEventKind::StageChanged,
        source: scene.source.clone(),
        deal,
        version: Version::timed(occurred_at.ms()),
        occurred_at,
        quality: quality(exact),
        actor: None,
        change_source: ChangeSource::Import,
        set: deal_fields(row, scene, names)?,
    };
    let event = Box::new(event);
    Ok(Draft::Deal { event, owner: row.patch("owner", owner), team: Patch::Keep, actor })
}

fn quality(exact: bool) -> Quality {
    if exact { Quality::ExactS } else { Quality::Approximate }
}
