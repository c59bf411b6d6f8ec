//! Items as senders write them, and what becomes of them.

use super::*;
use proptest::prelude::*;
use salescope_domain::{
    ActivityKind, Currency, DealEvent, DealEventKind, FieldName, Label, MetricPoint, Patch, Payload,
    PersonId, Quality, Quota, QuotaHolder, QuotaTarget, SourceId, TeamId, Version, Zone,
};

/// Gives everybody the id `p_NAME` and every team `t_NAME`.
struct Prefixed;

impl Ids for Prefixed {
    fn person(&self, external_id: &str) -> Option<PersonId> {
        PersonId::new(&format!("p_{external_id}")).ok()
    }
    fn team(&self, external_id: &str) -> Option<TeamId> {
        TeamId::new(&format!("t_{external_id}")).ok()
    }
}

const ITEM_BYTES_MAX: usize = 1 << 20;

fn build(text: &str) -> Result<Payload, Rejection> {
    let zone = Zone::new("America/New_York").unwrap();
    let source = SourceId::new("api").unwrap();
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let defaults = Defaults { currency: Currency::USD, zone: &zone, source: &source, now };
    parse(text, ITEM_BYTES_MAX)?.build(&Prefixed, &defaults)
}

fn deal(text: &str) -> DealEvent {
    match build(text) {
        Ok(Payload::Deal(event)) => *event,
        other => panic!("{text} is {other:?}"),
    }
}

fn metric(text: &str) -> MetricPoint {
    match build(text) {
        Ok(Payload::Metric(point)) => *point,
        other => panic!("{text} is {other:?}"),
    }
}

fn code(text: &str) -> (&'static str, String) {
    let rejection = build(text).expect_err(text);
    (rejection.code, rejection.pointer.to_string())
}

fn dimension<'m>(point: &'m MetricPoint, name: &str) -> Option<&'m str> {
    point.dimensions.get(&FieldName::new(name).unwrap()).map(Label::as_str)
}

#[test]
fn the_plain_event_of_a_won_deal_closes_the_deal_on_the_local_date_of_its_time() {
    let event = deal(
        r#"{"timestamp":"2026-11-20T03:00:00Z","event_type":"deal_closed_won","user_id":"u1","deal_id":"d1",
            "amount":25000.5,"properties":{"stage":"Won","region":"EMEA","seats":12,"trial":true,"note":null}}"#,
    );
    assert_eq!(event.kind, DealEventKind::DealClosedWon);
    assert_eq!(event.set.close_date, Patch::Set("2026-11-19".parse().unwrap()));
    assert_eq!(event.set.amount_minor, Patch::Set(2_500_050));
    assert_eq!(event.set.currency, Patch::Set(Currency::USD));
    assert_eq!(event.set.owner.value().unwrap().as_str(), "p_u1");
    assert_eq!(event.set.stage.value().unwrap().as_str(), "Won");
    assert_eq!(event.version, Version::timed(event.occurred_at.ms()));
    assert_eq!(event.source.as_str(), "api");
    let custom = |name: &str| event.set.custom[&FieldName::new(name).unwrap()].as_ref().map(Label::as_str);
    assert_eq!([custom("seats"), custom("trial"), custom("note")], [Some("12"), Some("true"), None]);
}

#[test]
fn the_canonical_event_states_version_source_and_currency() {
    let event = deal(
        r#"{"event_id":"e1","type":"deal_updated","occurred_at":"2026-11-20T09:41:07.375+01:00","deal_id":17,
            "source":{"system":"salesforce","account_ref":"00D5g"},"source_version":"2026-11-20T08:41:08Z",
            "sequence":2,"amount":"1500","currency":"JPY","probability":0.4,"close_date":"2026-12-31",
            "forecast_category":"best_case","actor_id":"u9","amount_home":"10.25","home_currency":"USD",
            "product":[{"product_id":"A","total":"900"},{"name":"B","quantity":2}],"changes":[],"raw":{"x":[1]}}"#,
    );
    assert_eq!(event.source.as_str(), "salesforce:00D5g");
    assert_eq!((event.version.number, event.version.sequence), (1_763_628_068_000 + 365 * 86_400_000, 2));
    assert_eq!(event.set.amount_minor, Patch::Set(1500));
    assert_eq!(event.deal.as_str(), "17");
    assert_eq!(event.actor.unwrap().as_str(), "p_u9");
    let lines = event.set.products.value().unwrap();
    assert_eq!((lines[0].total_minor, lines[1].product.as_str()), (Some(900), "B"));
    assert_eq!(event.set.amount_home.value().unwrap().minor, 1025);
}

