//! Organisations.

use salescope_domain::{Instant, OrgId, OrgSettings, SettingsChange};
use serde::{Deserialize, Serialize};

/// An organisation to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOrg {
    /// Its short name, unique in the installation.
    pub org: OrgId,
    /// Its first settings: the first entry of its journal.
    pub settings: SettingsChange,
}

/// What is known of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgInfo {
    /// Its short name.
    pub org: OrgId,
    /// The settings in force.
    pub settings: OrgSettings,
    /// When it was created.
    pub created_at: Instant,
    /// Its last entry.
    pub tenant_seq: u64,
    /// Deals known, merged and deleted ones included.
    pub deals: u64,
    /// What its state takes in memory, in bytes.
    pub state_bytes: u64,
}

/// Organisations by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgPage {
    /// Sorted.
    pub orgs: Vec<OrgId>,
    /// Whether there are more after the last.
    pub more: bool,
}
