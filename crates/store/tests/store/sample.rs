//! Payloads, times, ids and slices to test with.

use salescope_domain::{
    Activity, ActivityKind, ChangeSource, Currency, DealEvent, DealEventKind, DealFields, DealId, Entry,
    EventId, FieldMap, Instant, KpiDefinitionEntry, KpiId, OrgId, Patch, Payload, Product, ProductId,
    Quality, SettingsChange, SourceId, Version,
};
use salescope_store::{Committed, Journal, OrgKey, Slice, SliceBuilder};

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
pub(crate) fn deal(deal: &str, amount_minor: i64) -> Payload {
    let (amount_minor, currency) = (Patch::Set(amount_minor), Patch::Set(Currency::USD));
    Payload::Deal(Box::new(DealEvent {
        event_id: None,
        kind: DealEventKind::DealUpdated,
        source: source("crm"),
        deal: DealId::new(deal).unwrap(),
        version: Version::stated(1),
        occurred_at: now(),
        quality: Quality::ExactMs,
        actor: None,
        change_source: ChangeSource::User,
        set: DealFields { amount_minor, currency, ..DealFields::default() },
    }))
}

pub(crate) fn activity(event_id: &str) -> Payload {
    Payload::from(Activity {
        source: source("crm"),
        event_id: EventId::new(event_id).unwrap(),
        revision: 0,
        deleted: false,
        occurred_at: now(),
        kind: ActivityKind::Call,
        owner: None,
        deal: None,
        change_source: ChangeSource::User,
    })
}

pub(crate) fn product(id: &str) -> Payload {
    Payload::from(Product {
        source: source("crm"),
        product: ProductId::new(id).unwrap(),
        version: Version::stated(-3),
        name: None,
        attributes: FieldMap::new(),
    })
}

pub(crate) fn settings() -> Payload {
    Payload::from(SettingsChange::empty(Version::stated(1)))
}

pub(crate) fn kpi(id: &str, yaml: &str) -> Payload {
    let kpi = KpiId::new(id).unwrap();
    Payload::from(KpiDefinitionEntry { kpi, version: Version::stated(1), yaml: Some(yaml.to_owned()) })
}

/// A slice that goes on after entry `after`; its entries become known with their commit.
pub(crate) fn slice(key: OrgKey, after: u64, payloads: &[Payload]) -> Slice {
    let mut builder = SliceBuilder::new(key, after + 1);
    for payload in payloads {
        builder.push(None, now(), payload);
    }
    builder.finish()
}

/// Deals `D{from}` to `D{to - 1}` whose amounts are their numbers.
pub(crate) fn deals(range: std::ops::Range<u64>) -> Vec<Payload> {
    range.map(|number| deal(&format!("D{number}"), number.cast_signed())).collect()
}

/// A slice of deals that tell their positions, from `after + 1` to `to`.
pub(crate) fn deals_slice(key: OrgKey, after: u64, to: u64) -> Slice {
    slice(key, after, &deals(after + 1..to + 1))
}

/// Creates one organisation.
pub(crate) async fn create(store: &impl Journal, id: &str) -> OrgKey {
    let mut created = store.create_orgs(&[org(id)], now()).await.unwrap();
    created.remove(0).unwrap()
}

/// Commits `count` deals that go on where the journal ends.
pub(crate) async fn commit_deals(store: &impl Journal, key: OrgKey, count: u64) -> Committed {
    let last = last_seq(store, key);
    store.commit(vec![deals_slice(key, last, last + count)], now()).await.unwrap()
}

pub(crate) fn last_seq(store: &impl Journal, key: OrgKey) -> u64 {
    store.head(key).unwrap().last_seq
}

/// The whole journal, read page by page.
pub(crate) async fn read_all(store: &impl Journal, key: OrgKey) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = entries.last().map_or(0, |entry| entry.tenant_seq);
        let page = store.read(key, after, 1_000).await.unwrap();
        if page.is_empty() {
            return entries;
        }
        entries.extend(page);
    }
}

pub(crate) fn positions(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.tenant_seq).collect()
}

/// Makes sure that the journal holds `count` deals that [`deals_slice`] made, and nothing else.
pub(crate) async fn assert_deals(store: &impl Journal, key: OrgKey, count: u64) {
    let entries = read_all(store, key).await;
    assert_eq!(positions(&entries), (1..=count).collect::<Vec<_>>());
    let payloads: Vec<Payload> = entries.into_iter().map(|entry| entry.payload).collect();
    assert!(payloads == deals(1..count + 1));
}
