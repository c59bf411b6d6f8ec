//! What failures below come to for a caller.

use salescope_domain::OrgId;
use salescope_engine_api::EngineError;
use salescope_kpi::QueryError;
use salescope_store::{HistoryError, StoreError};

/// What a failure of the store comes to for a caller.
pub(crate) fn store_error(org: &OrgId, error: &StoreError) -> EngineError {
    match error {
        StoreError::UnknownOrg { org } => EngineError::UnknownOrg { org: org.clone() },
        StoreError::OrgExists { org } => EngineError::OrgExists { org: org.clone() },
        StoreError::UnknownPerson { org, person } => {
            EngineError::UnknownPerson { org: org.clone(), person: person.clone() }
        }
        // It was erased meanwhile.
        StoreError::UnknownOrgKey { .. } => EngineError::UnknownOrg { org: org.clone() },
        StoreError::ErasureUnfinished { .. }
        | StoreError::History(HistoryError::ErasureUnfinished { .. }) => {
            EngineError::ErasureUnfinished { detail: error.to_string() }
        }
        StoreError::TooMany { what, count, max } => {
            EngineError::TooMany { what: (*what).into(), count: *count as u64, max: *max as u64 }
        }
        StoreError::BeforeHorizon { org, horizon } => {
            EngineError::BeforeHistoryHorizon { org: org.clone(), horizon: *horizon }
        }
        StoreError::InvalidName { index, field, reason, .. } => {
            EngineError::invalid_name("parties", *index, field, reason)
        }
        StoreError::Damaged { .. }
        | StoreError::BlockDamaged { .. }
        | StoreError::History(HistoryError::BaselineDamaged { .. }) => {
            EngineError::Damaged { org: org.clone(), detail: error.to_string() }
        }
        error => {
            let mut reason = error.to_string();
            if let Some(cause) = std::error::Error::source(error) {
                reason = format!("{reason}: {cause}");
            }
            EngineError::Unavailable { reason }
        }
    }
}

/// What a question that cannot be answered comes to.
pub(crate) fn question_error(error: &QueryError) -> EngineError {
    EngineError::Question { code: error.code().into(), detail: error.to_string() }
}
