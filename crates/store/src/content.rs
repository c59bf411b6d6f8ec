//! The hash of what a payload says, apart from when and under which version it says it.

use salescope_domain::Payload;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The first half of a SHA-256: telling equal content from other content must never err, or a change would be lost.
pub(crate) type ContentHash = [u8; 16];

/// Counts the ways in which hashes were ever computed. Raise it when [`hash_content`] answers otherwise for some payload
/// than before (the golden test fails then): stored hashes of another form are rebuilt from the journal.
pub(crate) const HASH_FORM: u32 = 1;

/// What tells a statement from its repetition, and is no content.
const NOT_CONTENT: [&str; 3] = ["version", "occurred_at", "event_id"];

/// Hashes a payload's content. Does not depend on the order of fields.
pub(crate) fn hash_content(payload: &Payload) -> ContentHash {
    let value = serde_json::to_value(payload).expect("a payload is plain data with text keys");
    let mut hasher = Sha256::new();
    // The payload is `{kind: {field: value ...}}`.
    for (kind, fields) in value.as_object().into_iter().flatten() {
        feed_text(&mut hasher, kind);
        feed_fields(&mut hasher, fields, &NOT_CONTENT);
    }
    let mut hash = ContentHash::default();
    hash.copy_from_slice(&hasher.finalize()[..16]);
    hash
}

fn feed_text(hasher: &mut Sha256, text: &str) {
    hasher.update((text.len() as u64).to_le_bytes());
    hasher.update(text);
}

fn feed_fields(hasher: &mut Sha256, object: &Value, left_out: &[&str]) {
    let mut fields: Vec<(&String, &Value)> = object.as_object().into_iter().flatten().collect();
    fields.retain(|(name, _)| !left_out.contains(&name.as_str()));
    fields.sort_unstable_by_key(|(name, _)| *name);
    hasher.update((fields.len() as u64).to_le_bytes());
    for (name, value) in fields {
        feed_text(hasher, name);
        feed_value(hasher, value);
    }
}

fn feed_value(hasher: &mut Sha256, value: &Value) {
    match value {
        Value::Null => hasher.update(b"n"),
        Value::Bool(flag) => hasher.update(if *flag { b"t" } else { b"f" }),
        Value::Number(number) => {
            hasher.update(b"#");
            feed_text(hasher, &number.to_string());
        }
        Value::String(text) => {
            hasher.update(b"s");
            feed_text(hasher, text);
        }
        Value::Array(items) => {
            hasher.update(b"[");
            hasher.update((items.len() as u64).to_le_bytes());
            for item in items {
                feed_value(hasher, item);
            }
        }
        Value::Object(_) => {
            hasher.update(b"{");
            feed_fields(hasher, value, &[]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEAL: &str = r#"{"deal":{"kind":"deal_updated","source":"csv","deal":"A1","event_id":"e1",
        "version":{"basis":"snapshot","number":5},"occurred_at":5,"quality":"approximate",
        "set":{"name":"Roof","amount_minor":700,"currency":"EUR","custom":{"b":"2","a":null}}}}"#;

    fn hash(json: &str) -> ContentHash {
        hash_content(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn version_business_time_and_event_id_are_no_content_and_all_else_is() {
        let with = |from: &str, to: &str| {
            assert!(DEAL.contains(from));
            hash(&DEAL.replace(from, to))
        };
        assert_eq!(with("\"number\":5", "\"number\":9,\"sequence\":1"), hash(DEAL));
        assert_eq!(with("\"occurred_at\":5", "\"occurred_at\":6"), hash(DEAL));
        assert_eq!(with("\"event_id\":\"e1\",", ""), hash(DEAL));
        for (from, to) in
            [("700", "701"), ("deal_updated", "deal_created"), ("\"a\":null", "\"a\":\"\u{e9}\"")]
        {
            assert_ne!(with(from, to), hash(DEAL));
        }
    }

    /// One of each kind that is upserted, as bare as it may be.
    const ONE_OF_EACH: [&str; 12] = [
        DEAL,
        r#"{"merge":{"source":"s","survivor":"1","losers":["2"],"version":V,"occurred_at":5}}"#,
        r#"{"person":{"source":"s","person":"p1","version":V}}"#,
        r#"{"team":{"source":"s","team":"t1","version":V}}"#,
        r#"{"account":{"source":"s","account":"1","version":V}}"#,
        r#"{"product":{"source":"s","product":"1","version":V}}"#,
        r#"{"stage":{"source":"s","stage":"1","version":V,"position":1,"outcome":"open"}}"#,
        r#"{"pipeline":{"source":"s","pipeline":"1","version":V}}"#,
        r#"{"quota":{"source":"s","quota":"1","version":V,"holder":"organisation",
            "period":{"from":"2026-01-01","to":"2026-04-01"},"target":{"count":9}}}"#,
        r#"{"rate":{"source":"s","currency":"EUR","home":"USD","date":"2026-01-01","version":V,"rate":"1.1"}}"#,
        r#"{"settings":{"version":V}}"#,
        r#"{"kpi":{"kpi":"won","version":V}}"#,
    ];

    #[test]
    fn the_hashes_of_known_payloads_are_the_ones_that_are_on_disk() {
        let with_version = |json: &str| json.replace(":V", r#":{"basis":"stated","number":1}"#);
        let hashes: Vec<u8> = ONE_OF_EACH.iter().flat_map(|json| hash(&with_version(json))).collect();
        let digest: String = Sha256::digest(hashes)[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            (HASH_FORM, digest.as_str()),
            (1, "480eafc0a9a22435"),
            "raise HASH_FORM when a hash changes"
        );
    }
}
