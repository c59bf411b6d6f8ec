//! Exports: what is read back is what was there.

use super::super::open;
use super::seal;
use crate::sample::{
    activity, commit_deals, create, deal, kpi, last_seq, now, org, product, read_all, settings, source,
};
use proptest::prelude::*;
use salescope_domain::{Instant, Payload};
use salescope_store::{
    Baseline, Directory, ExportError, ExportLine, ExportReader, Exported, History, Journal, OrgKey,
    SliceBuilder, SqliteStore, StoreError, Verified, check_export, export,
};

async fn exported(store: &SqliteStore, key: OrgKey, after: u64) -> (Vec<u8>, Exported) {
    let mut bytes = Vec::new();
    let exported = export(store, key, after, now(), &mut bytes).await.unwrap();
    (bytes, exported)
}

fn lines(bytes: &[u8]) -> Vec<ExportLine> {
    let mut reader = ExportReader::new(bytes).unwrap();
    std::iter::from_fn(|| reader.next().unwrap()).collect()
}

/// An organisation with five entries, two people and a team.
async fn acme(store: &SqliteStore) -> OrgKey {
    let key = create(store, "acme").await;
    let people = [("1", "Ada"), ("2", ""), ("3", "Forgotten")];
    let ids = store.resolve_people(&org("acme"), &source("crm"), &people).await.unwrap();
    store.erase_person(&org("acme"), &ids[2]).await.unwrap();
    store.resolve_team(&org("acme"), &source("crm"), "7", "North").await.unwrap();
    commit_deals(store, key, 5).await;
    key
}

#[tokio::test]
async fn an_export_holds_entries_and_names_and_counts_them() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let key = acme(&store).await;
    let (bytes, exported) = exported(&store, key, 2).await;
    assert_eq!((exported.entries, exported.people, exported.teams), (3, 2, 1));
    assert_eq!(check_export(bytes.as_slice()).unwrap(), exported);
    let head = ExportReader::new(bytes.as_slice()).unwrap().head().clone();
    assert_eq!((head.org, head.after, head.last_seq), (org("acme"), 2, 5));
    let roster = store.roster(key).await.unwrap();
    let mut expected: Vec<_> =
        store.read(key, 2, 9).await.unwrap().into_iter().map(ExportLine::Entry).collect();
    expected.extend(roster.people.into_iter().map(ExportLine::Person));
    expected.extend(roster.teams.into_iter().map(ExportLine::Team));
    assert_eq!(lines(&bytes), expected);
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        text.contains(r#"{"person":{"id":"p1","source":"crm","external_id":"1","name":"Ada"}}"#),
        "{text}"
    );
    assert!(!text.contains("Forgotten"));
}

#[tokio::test]
async fn what_is_no_longer_kept_is_not_exported_as_if_it_had_never_been() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let key = acme(&store).await;
    seal(&store).await;
    let verified = Verified { at: now(), answers: 1, differences: 0, recomputed_seq: 0 };
    let baseline = Baseline { tenant_seq: 2, schema_version: 1, sections: Vec::new(), verified };
    store.cut(key, baseline).await.unwrap();
    let mut bytes = Vec::new();
    let error = export(&store, key, 0, now(), &mut bytes).await.unwrap_err();
    assert!(matches!(error, ExportError::Store(StoreError::BeforeHorizon { horizon: 3, .. })), "{error}");
    assert!(matches!(check_export(bytes.as_slice()), Err(ExportError::CutOff { line: 1 })));
    let (bytes, _) = exported(&store, key, 2).await;
    assert_eq!(check_export(bytes.as_slice()).unwrap().entries, 3);
}

#[tokio::test]
async fn an_export_that_is_cut_off_anywhere_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let key = acme(&store).await;
    let (bytes, _) = exported(&store, key, 0).await;
    for length in 0..bytes.len() {
        let error = check_export(&bytes[..length]).unwrap_err();
        assert!(matches!(error, ExportError::CutOff { .. }), "{length}: {error}");
    }
}

#[tokio::test]
async fn an_export_that_was_changed_anywhere_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let key = acme(&store).await;
    let (bytes, exported) = exported(&store, key, 0).await;
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(check_export(changed.as_slice()).is_err(), "byte {at}");
    }
    let longer = [bytes.as_slice(), b"\n"].concat();
    assert!(matches!(check_export(longer.as_slice()), Err(ExportError::Changed { what: "length" })));
    let mut without_a_line: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    without_a_line.remove(3);
    let error = check_export(without_a_line.concat().as_slice()).unwrap_err();
    assert!(
        error.to_string().contains("line 4 of the export is entry 4 where entry 3 should stand"),
        "{error}"
    );
    assert_eq!(exported.entries, 5);
}

fn payload() -> impl Strategy<Value = Payload> {
    let text = "[a-z0-9ä \"\\\\]{1,12}";
    prop_oneof![
        ("[a-z0-9]{1,12}", any::<i64>()).prop_map(|(id, amount_minor)| deal(&id, amount_minor)),
        "[a-z0-9]{1,12}".prop_map(|id| activity(&id)),
        "[a-z0-9]{1,12}".prop_map(|id| product(&id)),
        ("[a-z]{1,12}", text).prop_map(|(id, yaml)| kpi(&id, &yaml)),
        Just(settings()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn an_export_reads_back_as_the_journal(
        commits in prop::collection::vec(
            (prop::collection::vec((payload(), prop::option::of(any::<i64>())), 1..30), any::<bool>()),
            0..6,
        ),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let store = open(dir.path()).await;
            let key = create(&store, "acme").await;
            for (entries, is_sealed) in commits {
                let mut builder = SliceBuilder::new(key, last_seq(&store, key) + 1);
                for (payload, known_ms) in &entries {
                    builder.push(known_ms.map(Instant::from_ms), now(), payload);
                }
                store.commit(vec![builder.finish()], now()).await.unwrap();
                if is_sealed {
                    seal(&store).await;
                }
            }
            let (bytes, exported) = exported(&store, key, 0).await;
            assert_eq!(check_export(bytes.as_slice()).unwrap(), exported);
            let expected: Vec<_> = read_all(&store, key).await.into_iter().map(ExportLine::Entry).collect();
            assert_eq!(lines(&bytes), expected);
        });
    }
}
