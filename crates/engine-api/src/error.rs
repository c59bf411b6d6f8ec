//! Why the engine does not do what it is asked: a closed list, each with a stable code that every transport carries.

use salescope_domain::{IdError, OrgId, PersonId};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The answer of an engine.
pub type EngineResult<T> = Result<T, EngineError>;

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum EngineError {
    /// No such organisation.
    #[error("there is no organisation {org}")]
    UnknownOrg {
        /// What was asked for.
        org: OrgId,
    },
    /// An organisation of this name is there.
    #[error("the organisation {org} exists already")]
    OrgExists {
        /// Its name.
        org: OrgId,
    },
    /// No room for more work right now.
    #[error(
        "{scope} has {limit_bytes} bytes of work under way, which is the most; try again in {retry_after_ms} ms"
    )]
    Overloaded {
        /// Whose limit: `the server` or `the organisation`.
        scope: Cow<'static, str>,
        /// The limit.
        limit_bytes: u64,
        /// When to come again.
        retry_after_ms: u64,
    },
    /// As many questions wait as may.
    #[error("{waiting} questions wait to be computed, which is the most; try again in {retry_after_ms} ms")]
    TooBusy {
        /// How many wait.
        waiting: u64,
        /// When to come again.
        retry_after_ms: u64,
    },
    /// More than one call takes.
    #[error("{what}: {count} is more than the {max} that one call takes")]
    TooMany {
        /// Of what, such as `submissions`.
        what: Cow<'static, str>,
        /// How many there were.
        count: u64,
        /// How many are allowed.
        max: u64,
    },
    /// The organisation's state has reached its bound in memory.
    #[error(
        "the state of organisation {org} takes {bytes} bytes; the most is {max} (tenant_state_bytes_max)"
    )]
    OrganisationFull {
        /// Whose state.
        org: OrgId,
        /// What it takes.
        bytes: u64,
        /// What it may take.
        max: u64,
    },
    /// Nothing can be committed or read now: the disk is full, or the server is starting or stopping.
    #[error("{reason}; nothing of this request is known to be stored, send it again later")]
    Unavailable {
        /// Why, without secrets.
        reason: String,
    },
    /// The organisation's stored data is not what was written.
    #[error("the data of organisation {org} is damaged: {detail}")]
    Damaged {
        /// Whose data.
        org: OrgId,
        /// What, and where.
        detail: String,
    },
    /// A question that cannot be answered.
    #[error("{detail}")]
    Question {
        /// Stable code, such as `unknown_kpi`.
        code: Cow<'static, str>,
        /// What is wrong with it.
        detail: String,
    },
    /// A KPI definition that is not one.
    #[error("{detail}")]
    InvalidDefinition {
        /// What is wrong, and where.
        detail: String,
    },
    /// A question about what lies before the organisation's retention horizon.
    #[error("the history of organisation {org} begins at {horizon}")]
    BeforeHistoryHorizon {
        /// Whose history.
        org: OrgId,
        /// The first entry that is kept.
        horizon: u64,
    },
    /// History is not cut off, as the state that would stand for it is in doubt.
    #[error("the history of organisation {org} stays as it is: {detail}")]
    NotVerified {
        /// Whose history.
        org: OrgId,
        /// What is in doubt.
        detail: String,
    },
    /// A submission that only the engine itself may journal.
    #[error(
        "submission {index} is a control entry, which puts entries aside or takes them back: it is the engine's own and cannot be submitted"
    )]
    ControlEntry {
        /// Its place in the slice, from 0.
        index: u64,
    },
    /// A cursor that this engine did not make.
    #[error("the cursor is not one that a page of this list ended with")]
    InvalidCursor,
    /// No such person in the organisation.
    #[error("organisation {org} has no person {person}")]
    UnknownPerson {
        /// Whose directory.
        org: OrgId,
        /// Who.
        person: PersonId,
    },
    /// An external id or name that cannot be kept. The text is left out: it is personal.
    #[error("{list} {index}: the {field} {reason}")]
    InvalidName {
        /// `people` or `teams`.
        list: Cow<'static, str>,
        /// Position in the list, from 0.
        index: u64,
        /// `external id` or `name`.
        field: Cow<'static, str>,
        /// What is wrong with it.
        reason: String,
    },
    /// Who was to be erased is gone, and some of the old bytes may still be in a file.
    #[error("{detail}")]
    ErasureUnfinished {
        /// What is left, where, and what to do.
        detail: String,
    },
    /// No dead letter at this position.
    #[error("organisation {org} has no dead letter at entry {tenant_seq}")]
    UnknownDeadLetter {
        /// Whose.
        org: OrgId,
        /// Where.
        tenant_seq: u64,
    },
    /// A defect of the program. The details are in its log.
    #[error("the engine failed: {detail}")]
    Internal {
        /// What is known.
        detail: String,
    },
}

impl EngineError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::UnknownOrg { .. } => "unknown_organisation",
            Self::OrgExists { .. } => "organisation_exists",
            Self::Overloaded { .. } => "overloaded",
            Self::TooBusy { .. } => "too_busy",
            Self::TooMany { .. } => "too_many",
            Self::OrganisationFull { .. } => "organisation_full",
            Self::Unavailable { .. } => "unavailable",
            Self::Damaged { .. } => "data_damaged",
            Self::Question { code, .. } => code,
            Self::InvalidDefinition { .. } => "invalid_definition",
            Self::BeforeHistoryHorizon { .. } => "before_history_horizon",
            Self::NotVerified { .. } => "history_not_verified",
            Self::ControlEntry { .. } => "control_entry",
            Self::InvalidCursor => "invalid_cursor",
            Self::UnknownPerson { .. } => "unknown_person",
            Self::InvalidName { .. } => "invalid_name",
            Self::ErasureUnfinished { .. } => "erasure_unfinished",
            Self::UnknownDeadLetter { .. } => "unknown_dead_letter",
            Self::Internal { .. } => "internal",
        }
    }

    /// A name that breaks the rules of ids.
    #[must_use]
    pub fn invalid_name(list: &'static str, index: usize, field: &'static str, reason: &IdError) -> Self {
        Self::InvalidName {
            list: list.into(),
            index: index as u64,
            field: field.into(),
            reason: reason.to_string(),
        }
    }
}
