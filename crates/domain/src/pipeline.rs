//! Pipelines and their stages.

use crate::{Decimal, ForecastCategory, Label, PipelineId, SourceId, StageId, Version};
use serde::{Deserialize, Serialize};

/// What a stage means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageOutcome {
    /// Deals in it are open.
    Open,
    /// Deals in it are won.
    Won,
    /// Deals in it are lost.
    Lost,
}

/// A stage. Each version states all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Where this is stated.
    pub source: SourceId,
    /// Which stage.
    pub stage: StageId,
    /// Which statement this is.
    pub version: Version,
    /// Its pipeline.
    #[serde(default)]
    pub pipeline: Option<PipelineId>,
    /// Display name.
    #[serde(default)]
    pub name: Option<Label>,
    /// Position in the pipeline: a further stage has a higher one.
    pub position: u16,
    /// What it means.
    pub outcome: StageOutcome,
    /// Probability of deals that state none, 0 to 1.
    #[serde(default)]
    pub probability: Option<Decimal>,
    /// Forecast category of deals that state none.
    #[serde(default)]
    pub forecast_category: Option<ForecastCategory>,
}

/// A pipeline. Each version states all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// Where this is stated.
    pub source: SourceId,
    /// Which pipeline.
    pub pipeline: PipelineId,
    /// Which statement this is.
    pub version: Version,
    /// Display name.
    #[serde(default)]
    pub name: Option<Label>,
}
