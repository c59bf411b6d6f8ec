//! What is content and what is not, and that hashes stay what they were.

use super::{CONTENT_HASH_FORM, feed::Feed, feed::Sink};
use crate::{FieldMap, FieldName, Payload};
use proptest::prelude::*;

const DEAL: &str = r#"{"deal":{"kind":"deal_updated","source":"csv","deal":"A1","event_id":"e1",
    "version":{"basis":"snapshot","number":5},"occurred_at":5,"quality":"approximate",
    "set":{"name":"Roof","amount_minor":700,"currency":"EUR","custom":{"b":"2","a":null}}}}"#;

fn payload(json: &str) -> Payload {
    serde_json::from_str(&json.replace(":V", r#":{"basis":"stated","number":1}"#)).unwrap()
}

fn hash(json: &str) -> u128 {
    payload(json).content_hash()
}

fn changed(from: &str, to: &str) -> u128 {
    assert!(DEAL.contains(from), "{from:?} is not in the deal");
    hash(&DEAL.replace(from, to))
}

#[test]
fn version_business_time_and_event_id_are_no_content() {
    assert_eq!(changed("\"number\":5", "\"number\":9,\"sequence\":1"), hash(DEAL));
    assert_eq!(changed("\"occurred_at\":5", "\"occurred_at\":6"), hash(DEAL));
    assert_eq!(changed("\"event_id\":\"e1\",", ""), hash(DEAL));
}

#[test]
fn all_else_is_content_and_a_cleared_field_is_not_one_that_is_kept() {
    let changes = [
        ("700", "701"),
        ("deal_updated", "deal_created"),
        ("\"a\":null", "\"a\":\"\u{e9}\""),
        ("\"a\":null", "\"c\":null"),
        ("\"name\":\"Roof\",", ""),
        ("\"name\":\"Roof\"", "\"name\":null"),
        ("\"name\":\"Roof\"", "\"region\":\"Roof\""),
        ("\"source\":\"csv\",\"deal\":\"A1\"", "\"source\":\"csvA\",\"deal\":\"1\""),
        ("approximate", "observed"),
    ];
    let mut hashes: Vec<u128> = changes.iter().map(|(from, to)| changed(from, to)).collect();
    hashes.push(hash(DEAL));
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), changes.len() + 1);
}