#[test]
fn an_event_of_a_type_of_its_own_is_an_additive_fact() {
    let point = metric(
        r#"{"timestamp":"2026-11-20T03:00:00Z","event_type":"demo_booked","user_id":"u1","deal_id":"d1",
            "amount":null,"properties":{"channel":"web","team_id":"west","minutes":30}}"#,
    );
    assert_eq!((point.metric_type.as_str(), point.value.to_string().as_str()), ("demo_booked", "1"));
    assert_eq!(dimension(&point, "owner"), Some("p_u1"));
    assert_eq!(dimension(&point, "team"), Some("t_west"));
    assert_eq!(dimension(&point, "deal_id"), Some("d1"));
    assert_eq!([dimension(&point, "channel"), dimension(&point, "minutes")], [Some("web"), Some("30")]);
}

#[test]
fn a_metric_point_keeps_its_value_exactly() {
    let point = metric(
        r#"{"time":"2026-11-20T03:00:00Z","metric_type":"calls","value":0.1234567890123456,
            "dimensions":{"user_id":"u1","product_id":"X"},"event_id":"m1","revision":3,
            "metadata":{"run":7,"tags":["a"],"none":null}}"#,
    );
    assert_eq!(point.value.to_string(), "0.1234567890123456");
    assert_eq!((point.event_id.as_str(), point.revision), ("m1", 3));
    let metadata: Vec<_> =
        point.metadata.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(metadata, [("run", "7"), ("tags", "[\"a\"]")]);
    assert_eq!([dimension(&point, "owner"), dimension(&point, "product")], [Some("p_u1"), Some("X")]);
}

#[test]
fn a_fact_without_an_id_gets_one_of_what_it_says_however_it_is_written() {
    let id = |text: &str| metric(text).event_id;
    let first = id(
        r#"{"time":"2026-11-20T03:00:00Z","metric_type":"calls","value":1.50,"dimensions":{"a":"x","b":2}}"#,
    );
    let again = id(
        r#"{"dimensions":{"b":2,"a":"\u0078"},"value":"1.5","metric_type":"calls","time":"2026-11-20T04:00:00+01:00"}"#,
    );
    assert_eq!(first, again);
    assert!(first.as_str().starts_with("h_") && first.as_str().len() == 34, "{first}");
    for other in [
        r#"{"time":"2026-11-20T03:00:01Z","metric_type":"calls","value":1.50,"dimensions":{"a":"x","b":2}}"#,
        r#"{"time":"2026-11-20T03:00:00Z","metric_type":"calls","value":1.51,"dimensions":{"a":"x","b":2}}"#,
        r#"{"time":"2026-11-20T03:00:00Z","metric_type":"calls","value":1.50,"dimensions":{"a":"x","b":3}}"#,
        r#"{"time":"2026-11-20T03:00:00Z","metric_type":"calls","value":1.50,"dimensions":{"a":"x","b":2},"id":7}"#,
    ] {
        assert_ne!(id(other), first, "{other}");
    }
}

#[test]
fn the_derived_id_is_the_one_that_earlier_versions_gave() {
    let point =
        metric(r#"{"time":"2026-11-20T03:00:00Z","metric_type":"calls","value":1,"dimensions":{"a":"x"}}"#);
    assert_eq!(point.event_id.as_str(), "h_b592b18463cfdd38ea99446cbfa6396a");
}

#[test]
fn activities_quotas_and_merges_are_read() {
    let activity = build(
        r#"{"type":"activity_logged","occurred_at":"2026-11-20T03:00:00Z","user_id":"u1","deal_id":"d1",
            "activity":{"id":"a1","kind":"call"}}"#,
    );
    assert!(matches!(activity, Ok(Payload::Activity(activity))
        if activity.kind == ActivityKind::Call && activity.event_id.as_str() == "a1"));
    let quota = build(
        r#"{"type":"quota_set","occurred_at":"2026-11-20T03:00:00Z","team":"west","currency":"EUR",
            "quota":{"id":"q1","period_start":"2026-01-01","period_end":"2026-03-31","target":"1000.50","unit":"currency"}}"#,
    );
    let Ok(Payload::Quota(quota)) = quota else { panic!("{quota:?}") };
    let Quota { holder: QuotaHolder::Team(team), period, target, .. } = *quota else { panic!("{quota:?}") };
    assert_eq!((team.as_str(), period.days()), ("t_west", 90));
    assert_eq!(target, QuotaTarget::Money { minor: 100_050, currency: "EUR".parse().unwrap() });
    let merge = build(
        r#"{"type":"deal_merged","occurred_at":"2026-11-20T03:00:00Z","survivor":"a","losers":["b",3]}"#,
    );
    assert!(matches!(merge, Ok(Payload::Merge(merge)) if merge.losers.len() == 2));
}

