//! The messages of the live protocol: `docs/live.md` says what they mean.
//!
//! Invariant: a message is one JSON object in one text frame; members that nobody knows are refused in what clients say, and clients
//! leave out members that they do not know in what we say.

use crate::problem::Problem;
use crate::rest::GroupItem;
use axum::extract::ws::Utf8Bytes;
use salescope_domain::{DealEventKind, Status, Window};
use salescope_engine_api::Position;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the protocol, and its name as a WebSocket subprotocol.
pub(super) const VERSION: u32 = 1;
pub(super) const SUBPROTOCOL: &str = "salescope.v1";

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Said {
    /// Who asks: first of all where the request did not say it, and again before a token ends.
    Auth {
        token: String,
    },
    Subscribe {
        /// The client's own name of the subscription.
        id: String,
        topic: Asked,
        #[serde(default)]
        resume: Option<Resume>,
    },
    Unsubscribe {
        id: String,
    },
    Ping {
        #[serde(default)]
        nonce: Option<String>,
    },
}

/// What is subscribed to.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Asked {
    Kpi {
        kpi: String,
        #[serde(default = "this_quarter")]
        window: Window,
        #[serde(default)]
        group_by: Vec<String>,
        #[serde(default)]
        filter: BTreeMap<String, Vec<String>>,
        #[serde(default)]
        params: BTreeMap<String, String>,
    },
    /// Changes of deals.
    Deals {},
}

fn this_quarter() -> Window {
    Window::ThisQuarter
}

/// Where a client left off.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Resume {
    pub(super) epoch: u64,
    pub(super) tenant_seq: u64,
}

/// What the server says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Says<'a> {
    Hello {
        protocol: u32,
        org: &'a str,
        epoch: u64,
        tenant_seq: u64,
        heartbeat_ms: u64,
        limits: Limits,
    },
    Authenticated,
    Subscribed {
        id: &'a str,
        topic: &'a str,
    },
    Unsubscribed {
        id: &'a str,
    },
    /// A KPI's whole answer.
    Value {
        topic: &'a str,
        epoch: u64,
        tenant_seq: u64,
        /// The time of the question, in milliseconds and UTC.
        at: String,
        from: String,
        to: String,
        groups: &'a [GroupItem],
    },
    /// What changed in a KPI's answer since the one at `since`.
    Delta {
        topic: &'a str,
        epoch: u64,
        tenant_seq: u64,
        since: u64,
        at: String,
        groups: Vec<&'a GroupItem>,
        gone: Vec<&'a BTreeMap<String, String>>,
    },
    Deals {
        topic: &'a str,
        epoch: u64,
        tenant_seq: u64,
        items: Vec<DealItem>,
    },
    /// Frames of a feed that are left out.
    Gap {
        topic: &'a str,
        epoch: u64,
        from_seq: u64,
        to_seq: u64,
    },
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        nonce: Option<&'a str>,
        epoch: u64,
        tenant_seq: u64,
    },
    /// Everything that the client holds is the server's at this position.
    Heartbeat {
        epoch: u64,
        tenant_seq: u64,
    },
    Error {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        code: &'a str,
        detail: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        pointer: Option<&'a str>,
    },
    Closing {
        code: &'a str,
        detail: &'a str,
    },
}

/// What a client may do.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Limits {
    pub(super) subscriptions_max: usize,
    pub(super) message_bytes_max: usize,
    pub(super) messages_per_s_max: u32,
    pub(super) frames_per_s_max: u32,
    pub(super) feed_replay_max: u64,
}

/// A change of a deal.
#[derive(Debug, Clone, Serialize)]
pub(super) struct DealItem {
    pub(super) tenant_seq: u64,
    /// Business time, and when it was known, in milliseconds and UTC.
    pub(super) occurred_at: String,
    pub(super) known_at: String,
    /// What happened, such as `deal_closed_won`.
    pub(super) event: DealEventKind,
    pub(super) source: String,
    pub(super) deal_id: String,
    /// What the change states; what it leaves alone is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) owner_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) currency: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) close_date: Option<String>,
}

impl Says<'_> {
    /// As a frame's text.
    pub(super) fn text(&self) -> Utf8Bytes {
        serde_json::to_string(self).expect("a message is plain data with text keys").into()
    }

    /// A refusal as a message.
    pub(super) fn refusal(id: Option<&str>, problem: &Problem) -> Utf8Bytes {
        Says::Error {
            id,
            code: problem.code.name(),
            detail: &problem.detail,
            pointer: problem.pointer.as_deref(),
        }
        .text()
    }
}

/// A position's two numbers.
pub(super) fn parts(position: Position) -> (u64, u64) {
    (position.epoch, position.tenant_seq)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_say_is_read_with_its_defaults_and_nothing_unknown_in_it() {
        let said = |json: &str| serde_json::from_str::<Said>(json);
        let subscribe =
            said(r#"{"type":"subscribe","id":"a","topic":{"kind":"kpi","kpi":"bookings"}}"#).unwrap();
        let Said::Subscribe { topic: Asked::Kpi { window, group_by, .. }, resume: None, .. } = subscribe
        else {
            panic!("{subscribe:?}")
        };
        assert_eq!((window, group_by.len()), (Window::ThisQuarter, 0));
        assert!(said(r#"{"type":"subscribe","id":"a","topic":{"kind":"deals"},"resume":{"epoch":1,"tenant_seq":2}}"#).is_ok());
        assert!(said(r#"{"type":"ping"}"#).is_ok());
        for wrong in [
            r#"{"type":"subscribe","id":"a"}"#,
            r#"{"type":"subscribe","id":"a","topic":{"kind":"kpi","kpi":"b","windows":"today"}}"#,
            r#"{"type":"subscribe","id":"a","topic":{"kind":"kpi","kpi":"b","window":"tomorrow"}}"#,
            r#"{"type":"shout"}"#,
            "[]",
            "7",
        ] {
            assert!(said(wrong).is_err(), "{wrong}");
        }
    }
}
