//! Where the state stood that gave an answer.

use serde::Serialize;
use utoipa::ToSchema;

/// A position that a client can compare: later in the same epoch is newer; another epoch is another owner of the data.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct Position {
    /// Counts the owners that the organisation's data has had.
    pub(crate) epoch: u64,
    /// The last entry that was applied.
    pub(crate) tenant_seq: u64,
}

impl From<salescope_engine_api::Position> for Position {
    fn from(position: salescope_engine_api::Position) -> Self {
        Self { epoch: position.epoch, tenant_seq: position.tenant_seq }
    }
}
