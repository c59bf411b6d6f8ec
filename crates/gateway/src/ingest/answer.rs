//! The answer to an ingest, written by hand: it is half the work of a large request otherwise.

use super::submit::SubmittedItem;
use crate::metrics::ItemCounts;
use salescope_connectors::canonical::Parsed;
use salescope_engine_api::Outcome;
use serde::Serialize;
use std::io::Write;
use utoipa::ToSchema;

/// What became of a request's items.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "the shape of the answer for its document; it is written by hand")]
pub(crate) struct IngestAnswer {
    /// The organisation's last entry that was durable and applied. Questions asked from now on see it.
    pub(crate) tenant_seq: u64,
    /// Items that are new entries of the journal now.
    pub(crate) accepted: u64,
    /// Items that the journal knew already.
    pub(crate) duplicates: u64,
    /// Items that were refused.
    pub(crate) rejected: u64,
    /// One for each item, in order.
    pub(crate) results: Vec<ItemResult>,
}

/// What became of an item.
#[derive(Serialize, ToSchema)]
#[serde(tag = "status", rename_all = "lowercase")]
#[allow(dead_code, reason = "the shape of the answer for its document; it is written by hand")]
pub(crate) enum ItemResult {
    /// It is an entry of the journal, on durable storage.
    Accepted {
        /// Its position.
        tenant_seq: u64,
        /// Members that were left out because nobody knows what they mean.
        #[serde(skip_serializing_if = "Option::is_none")]
        left_out: Option<Vec<String>>,
    },
    /// The journal holds this statement already, or a later one.
    Duplicate {
        /// Members that were left out because nobody knows what they mean.
        #[serde(skip_serializing_if = "Option::is_none")]
        left_out: Option<Vec<String>>,
    },
    /// It was refused.
    Rejected {
        /// Stable code.
        code: String,
        /// JSON pointer into the list of items.
        pointer: String,
        /// What is wrong.
        detail: String,
    },
}

/// Bytes of a usual result.
const RESULT_BYTES: usize = 48;

/// Writes the answer, and counts.
pub(super) fn write(
    tenant_seq: u64,
    items: &[SubmittedItem],
    parsed: &[Parsed<'_>],
) -> (Vec<u8>, ItemCounts) {
    let mut counts = ItemCounts::default();
    for item in items {
        match item {
            SubmittedItem::Decided(Outcome::Appended { .. }) => counts.accepted += 1,
            SubmittedItem::Decided(Outcome::Unchanged) => counts.duplicates += 1,
            SubmittedItem::Decided(Outcome::Rejected { .. }) | SubmittedItem::Refused(_) => {
                counts.rejected += 1;
            }
        }
    }
    let mut json = Vec::with_capacity(2 * RESULT_BYTES + RESULT_BYTES * items.len());
    let ItemCounts { accepted, duplicates, rejected } = counts;
    put(
        &mut json,
        format_args!(
            r#"{{"tenant_seq":{tenant_seq},"accepted":{accepted},"duplicates":{duplicates},"rejected":{rejected},"results":["#
        ),
    );
    for (at, (item, parsed)) in items.iter().zip(parsed).enumerate() {
        if at > 0 {
            json.push(b',');
        }
        match item {
            SubmittedItem::Decided(Outcome::Appended { tenant_seq }) => {
                put(&mut json, format_args!(r#"{{"status":"accepted","tenant_seq":{tenant_seq}"#));
                left_out(&mut json, parsed);
            }
            SubmittedItem::Decided(Outcome::Unchanged) => {
                json.extend_from_slice(br#"{"status":"duplicate""#);
                left_out(&mut json, parsed);
            }
            SubmittedItem::Decided(Outcome::Rejected { code, path, message }) => {
                rejected_item(&mut json, at, code, path, message);
            }
            SubmittedItem::Refused(rejection) => {
                rejected_item(&mut json, at, rejection.code, &rejection.pointer, &rejection.message);
            }
        }
        json.push(b'}');
    }
    json.extend_from_slice(b"]}");
    (json, counts)
}

fn put(json: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    json.write_fmt(text).expect("a vector takes every byte");
}

fn put_text(json: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(json, text).expect("a text is JSON");
}

fn left_out(json: &mut Vec<u8>, parsed: &Parsed<'_>) {
    let Ok(draft) = parsed else { return };
    for (at, member) in draft.unknown_members().enumerate() {
        json.extend_from_slice(if at == 0 { br#","left_out":["# } else { b"," });
        put_text(json, member);
    }
    if draft.unknown_members().next().is_some() {
        json.push(b']');
    }
}

fn rejected_item(json: &mut Vec<u8>, at: usize, code: &str, pointer: &str, detail: &str) {
    json.extend_from_slice(br#"{"status":"rejected","code":"#);
    put_text(json, code);
    json.extend_from_slice(br#","pointer":"#);
    put_text(json, &format!("/{at}{pointer}"));
    json.extend_from_slice(br#","detail":"#);
    put_text(json, detail);
}
