//! Refusals as RFC 9457 problem documents.
//!
//! Invariant: what lies behind a server error goes to the log, not to the client, who gets the request id.

use crate::code::Code;
use crate::request_id::RequestId;
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use salescope_connectors::canonical::{Reason, Rejection};
use salescope_engine_api::EngineError;
use serde::Serialize;
use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

/// Result of whatever may be refused.
pub(crate) type Outcome<T> = Result<T, Problem>;

/// Why a request is refused. In a box, so that what may be refused costs no more than what it answers.
#[derive(Debug, Clone)]
pub(crate) struct Problem(Box<Facts>);

/// What a problem says.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) code: Code,
    /// What was wrong, where, and what to do; empty where the title says it all.
    pub(crate) detail: Cow<'static, str>,
    /// JSON pointer into the body.
    pub(crate) pointer: Option<String>,
    /// The code of a refused item, or the parameter to blame.
    pub(crate) reason: Option<Cow<'static, str>>,
    /// When to come again.
    pub(crate) retry_after_ms: Option<u64>,
    /// Whether the connection is of no more use.
    pub(crate) close: bool,
    /// What only the log may know.
    pub(crate) secret: Option<String>,
    /// Methods that the address has.
    pub(crate) allow: Option<HeaderValue>,
}

impl Deref for Problem {
    type Target = Facts;
    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl DerefMut for Problem {
    fn deref_mut(&mut self) -> &mut Facts {
        &mut self.0
    }
}

impl Problem {
    pub(crate) fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Facts {
            code,
            detail: detail.into(),
            pointer: None,
            reason: None,
            retry_after_ms: None,
            close: false,
            secret: None,
            allow: None,
        }))
    }

    pub(crate) fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    pub(crate) fn because(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    pub(crate) fn retry_after_ms(mut self, ms: u64) -> Self {
        self.retry_after_ms = Some(ms);
        self
    }

    pub(crate) fn closing(mut self) -> Self {
        self.close = true;
        self
    }

    /// A wrong parameter of the query string.
    pub(crate) fn parameter(name: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidParameter, detail).because(name)
    }

    /// A defect: `secret` goes to the log.
    pub(crate) fn internal(secret: impl Into<String>) -> Self {
        let mut problem = Self::new(Code::Internal, "");
        problem.secret = Some(secret.into());
        problem
    }

    /// The document of an answer that was given without one.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let code = match status {
            StatusCode::NOT_FOUND => Code::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
            StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
            status if status.is_client_error() => Code::InvalidPath,
            _ => Code::Internal,
        };
        Self::new(code, "")
    }

    /// The answer, which names the request.
    pub(crate) fn into_document(self, id: &RequestId) -> Response {
        #[derive(Serialize)]
        struct Document<'a> {
            r#type: String,
            title: &'a str,
            status: u16,
            #[serde(skip_serializing_if = "str::is_empty")]
            detail: &'a str,
            instance: &'a str,
            code: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            reason: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pointer: Option<&'a str>,
        }
        let status = self.code.status();
        let document = Document {
            r#type: format!("/errors/{}", self.code.name()),
            title: self.code.title(),
            status: status.as_u16(),
            detail: &self.detail,
            instance: id.as_str(),
            code: self.code.name(),
            reason: self.reason.as_deref(),
            pointer: self.pointer.as_deref(),
        };
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(ms) = self.retry_after_ms {
            headers.insert(RETRY_AFTER, HeaderValue::from(ms.div_ceil(1000).max(1)));
        }
        if self.code == Code::Unauthenticated {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"salescope\""));
        }
        if self.close {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(allow) = self.0.allow {
            headers.insert(ALLOW, allow);
        }
        response
    }
}

impl IntoResponse for Problem {
    /// An empty answer that carries the problem: the edge, which knows the request's id, writes the document.
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// When to come again after [`EngineError::Unavailable`]: a disk that is full or a server that starts needs a moment.
const UNAVAILABLE_RETRY_MS: u64 = 2_000;

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        let code = match &error {
            EngineError::UnknownOrg { .. } => Code::UnknownOrganisation,
            EngineError::OrgExists { .. } => Code::OrganisationExists,
            EngineError::Overloaded { .. } => Code::Overloaded,
            EngineError::TooMany { .. } => Code::TooMany,
            EngineError::TooBusy { .. } => Code::TooBusy,
            EngineError::OrganisationFull { .. } => Code::OrganisationFull,
            EngineError::Unavailable { .. } => Code::Unavailable,
            EngineError::Damaged { .. } => Code::DataDamaged,
            EngineError::Question { code, .. } => Code::named(code).unwrap_or(Code::InvalidQuestion),
            EngineError::InvalidDefinition { .. } => Code::InvalidDefinition,
            EngineError::BeforeHistoryHorizon { .. } => Code::BeforeHistoryHorizon,
            EngineError::NotVerified { .. } => Code::HistoryNotVerified,
            EngineError::ControlEntry { .. } => Code::ControlEntry,
            EngineError::InvalidCursor => Code::InvalidCursor,
            EngineError::UnknownPerson { .. } => Code::UnknownPerson,
            EngineError::InvalidName { .. } => Code::InvalidName,
            EngineError::ErasureUnfinished { .. } => Code::ErasureUnfinished,
            EngineError::UnknownDeadLetter { .. } => Code::UnknownDeadLetter,
            EngineError::Internal { .. } => Code::Internal,
        };
        let mut problem = Self::new(code, "");
        match &error {
            EngineError::Internal { .. } | EngineError::Damaged { .. } => {
                problem.secret = Some(error.to_string());
            }
            EngineError::Overloaded { retry_after_ms, .. } | EngineError::TooBusy { retry_after_ms, .. } => {
                problem.retry_after_ms = Some(*retry_after_ms);
            }
            EngineError::Unavailable { .. } | EngineError::ErasureUnfinished { .. } => {
                problem.retry_after_ms = Some(UNAVAILABLE_RETRY_MS);
            }
            _ => {}
        }
        if problem.secret.is_none() {
            problem.detail = error.to_string().into();
        }
        problem
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let Reason { code, pointer, message } = rejection.into_reason();
        Self::new(Code::RejectedItem, message).at(pointer).because(code)
    }
}
