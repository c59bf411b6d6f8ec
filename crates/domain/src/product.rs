//! Products.

use crate::{FieldMap, Label, ProductId, SourceId, Version};
use serde::{Deserialize, Serialize};

/// A product. Each version states all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Where this is stated.
    pub source: SourceId,
    /// Which product.
    pub product: ProductId,
    /// Which statement this is.
    pub version: Version,
    /// Display name.
    #[serde(default)]
    pub name: Option<Label>,
    /// Fields such as `series`, for display.
    #[serde(default)]
    pub attributes: FieldMap<Label>,
}
