//! Made-up values of every type that the engine gives, each member of them set.

use salescope_domain::deal_view::{DealCursor, DealFilter, DealPage, DealStatus, DealVersion, DealView};
use salescope_domain::directory_view::{PersonView, QuotaView, RateView, TeamView};
use salescope_domain::{
    Answer, Bucket, Change, ChangeLine, ChangeReport, Comparison, Currency, Definition, Dimension, Entry,
    ExplainedInput, Explanation, ForecastCategory, Grain, Group, HomeAmount, Included, Instant, KpiId, Label,
    LeftOut, LiveAnswer, LiveQuestion, OrgId, OrgSettings, ProductLine, Query, QuotaHolder, QuotaTarget,
    Series, SettingsChange, SourceId, Version, Window,
};
use salescope_engine_api::{ApiKey, DeadLetter, DeadLetterState, Names, NewOrg, OrgInfo, ResolvedParties};
use salescope_testkit::{DealStep, History, histories, make};
use std::collections::BTreeMap;

pub(crate) fn org() -> OrgId {
    OrgId::new("\u{e4}cme").unwrap()
}

pub(crate) fn source() -> SourceId {
    make::source("csv")
}

pub(crate) fn kpi() -> KpiId {
    make::kpi("bookings")
}

pub(crate) fn time() -> Instant {
    Instant::from_ms(1_764_000_000_123)
}

pub(crate) fn new_org(name: &str) -> NewOrg {
    let settings =
        SettingsChange { name: Some(make::label("Acme")), ..SettingsChange::empty(Version::stated(1)) };
    NewOrg { org: OrgId::new(name).unwrap(), settings }
}

pub(crate) fn org_info() -> OrgInfo {
    let settings = OrgSettings::default();
    OrgInfo { org: org(), settings, created_at: time(), tenant_seq: 1 << 60, deals: 3, state_bytes: 4 }
}

pub(crate) fn resolved() -> ResolvedParties {
    ResolvedParties { people: vec![Some(make::person("p1")), None], teams: vec![Some(make::team("t1"))] }
}

pub(crate) fn names() -> Names {
    Names {
        people: [(make::person("p1"), "Ann Lee".to_owned()), (make::person("p2"), "J\u{f6}rg".to_owned())]
            .into(),
        teams: [(make::team("t1"), "West".to_owned())].into(),
    }
}

