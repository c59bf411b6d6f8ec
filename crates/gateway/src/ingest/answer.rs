//! The answer to an ingest, written by hand: it is half the work of a large request otherwise.

use super::items::Read;
use crate::metrics::ItemCounts;
use salescope_engine_api::{Ingested, Outcome};
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

/// Writes the answer, and counts. `left_out` is by the number of the item, in order.
pub(super) fn write(
    ingested: &Ingested,
    read: &[Read],
    left_out: &[(usize, Vec<String>)],
) -> (Vec<u8>, ItemCounts) {
    let rejected = read.iter().filter(|read| matches!(read, Read::Refused(_))).count() as u64;
    let mut counts = ItemCounts { rejected, ..ItemCounts::default() };
    for outcome in &ingested.outcomes {
        match outcome {
            Outcome::Appended { .. } => counts.accepted += 1,
            Outcome::Unchanged => counts.duplicates += 1,
            Outcome::Rejected(_) => counts.rejected += 1,
        }
    }
    let mut json = Vec::with_capacity(2 * RESULT_BYTES + RESULT_BYTES * read.len());
    let (ItemCounts { accepted, duplicates, rejected }, tenant_seq) = (counts, ingested.tenant_seq);
    put(
        &mut json,
        format_args!(
            r#"{{"tenant_seq":{tenant_seq},"accepted":{accepted},"duplicates":{duplicates},"rejected":{rejected},"results":["#
        ),
    );
    let (mut outcomes, mut left_out) = (ingested.outcomes.iter(), left_out.iter().peekable());
    for (at, read) in read.iter().enumerate() {
        if at > 0 {
            json.push(b',');
        }
        let unknown = left_out.next_if(|(of, _)| *of == at).map_or(&[][..], |(_, unknown)| unknown);
        match read {
            Read::Submitted => match outcomes.next().expect("the engine answers each submission") {
                Outcome::Appended { tenant_seq } => {
                    put(&mut json, format_args!(r#"{{"status":"accepted","tenant_seq":{tenant_seq}"#));
                    put_left_out(&mut json, unknown);
                }
                Outcome::Unchanged => {
                    json.extend_from_slice(br#"{"status":"duplicate""#);
                    put_left_out(&mut json, unknown);
                }
                Outcome::Rejected(rejected) => {
                    rejected_item(&mut json, at, &rejected.code, &rejected.path, &rejected.message);
                }
            },
            Read::Refused(rejection) => {
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

fn put_left_out(json: &mut Vec<u8>, unknown: &[String]) {
    if !unknown.is_empty() {
        json.extend_from_slice(br#","left_out":"#);
        serde_json::to_writer(json, unknown).expect("texts are JSON");
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
