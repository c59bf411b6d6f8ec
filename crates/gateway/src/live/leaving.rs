//! Why a connection ends: the code of the close, and a word for it. `docs/live.md` lists them.

use crate::code::Code;
use crate::problem::Problem;
use std::borrow::Cow;
use std::error::Error as _;
use tokio_tungstenite::tungstenite::Error as WireError;

/// The reason for which we end a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaving {
    /// The close code.
    pub(super) close: u16,
    /// Stable.
    pub(super) code: Cow<'static, str>,
    pub(super) detail: String,
}

/// WebSocket's own close codes (RFC 6455, section 7.4.1).
const UNSUPPORTED: u16 = 1003;
const INVALID_TEXT: u16 = 1007;
const POLICY: u16 = 1008;
const TOO_BIG: u16 = 1009;
const INTERNAL: u16 = 1011;
const RESTART: u16 = 1012;
const LATER: u16 = 1013;

/// Ours.
const MALFORMED: u16 = 4400;
const SLOW: u16 = 4408;
const TOO_MANY: u16 = 4429;

impl Leaving {
    fn new(close: u16, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self { close, code: code.into(), detail: detail.into() }
    }

    pub(super) fn restart() -> Self {
        Self::new(RESTART, "restart", "the server stops; connect again after a random moment")
    }

    pub(super) fn slow() -> Self {
        Self::new(SLOW, "too_slow", "frames were not read in time; connect again and resume")
    }

    pub(super) fn binary() -> Self {
        Self::new(UNSUPPORTED, "binary", "messages are text frames of JSON")
    }

    pub(super) fn malformed(error: &serde_json::Error) -> Self {
        Self::new(MALFORMED, "malformed_message", format!("the message is none of the protocol: {error}"))
    }

    pub(super) fn policy(code: &'static str, detail: &'static str) -> Self {
        Self::new(POLICY, code, detail)
    }

    /// What a problem comes to for a connection.
    pub(super) fn because(problem: &Problem) -> Self {
        let close = match problem.code {
            Code::Unauthenticated | Code::UnknownOrganisation => POLICY,
            Code::TooManyConnections => TOO_MANY,
            Code::Unavailable | Code::Overloaded | Code::TooBusy => LATER,
            _ => INTERNAL,
        };
        Self::new(close, problem.code.name(), problem.detail.clone())
    }

    /// What an error of the wire comes to; nothing where nobody is there any more.
    pub(super) fn of_error(error: &axum::Error) -> Option<Self> {
        let found = error.source().and_then(|source| source.downcast_ref::<WireError>());
        match found? {
            WireError::Capacity(_) => {
                Some(Self::new(TOO_BIG, "message_too_big", "the message is larger than hello said"))
            }
            WireError::Utf8(_) => Some(Self::new(INVALID_TEXT, "invalid_utf8", "the message is no UTF-8")),
            _ => None,
        }
    }
}
