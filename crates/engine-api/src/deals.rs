//! Asking for a list of deals.

use salescope_domain::deal_view::DealFilter;
use serde::{Deserialize, Serialize};

/// Most deals of a page: some 500 KB of JSON.
pub const DEALS_PER_PAGE_MAX: usize = 500;

/// Which deals, and which part of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DealsAsked {
    /// Which deals.
    #[serde(default)]
    pub filter: DealFilter,
    /// The cursor that the page before ended with.
    #[serde(default)]
    pub after: Option<String>,
    /// Most deals; [`DEALS_PER_PAGE_MAX`] at most.
    pub limit: usize,
}
