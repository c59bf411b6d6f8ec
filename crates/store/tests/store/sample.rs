//! Payloads, times and ids to test with.

use salescope_domain::{
    Activity, ActivityKind, ChangeSource, Currency, DealEvent, DealEventKind, DealFields, DealId, Entry,
    EventId, Instant, KpiDefinitionEntry, KpiId, OrgId, Patch, Payload, Product, ProductId, Quality,
    SettingsChange, SourceId, Version,
};
use salescope_store::{Journal, Outcome, Submission};
use std::collections::BTreeMap;

/// 2026-11-23T10:40:00Z.
pub(crate) fn now() -> Instant {
    Instant::from_ms(1_795_430_400_000)
}

pub(crate) fn org(id: &str) -> OrgId {
    OrgId::new(id).unwrap()
}

pub(crate) fn source(id: &str) -> SourceId {
    SourceId::new(id).unwrap()
}

/// A deal that says its amount, and nothing else that differs.
pub(crate) fn deal_of(source_id: &str, deal: &str, version: Version, amount_minor: i64) -> Payload {
    let (amount_minor, currency) = (Patch::Set(amount_minor), Patch::Set(Currency::USD));
    Payload::Deal(DealEvent {
        event_id: None,
        kind: DealEventKind::DealUpdated,
        source: source(source_id),
        deal: DealId::new(deal).unwrap(),
        version,
        occurred_at: now(),
        quality: Quality::ExactMs,
        actor: None,
        change_source: ChangeSource::User,
        set: DealFields { amount_minor, currency, ..DealFields::default() },
    })
}

pub(crate) fn deal(deal: &str, version: Version, amount_minor: i64) -> Submission {
    Submission::live(deal_of("crm", deal, version, amount_minor))
}

/// A deal that no journal takes: its business time is before 1970.
pub(crate) fn rejected_deal(id: &str) -> Submission {
    let Payload::Deal(event) = deal_of("crm", id, Version::stated(1), 1) else { unreachable!() };
    Submission::live(Payload::Deal(DealEvent { occurred_at: Instant::from_ms(-1), ..event }))
}

pub(crate) fn activity(event_id: &str, revision: u32) -> Submission {
    Submission::live(Payload::Activity(Activity {
        source: source("crm"),
        event_id: EventId::new(event_id).unwrap(),
        revision,
        deleted: false,
        occurred_at: now(),
        kind: ActivityKind::Call,
        owner: None,
        deal: None,
        change_source: ChangeSource::User,
    }))
}

pub(crate) fn product(id: &str, version: Version) -> Submission {
    Submission::live(Payload::Product(Product {
        source: source("crm"),
        product: ProductId::new(id).unwrap(),
        version,
        name: None,
        attributes: BTreeMap::new(),
    }))
}

pub(crate) fn settings(version: i64) -> Submission {
    Submission::live(Payload::Settings(SettingsChange::empty(Version::stated(version))))
}

pub(crate) fn kpi(id: &str, version: i64, yaml: Option<String>) -> Submission {
    let kpi = KpiId::new(id).unwrap();
    Submission::live(Payload::Kpi(KpiDefinitionEntry { kpi, version: Version::stated(version), yaml }))
}

/// What became of one submission.
pub(crate) async fn submit(store: &impl Journal, org: &OrgId, submission: Submission) -> Outcome {
    let mut outcomes = store.append(org, vec![submission], now()).await.unwrap();
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0)
}

/// Deals `{prefix}{from}` to `{prefix}{to - 1}`, each in its first version.
pub(crate) fn deals(prefix: &str, range: std::ops::Range<i64>) -> Vec<Submission> {
    range.map(|number| deal(&format!("{prefix}{number}"), Version::stated(1), number)).collect()
}

/// The whole journal, read page by page.
pub(crate) async fn read_all(store: &impl Journal, org: &OrgId) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = entries.last().map_or(0, |entry| entry.tenant_seq);
        let page = store.read(org, after, 1_000).await.unwrap();
        if page.is_empty() {
            return entries;
        }
        entries.extend(page);
    }
}

pub(crate) const fn appended(tenant_seq: u64) -> Outcome {
    Outcome::Appended { tenant_seq }
}

pub(crate) fn positions(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.tenant_seq).collect()
}