#[test]
fn what_is_spoken_of_is_kind_source_and_id() {
    let of = |json: &str| payload(json).identity_hash();
    let team = r#"{"team":{"source":"s","team":"1","version":V}}"#;
    assert_eq!(of(&team.replace('V', r#"{"basis":"timed","number":7}"#)), of(team));
    for other in [
        r#"{"team":{"source":"t","team":"1","version":V}}"#,
        r#"{"team":{"source":"s","team":"2","version":V}}"#,
        r#"{"person":{"source":"s","person":"1","version":V}}"#,
        r#"{"team":{"source":"s1","team":"team","version":V}}"#,
    ] {
        assert_ne!(of(other), of(team));
    }
    assert_eq!(of(r#"{"release":{"tenant_seq":1}}"#), None);
}

/// One of each kind, and of each choice that has values of its own.
const ONE_OF_EACH: [&str; 19] = [
    DEAL,
    r#"{"deal":{"kind":"deal_closed_won","source":"s","deal":"1","version":V,"occurred_at":5,"quality":"exact_ms",
        "actor":"p1","change_source":"api","set":{"owner":"p1","team":"t1","region":"EU","account":"a",
        "amount_minor":-1,"currency":"JPY","amount_home":{"minor":9,"currency":"USD"},"pipeline":"p","stage":"s",
        "probability":"0.25","close_date":"2026-01-31","forecast_category":"commit","status":"won",
        "created_on":"2025-12-01","products":[{"product":"x","total_minor":5},{"product":"y","quantity":"2"}],
        "lead_source":null}}}"#,
    r#"{"merge":{"source":"s","survivor":"1","losers":["2"],"version":V,"occurred_at":5}}"#,
    r#"{"person":{"source":"s","person":"p1","version":V,"team":"t1","region":"EU","active":false}}"#,
    r#"{"team":{"source":"s","team":"t1","version":V}}"#,
    r#"{"account":{"source":"s","account":"1","version":V,"name":"Acme","attributes":{"sector":"IT"}}}"#,
    r#"{"product":{"source":"s","product":"1","version":V}}"#,
    r#"{"stage":{"source":"s","stage":"1","version":V,"position":1,"outcome":"open","probability":"0.5"}}"#,
    r#"{"pipeline":{"source":"s","pipeline":"1","version":V}}"#,
    r#"{"quota":{"source":"s","quota":"1","version":V,"holder":"organisation",
        "period":{"from":"2026-01-01","to":"2026-04-01"},"target":{"count":9}}}"#,
    r#"{"quota":{"source":"s","quota":"1","version":V,"holder":{"team":"t1"},"deleted":true,
        "period":{"from":"2026-01-01","to":"2026-04-01"},"target":{"money":{"minor":9,"currency":"EUR"}}}}"#,
    r#"{"rate":{"source":"s","currency":"EUR","home":"USD","date":"2026-01-01","version":V,"rate":"1.1"}}"#,
    r#"{"activity":{"source":"s","event_id":"e","revision":2,"occurred_at":5,"kind":"call","owner":"p1","deal":"1"}}"#,
    r#"{"metric":{"source":"s","event_id":"e","time":5,"metric_type":"visits","value":"1.5",
        "dimensions":{"page":"home"}}}"#,
    r#"{"settings":{"version":V,"name":"Acme","currency":"EUR","time_zone":"Europe/Berlin","bulk_per_minute":3,
        "calendar":["2026-01-01",{"start_month":2,"week_start":"sunday","pattern":"4-4-5"}],
        "fx_policy":{"constant":"2026-01-01"},"credit":"current_owner"}}"#,
    r#"{"kpi":{"kpi":"won","version":V,"yaml":"id: won"}}"#,
    r#"{"settings":{"version":V}}"#,
    r#"{"quarantine":{"tenant_seq":7,"reason":"crashes"}}"#,
    r#"{"release":{"tenant_seq":7}}"#,
];

#[test]
fn the_hashes_of_known_payloads_are_the_ones_that_were_kept() {
    let mut sink = Sink::default();
    for payload in ONE_OF_EACH.map(payload) {
        let identity = payload.identity_hash().unwrap_or_default();
        for hash in [payload.content_hash(), identity] {
            sink.bytes(&hash.to_le_bytes());
        }
    }
    let digest = format!("{:032x}", sink.hash());
    assert_eq!(
        (CONTENT_HASH_FORM, digest.as_str()),
        (2, "1164e616216f39ed9e1b0602f1066c77"),
        "raise CONTENT_HASH_FORM when a hash changes"
    );
}

proptest! {
    #[test]
    fn different_texts_and_lists_are_fed_differently(
        one in prop::collection::vec(any::<String>(), 0..4),
        other in prop::collection::vec(any::<String>(), 0..4),
        names in prop::collection::btree_map("[a-c]", any::<Option<String>>(), 0..4),
    ) {
        let hash = |value: &dyn Feed| { let mut sink = Sink::default(); value.feed(&mut sink); sink.hash() };
        prop_assert_eq!(hash(&one) == hash(&other), one == other);
        let named = names.into_iter().map(|(name, value)| (FieldName::new(&name).unwrap(), value));
        let fields: FieldMap<Option<String>> = named.collect();
        let mut more = fields.clone();
        more.insert(FieldName::new("a").unwrap(), Some("x".to_owned()));
        prop_assert_eq!(hash(&fields) == hash(&more), fields == more);
    }
}

proptest! {
    #[test]
    fn bytes_hash_alike_however_they_come_in_also_beyond_the_usual_length(
        bytes in prop::collection::vec(any::<u8>(), 400..1400),
        step in 1_usize..700,
    ) {
        let mut whole = Sink::default();
        whole.bytes(&bytes);
        let mut pieces = Sink::default();
        bytes.chunks(step).for_each(|piece| pieces.bytes(piece));
        prop_assert_eq!(pieces.hash(), whole.hash());
    }
}
