//! Rows of what deals refer to: people, accounts, products, stages; and the stages that the mapping itself lists.

use super::config::{Mapping, PipelineConfig, StageConfig};
use super::deals::{Scene, own_fields};
use super::draft::{Draft, Drafted};
use super::row::RowReader;
use salescope_domain::{
    Account, AccountId, Instant, Label, Payload, PersonId, Pipeline, PipelineId, Product, ProductId, Stage,
    StageId, TeamId, Version,
};

/// A person, with team and region.
pub(super) fn person(row: &RowReader<'_>, _: &Scene<'_>) -> Drafted {
    let person = row.needed("person", row.id("person", PersonId::new)?)?;
    let name = row.id("name", Label::new)?;
    let team = row.id("team", TeamId::new)?;
    Ok(Draft::Person {
        person: person.as_str().to_owned(),
        name: name.map(|name| name.as_str().to_owned()),
        team: team.map(|team| team.as_str().to_owned()),
        region: row.id("region", Label::new)?,
        active: row.flag("active")?.unwrap_or(true),
    })
}

/// An account with its attributes.
pub(super) fn account(row: &RowReader<'_>, scene: &Scene<'_>) -> Drafted {
    let attributes = own_fields(row)?.into_iter().filter_map(|(name, value)| Some((name, value?)));
    Ok(Draft::Ready(Payload::from(Account {
        source: scene.source.clone(),
        account: row.needed("account", row.id("account", AccountId::new)?)?,
        version: Version::snapshot(scene.now.ms()),
        name: row.id("name", Label::new)?,
        attributes: attributes.collect(),
    })))
}

/// A product with its attributes.
pub(super) fn product(row: &RowReader<'_>, scene: &Scene<'_>) -> Drafted {
    let attributes = own_fields(row)?.into_iter().filter_map(|(name, value)| Some((name, value?)));
    Ok(Draft::Ready(Payload::from(Product {
        source: scene.source.clone(),
        product: row.needed("product", row.id("product", ProductId::new)?)?,
        version: Version::snapshot(scene.now.ms()),
        name: row.id("name", Label::new)?,
        attributes: attributes.collect(),
    })))
}

/// A stage.
pub(super) fn stage(row: &RowReader<'_>, scene: &Scene<'_>) -> Drafted {
    Ok(Draft::Ready(Payload::from(Stage {
        source: scene.source.clone(),
        stage: row.needed("stage", row.id("stage", StageId::new)?)?,
        version: Version::snapshot(scene.now.ms()),
        pipeline: row.id("pipeline", PipelineId::new)?,
        name: row.id("name", Label::new)?,
        position: row.needed("position", row.whole("position")?)?,
        outcome: row.needed("outcome", row.word("outcome")?)?,
        probability: row.probability("probability")?,
        forecast_category: row.word("forecast_category")?,
    })))
}

/// The pipelines of the mapping and their stages, each pipeline first.
pub(super) fn listed(mapping: &Mapping, now: Instant) -> Vec<Payload> {
    let mut payloads = Vec::new();
    for PipelineConfig { pipeline, name, stages } in &mapping.pipelines {
        payloads.push(Payload::from(Pipeline {
            source: mapping.source.clone(),
            pipeline: pipeline.clone(),
            version: Version::snapshot(now.ms()),
            name: name.clone(),
        }));
        for (position, config) in (1..).zip(stages) {
            let StageConfig { stage, name, outcome, probability, forecast_category } = config.clone();
            payloads.push(Payload::from(Stage {
                source: mapping.source.clone(),
                stage,
                version: Version::snapshot(now.ms()),
                pipeline: Some(pipeline.clone()),
                name,
                position,
                outcome,
                probability,
                forecast_category,
            }));
        }
    }
    payloads
}
