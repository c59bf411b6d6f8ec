//! What an import would do: every statement against the last one that the journal holds of the same object or fact.

use super::Summary;
use crate::org::OpenOrg;
use anyhow::Result;
use indicatif::ProgressBar;
use salescope_connectors::csv::{Reject, Statement};
use salescope_domain::{Basis, Identity, Payload};
use salescope_store::Journal;
use serde_json::Value;
use std::collections::HashMap;

/// Entries read at a time.
const ENTRIES_PER_READ: usize = 10_000;

/// Kind, source and id of what a payload is about.
type Key = (&'static str, String, String);

/// Counts what would become of each statement. The journal refuses nothing that was read, so nothing is rejected here.
pub(super) async fn compare(
    open: &OpenOrg,
    statements: impl Iterator<Item = Statement>,
    summary: &mut Summary,
    progress: &ProgressBar,
) -> Result<Vec<Reject>> {
    let mut last: HashMap<Key, Payload> = HashMap::new();
    let mut after = 0;
    loop {
        let entries = open.store.read(&open.org, after, ENTRIES_PER_READ).await?;
        let Some(end) = entries.last() else { break };
        after = end.tenant_seq;
        last.extend(entries.into_iter().map(|entry| (key(&entry.payload), entry.payload)));
    }
    for Statement { table, payload, .. } in statements {
        let key = key(&payload);
        if last.get(&key).is_none_or(|before| is_news(&payload, before)) {
            summary.imported(table);
            last.insert(key, payload);
        } else {
            summary.unchanged(table);
        }
        progress.inc(1);
    }
    Ok(Vec::new())
}

fn key(payload: &Payload) -> Key {
    match payload.identity() {
        Identity::Object { kind, source, id, .. } => (kind, source.to_owned(), id.into_owned()),
        Identity::Fact { kind, source, event_id, .. } => (kind, source.to_string(), event_id.to_string()),
    }
}

/// The store's rule: what is newer is news; so is what is as new and says something else, unless the source states versions.
fn is_news(payload: &Payload, before: &Payload) -> bool {
    match (payload.identity(), before.identity()) {
        (Identity::Fact { revision, .. }, Identity::Fact { revision: last, .. }) => revision > last,
        (Identity::Object { version, .. }, Identity::Object { version: last, .. }) => {
            let (order, last) = (version.order(), last.order());
            let differs = || content(payload) != content(before);
            match version.basis {
                Basis::Stated => order > last,
                Basis::Timed => order > last || (order == last && differs()),
                Basis::Snapshot => order >= last && differs(),
            }
        }
        _ => true,
    }
}

/// What a payload says, apart from when and under which version.
fn content(payload: &Payload) -> Value {
    let mut value = serde_json::to_value(payload).unwrap_or_default();
    for fields in value.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut) {
        for name in ["version", "occurred_at", "event_id"] {
            fields.as_object_mut().map(|fields| fields.remove(name));
        }
    }
    value
}
