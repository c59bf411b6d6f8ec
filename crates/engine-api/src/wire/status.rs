//! Errors on the wire: the code and message for people and proxies, the error itself in the details.
//!
//! Invariant: every [`EngineError`] arrives as what it was, but for texts beyond [`ERROR_TEXT_BYTES_MAX`], which are cut.

use super::{ERROR_TEXT_BYTES_MAX, body};
use crate::EngineError;
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Code, Status};

/// The metadata that carries an error's stable code.
const CODE: &str = "salescope-error";

/// An error as a status.
pub(super) fn to_status(error: EngineError) -> Status {
    let error = shortened(error);
    let details = serde_json::to_vec(&error).unwrap_or_default();
    let mut metadata = MetadataMap::new();
    if let Ok(code) = MetadataValue::try_from(error.code()) {
        metadata.insert(CODE, code);
    }
    Status::with_details_and_metadata(code(&error), error.to_string(), details.into(), metadata)
}

/// The error that a status carries. One that was not made by [`to_status`] comes from the transport itself.
#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
pub(super) fn from_status(status: Status) -> EngineError {
    if status.metadata().contains_key(CODE)
        && let Ok(error) = body::decode("an error", status.details())
    {
        return error;
    }
    let (code, message) = (status.code(), status.message());
    match code {
        Code::Unavailable | Code::Unknown | Code::Cancelled | Code::DeadlineExceeded | Code::Aborted => {
            EngineError::Unavailable { reason: format!("the server does not answer ({message})") }
        }
        Code::Unimplemented => EngineError::Internal {
            detail: "the server is of another version than this program: it does not know this call"
                .to_owned(),
        },
        _ => EngineError::Internal { detail: format!("the call to the server failed ({code:?}): {message}") },
    }
}

fn code(error: &EngineError) -> Code {
    match error {
        EngineError::UnknownOrg { .. }
        | EngineError::UnknownPerson { .. }
        | EngineError::UnknownDeadLetter { .. } => Code::NotFound,
        EngineError::OrgExists { .. } => Code::AlreadyExists,
        EngineError::Overloaded { .. }
        | EngineError::TooBusy { .. }
        | EngineError::OrganisationFull { .. } => Code::ResourceExhausted,
        EngineError::TooMany { .. }
        | EngineError::Question { .. }
        | EngineError::InvalidDefinition { .. }
        | EngineError::InvalidCursor
        | EngineError::ControlEntry { .. }
        | EngineError::InvalidName { .. } => Code::InvalidArgument,
        EngineError::BeforeHistoryHorizon { .. } => Code::OutOfRange,
        EngineError::NotVerified { .. } => Code::FailedPrecondition,
        EngineError::Unavailable { .. } | EngineError::ErasureUnfinished { .. } => Code::Unavailable,
        EngineError::Damaged { .. } => Code::DataLoss,
        EngineError::Internal { .. } => Code::Internal,
    }
}

/// The error with its free texts cut to what headers carry.
fn shortened(mut error: EngineError) -> EngineError {
    match &mut error {
        EngineError::Unavailable { reason: text }
        | EngineError::InvalidName { reason: text, .. }
        | EngineError::Damaged { detail: text, .. }
        | EngineError::Question { detail: text, .. }
        | EngineError::InvalidDefinition { detail: text }
        | EngineError::NotVerified { detail: text, .. }
        | EngineError::ErasureUnfinished { detail: text }
        | EngineError::Internal { detail: text } => cut(text),
        EngineError::UnknownOrg { .. }
        | EngineError::OrgExists { .. }
        | EngineError::Overloaded { .. }
        | EngineError::TooBusy { .. }
        | EngineError::TooMany { .. }
        | EngineError::OrganisationFull { .. }
        | EngineError::BeforeHistoryHorizon { .. }
        | EngineError::ControlEntry { .. }
        | EngineError::InvalidCursor
        | EngineError::UnknownPerson { .. }
        | EngineError::UnknownDeadLetter { .. } => {}
    }
    error
}

fn cut(text: &mut String) {
    if text.len() > ERROR_TEXT_BYTES_MAX {
        text.truncate(text.floor_char_boundary(ERROR_TEXT_BYTES_MAX));
        text.push_str(" ...");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salescope_domain::{OrgId, PersonId};

    /// One of each variant; the match in [`code`] keeps this list honest, as a new variant does not compile there.
    pub(crate) fn every_error() -> Vec<EngineError> {
        let org = || OrgId::new("\u{e4}cme").unwrap();
        vec![
            EngineError::UnknownOrg { org: org() },
            EngineError::OrgExists { org: org() },
            EngineError::Overloaded { scope: "the server".into(), limit_bytes: 7, retry_after_ms: 250 },
            EngineError::TooBusy { waiting: 256, retry_after_ms: 250 },
            EngineError::TooMany { what: "submissions".into(), count: 9, max: 8 },
            EngineError::OrganisationFull { org: org(), bytes: 9, max: 8 },
            EngineError::Unavailable { reason: "the disk is full".to_owned() },
            EngineError::Damaged { org: org(), detail: "block 7".to_owned() },
            EngineError::Question { code: "unknown_kpi".into(), detail: "no KPI \"\u{20ac}\n\"".to_owned() },
            EngineError::InvalidDefinition { detail: "line 3".to_owned() },
            EngineError::BeforeHistoryHorizon { org: org(), horizon: 12 },
            EngineError::InvalidCursor,
            EngineError::UnknownPerson { org: org(), person: PersonId::new("p1").unwrap() },
            EngineError::InvalidName {
                list: "people".into(),
                index: 3,
                field: "name".into(),
                reason: "is empty".to_owned(),
            },
            EngineError::ErasureUnfinished { detail: "it is in directory.db".to_owned() },
            EngineError::UnknownDeadLetter { org: org(), tenant_seq: 4 },
            EngineError::Internal { detail: String::new() },
        ]
    }

    #[test]
    fn every_error_arrives_as_what_it_was_under_its_code() {
        for error in every_error() {
            let status = to_status(error.clone());
            assert_ne!(status.code(), Code::Ok);
            assert_eq!(status.metadata().get(CODE).unwrap(), error.code());
            assert_eq!(from_status(status), error);
        }
    }

    #[test]
    fn a_long_text_is_cut_and_the_error_stays_what_it_is() {
        let detail = "\u{20ac}".repeat(ERROR_TEXT_BYTES_MAX);
        let arrived = from_status(to_status(EngineError::InvalidDefinition { detail }));
        let EngineError::InvalidDefinition { detail } = arrived else { panic!("{arrived:?}") };
        assert!(detail.ends_with("\u{20ac} ...") && detail.len() <= ERROR_TEXT_BYTES_MAX + 4);
    }

    #[test]
    fn what_the_transport_says_is_never_taken_for_success_or_for_an_engines_error() {
        let status = Status::unavailable("connection refused");
        assert!(matches!(from_status(status), EngineError::Unavailable { .. }));
        for status in [Status::unimplemented(""), Status::out_of_range("too large"), Status::not_found("")] {
            assert!(matches!(from_status(status), EngineError::Internal { .. }));
        }
    }
}