pub(crate) fn query() -> Query {
    let mut query = Query::new(kpi(), make::range("2026-01-01", "2026-04-01"), time());
    query.group_by = vec![Dimension::Owner, "sector".parse().unwrap()];
    query.filters.entry(Dimension::Region).or_default().insert("East \"1\"".to_owned());
    query.params.insert("week".to_owned(), "3".to_owned());
    query.as_known = Some(time().plus_ms(-1));
    query
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn dimensions() -> BTreeMap<Dimension, String> {
    [(Dimension::Owner, "p1".to_owned()), ("sector".parse().unwrap(), "none".to_owned())].into()
}

fn group() -> Group {
    Group {
        key: dimensions(),
        value: text("1500.00"),
        unit: "USD".to_owned(),
        n: u64::MAX,
        parts: [("rank".to_owned(), text("1")), ("share".to_owned(), None)].into(),
        notes: ["few_deals".to_owned()].into(),
    }
}

pub(crate) fn answer() -> Answer {
    let range = make::range("2026-01-01", "2026-04-01");
    Answer {
        kpi: kpi(),
        range,
        as_known: Some(time()),
        groups: vec![group(), Group { value: None, ..group() }],
    }
}

pub(crate) fn live_question() -> LiveQuestion {
    let Query { kpi, group_by, filters, params, .. } = query();
    LiveQuestion { kpi, window: Window::Last30Days, group_by, filters, params }
}

pub(crate) fn live_answer() -> LiveAnswer {
    LiveAnswer { range: make::range("2026-01-01", "2026-04-01"), now: time(), answer: answer() }
}

pub(crate) fn series(grain: Grain) -> Series {
    let bucket = Bucket { from: "2026-01-01".to_owned(), to: "2026-02-01".to_owned(), groups: vec![group()] };
    Series { kpi: kpi(), grain, as_known: None, buckets: vec![bucket] }
}

pub(crate) fn comparison() -> Comparison {
    let change = Change {
        key: dimensions(),
        value: text("2"),
        previous: text("1"),
        difference: text("1"),
        ratio: None,
    };
    Comparison { current: answer(), previous: answer(), changes: vec![change] }
}

pub(crate) fn definition() -> Definition {
    let definition = serde_json::json!({
        "id": "win_rate", "name": "Win rate", "description": "d", "unit": "ratio", "better": "lower",
        "anchor": "close date", "counts": "c", "leaves_out": "l", "formula": "won / closed", "n": "closed",
        "parameters": { "week": { "about": "a", "default": "1", "values": ["1", "2"] } },
        "inputs": {
            "won": { "fact": "deal_closed", "where": { "outcome": "won", "flag": true, "x": ["a", "b"] }, "measure": "count" },
            "closed": { "kpi": "closed" }
        },
        "parts": { "p": { "formula": "won", "unit": "count" } },
        "interval": { "share": { "hits": "won", "of": "closed" } }
    });
    serde_json::from_value(definition).unwrap()
}

pub(crate) fn explanation() -> Explanation {
    let definition = definition();
    let input = ExplainedInput { spec: definition.inputs["won"].clone(), value: text("2") };
    let line =
        ChangeLine { deal: text("A1"), source: text("csv"), tenant_seq: Some(7), change: "-0.5".to_owned() };
    let rest = ChangeLine { deal: None, source: None, tenant_seq: None, change: "1".to_owned() };
    Explanation {
        definition,
        formula: "won / closed".to_owned(),
        value: text("0.5"),
        unit: "ratio".to_owned(),
        n: 2,
        parts: [("p".to_owned(), text("2"))].into(),
        notes: ["few_deals".to_owned()].into(),
        inputs: [("won".to_owned(), input)].into(),
        included_count: 1,
        included: vec![Included {
            source: "csv".to_owned(),
            deal: "A1".to_owned(),
            value: text("1"),
            tenant_seq: 7,
        }],
        left_out_counts: [("open".into(), 1)].into(),
        left_out: vec![LeftOut { source: "csv".to_owned(), deal: "A2".to_owned(), reason: "open".into() }],
        changes: Some(ChangeReport {
            since: time(),
            before: None,
            after: text("0.5"),
            change: "0.5".to_owned(),
            lines: vec![line, rest],
        }),
    }
}

pub(crate) fn dead_letter() -> DeadLetter {
    DeadLetter {
        tenant_seq: 4,
        reason: "it crashed".to_owned(),
        state: DeadLetterState::Quarantined,
        since: time(),
        entry: histories::random(1).swap_remove(0),
    }
}

pub(crate) fn api_key() -> ApiKey {
    ApiKey { id: 7, org: org(), name: Label::new("CRM sync").unwrap(), created_at: time() }
}

/// Entries of at least so many bytes as JSON.
pub(crate) fn many_entries(bytes: usize) -> Vec<Entry> {
    let one = History::new().deal("A1", DealStep::created()).entries().swap_remove(0);
    let each = serde_json::to_vec(&one).unwrap().len();
    (1..).take(bytes / each + 1).map(|tenant_seq| Entry { tenant_seq, ..one.clone() }).collect()
}

fn deal_version(status: DealStatus) -> DealVersion {
    DealVersion {
        tenant_seq: 1 << 55,
        known_at: time(),
        occurred_at: time().plus_ms(-5),
        status,
        owner: Some(make::person("p1")),
        team: Some(make::team("t1")),
        region: Some(make::label("East")),
        account: Some(make::account("Acme")),
        amount_minor: Some(i64::MAX),
        currency: Some(Currency::USD),
        amount_home: Some(HomeAmount { minor: -1, currency: Currency::USD }),
        pipeline: Some(make::pipeline("New business")),
        stage: None,
        probability: Some("0.25".parse().unwrap()),
        close_date: Some(make::date("2026-03-31")),
        created_on: None,
        forecast_category: Some(ForecastCategory::Commit),
        products: vec![ProductLine { product: make::product("A"), total_minor: Some(5), quantity: None }],
        lead_source: None,
        custom: [(make::field("sector"), make::label("retail"))].into(),
    }
}

pub(crate) fn deal() -> DealView {
    DealView {
        source: source(),
        deal: make::deal("A1"),
        version: i64::MIN,
        sequence: 3,
        merged_into: Some(make::deal("A0")),
        current: deal_version(DealStatus::Merged),
        versions: vec![deal_version(DealStatus::Open), deal_version(DealStatus::Merged)],
    }
}

pub(crate) fn deal_page() -> DealPage {
    DealPage { deals: vec![deal()], next: Some(DealCursor::after(7)) }
}

pub(crate) fn deal_filter() -> DealFilter {
    DealFilter {
        owner: Some(make::person("p1")),
        close_to: Some(make::date("2026-03-31")),
        ..DealFilter::default()
    }
}

pub(crate) fn person() -> PersonView {
    PersonView {
        person: make::person("p1"),
        team: Some(make::team("t1")),
        region: None,
        known_at: time(),
        tenant_seq: 2,
    }
}

pub(crate) fn team() -> TeamView {
    TeamView { team: make::team("t1"), region: Some(make::label("East")), known_at: time(), tenant_seq: 3 }
}

pub(crate) fn quota() -> QuotaView {
    QuotaView {
        source: source(),
        quota: make::quota("q1"),
        holder: QuotaHolder::Person(make::person("p1")),
        period: make::range("2026-01-01", "2026-04-01"),
        target: QuotaTarget::Money { minor: 100, currency: Currency::USD },
        known_at: time(),
        tenant_seq: 4,
    }
}

pub(crate) fn rate() -> RateView {
    RateView {
        source: source(),
        currency: "EUR".parse().unwrap(),
        home: Currency::USD,
        date: make::date("2026-03-31"),
        rate: "1.0925".parse().unwrap(),
        known_at: time(),
        tenant_seq: 5,
    }
}
