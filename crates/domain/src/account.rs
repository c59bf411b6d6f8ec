//! Accounts: the companies that are sold to.

use crate::{AccountId, FieldMap, Label, SourceId, Version};
use serde::{Deserialize, Serialize};

/// An account. Each version states all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Where this is stated.
    pub source: SourceId,
    /// Which account.
    pub account: AccountId,
    /// Which statement this is.
    pub version: Version,
    /// Display name.
    #[serde(default)]
    pub name: Option<Label>,
    /// Fields such as `sector`; each is a dimension of the account's deals unless a deal has a field of that name.
    #[serde(default)]
    pub attributes: FieldMap<Label>,
}