#[test]
fn what_is_wrong_is_told_by_code_and_pointer() {
    let won = |members: &str| {
        format!(
            r#"{{"type":"deal_closed_won","occurred_at":"2026-11-20T03:00:00Z","deal_id":"d",{members}}}"#
        )
    };
    for (members, expected, pointer) in [
        (r#""amount":"NaN""#, "invalid_number", "/amount"),
        (r#""amount":0.001"#, "inexact_amount", "/amount"),
        (r#""currency":"usd""#, "invalid_currency", "/currency"),
        (r#""amount":1,"amount":2"#, "duplicate_member", "/amount"),
        (r#""owner":"a","user_id":"b""#, "duplicate_member", "/user_id"),
        (r#""user_id":"a","properties":{"owner":"b"}"#, "duplicate_member", "/properties/owner"),
        (r#""probability":2"#, "invalid_probability", "/probability"),
        (r#""status":"gone""#, "unknown_word", "/status"),
        (r#""properties":[]"#, "invalid_type", "/properties"),
        (r#""properties":{"a":{"b":1}}"#, "invalid_type", "/properties/a"),
        (r#""properties":{"close_date":"2100-01-01"}"#, "date_in_future", "/properties/close_date"),
        (r#""user_id":["u"]"#, "invalid_type", "/user_id"),
        (r#""products":[{"product_id":"A","total":1}]"#, "currency_missing", "/products"),
    ] {
        assert_eq!(code(&won(members)), (expected, pointer.to_owned()), "{members}");
    }
    for (text, expected, pointer) in [
        (
            r#"{"type":"deal_created","occurred_at":"1960-01-01T00:00:00Z","deal_id":"d"}"#,
            "time_before_1970",
            "/occurred_at",
        ),
        (r#"{"event_type":"x","timestamp":"2100-01-01T00:00:00Z"}"#, "time_in_future", "/timestamp"),
        (r#"{"type":"deal_created","deal_id":"d"}"#, "missing_member", "/occurred_at"),
        (r#"{"type":"deal_created","occurred_at":"2026-01-01T00:00:00Z"}"#, "missing_member", "/deal_id"),
        (r#"{"type":"nonsense","occurred_at":"2026-01-01T00:00:00Z"}"#, "unknown_type", "/type"),
        (r#"{"occurred_at":"2026-01-01T00:00:00Z"}"#, "missing_member", "/type"),
        (r#"{"type":"deal_created","metric_type":"x"}"#, "ambiguous_type", ""),
        (r#"{"time":"yesterday","metric_type":"x","value":1}"#, "invalid_time", "/time"),
        (r#"{"time":"2026-01-01T00:00:00Z","metric_type":"x"}"#, "missing_member", "/value"),
        (r#"{"time":"2026-01-01T00:00:00Z","metric_type":"x","value":NaN}"#, "invalid_json", ""),
        ("[]", "invalid_type", ""),
        ("1", "invalid_type", ""),
    ] {
        assert_eq!(code(text), (expected, pointer.to_owned()), "{text}");
    }
}

#[test]
fn members_that_nobody_knows_are_left_out_and_named() {
    let draft =
        parse(r#"{"type":"deal_created","deal_id":"d","ammount":1,"raw":{}}"#, ITEM_BYTES_MAX).unwrap();
    assert_eq!(draft.unknown_members().collect::<Vec<_>>(), ["ammount"]);
}

fn all(text: &str, items_max: usize, item_bytes_max: usize) -> Result<Vec<Parsed<'_>>, Malformed> {
    let mut items = Vec::new();
    read_all(text, items_max, item_bytes_max, |item| items.push(item))?;
    Ok(items)
}

fn by_lines(bytes: &[u8], items_max: usize, item_bytes_max: usize) -> Result<Vec<Parsed<'_>>, Malformed> {
    let mut items = Vec::new();
    read_lines(bytes, items_max, item_bytes_max, |item| items.push(item))?;
    Ok(items)
}

#[test]
fn deep_nesting_is_refused_without_recursion() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let text =
        format!(r#"{{"event_type":"x","timestamp":"2026-01-01T00:00:00Z","properties":{{"a":{deep}}}}}"#);
    assert_eq!(code(&text), ("too_deep", "/properties".to_owned()));
    assert_eq!(parse(&deep, ITEM_BYTES_MAX).unwrap_err().code, "invalid_type");
    assert!(all(&deep, 10, ITEM_BYTES_MAX).unwrap()[0].is_err());
}

#[test]
fn one_bad_item_does_not_touch_its_neighbours() {
    let good = r#"{"type":"deal_created","occurred_at":"2026-01-01T00:00:00Z","deal_id":"d"}"#;
    let body = format!("[{good},7,{{}},{good}]");
    let items = all(&body, 10, ITEM_BYTES_MAX).unwrap();
    assert_eq!(items.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, false, true]);
    let body = format!("{good}\n\n{{\r\n{good}\r\n");
    let lines = by_lines(body.as_bytes(), 10, ITEM_BYTES_MAX).unwrap();
    assert_eq!(lines.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    let lines = by_lines(b"\xff{}\n{}", 10, ITEM_BYTES_MAX).unwrap();
    assert_eq!(lines[0].as_ref().unwrap_err().code, "invalid_utf8");
}

#[test]
fn a_body_is_refused_when_it_is_no_json_or_holds_too_many_items() {
    assert!(matches!(all("[{},{}] x", 10, 10), Err(Malformed::Json { line: 1, column: 9, .. })));
    assert!(matches!(all("[{},{},{}]", 2, 10), Err(Malformed::TooMany { max: 2 })));
    assert!(matches!(all("[{},\n{]", 2, 10), Err(Malformed::Json { line: 2, .. })));
    assert!(matches!(by_lines(b"{}\n{}\n{}", 2, 10), Err(Malformed::TooMany { max: 2 })));
    assert_eq!(parse(r#"{"type":"0123456789"}"#, 10).unwrap_err().code, "item_too_large");
}

#[test]
fn a_deal_that_is_named_elsewhere_needs_neither_type_nor_time() {
    let deal = salescope_domain::DealId::new("a/1").unwrap();
    let draft = Draft::for_deal(r#"{"amount":5,"version":7}"#, r#""a/1""#, &deal).unwrap();
    let zone = Zone::utc();
    let source = SourceId::new("api").unwrap();
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let defaults = Defaults { currency: Currency::USD, zone: &zone, source: &source, now };
    let Ok(Payload::Deal(event)) = draft.build(&Prefixed, &defaults) else { panic!("is a deal") };
    assert_eq!((event.deal, event.occurred_at, event.version), (deal.clone(), now, Version::stated(7)));
    assert_eq!(event.quality, Quality::Observed);
    let draft = Draft::for_deal(r#"{"version":"2026-11-20T09:00:00Z"}"#, r#""a/1""#, &deal).unwrap();
    let Ok(Payload::Deal(event)) = draft.build(&Prefixed, &defaults) else { panic!("is a deal") };
    assert_eq!((event.occurred_at.ms(), event.quality), (event.version.number, Quality::ExactMs));
    assert_eq!(Draft::for_deal(r#"{"deal_id":"b"}"#, r#""a/1""#, &deal).unwrap_err().code, "other_deal");
    assert_eq!(
        Draft::for_deal(r#"{"type":"quota_set"}"#, r#""a/1""#, &deal).unwrap_err().code,
        "unknown_type"
    );
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = by_lines(&bytes, 10, ITEM_BYTES_MAX);
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let _ = all(text, 10, ITEM_BYTES_MAX);
        }
    }

    #[test]
    fn no_json_makes_it_panic(
        members in proptest::collection::vec(("(type|event_type|time|value|amount|properties|dimensions|source|losers|survivor|quota|activity|currency|product|deal_id|user_id|version|event_id|x)",
            r#"(null|true|-?[0-9]{1,30}(\.[0-9]{1,30})?(e-?[0-9]{1,3})?|"[ -!#-\[\]-~]{0,20}"|"2026-01-01T00:00:00Z"|"deal_merged"|"quota_set"|"deal_created"|\[\]|\[1,"a"\]|\{\}|\{"total":1,"id":"a"\}|\{"a":[1]\})"#), 0..8),
    ) {
        let inner = members.iter().map(|(key, value)| format!("{key:?}:{value}")).collect::<Vec<_>>().join(",");
        let _ = build(&format!("{{{inner}}}"));
    }

    #[test]
    fn amounts_survive_to_the_cent_in_either_form(minor in -10_000_000_000_i64..10_000_000_000, quoted in any::<bool>()) {
        let sign = if minor < 0 { "-" } else { "" };
        let digits = format!("{sign}{}.{:02}", minor.abs() / 100, minor.abs() % 100);
        let amount = if quoted { format!("\"{digits}\"") } else { digits };
        let event = deal(&format!(
            r#"{{"event_type":"deal_updated","timestamp":"2026-01-01T00:00:00Z","deal_id":"d","amount":{amount}}}"#
        ));
        prop_assert_eq!(event.set.amount_minor, Patch::Set(minor));
    }
}
