//! Database files that SQLite itself finds damaged: they are told, and left alone unless all of them can be lost.

use super::open;
use super::upkeep::{check, kinds, repair, two_orgs};
use crate::sample::{assert_deals, commit_deals, create};
use salescope_store::{Checkpoints, Finding, FindingKind};
use std::fs;

#[tokio::test]
async fn damage_of_the_file_itself_is_told_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let acme = create(&store, "acme").await;
    for _ in 0..200 {
        commit_deals(&store, acme, 2).await;
    }
    store.close().await.unwrap();
    let path = dir.path().join("journal.db");
    let mut bytes = fs::read(&path).unwrap();
    let (page, pages) = (4096, bytes.len() / 4096);
    // The last pages are those of blocks.
    bytes[(pages - 3) * page..(pages - 2) * page].fill(0x5a);
    fs::write(&path, &bytes).unwrap();
    let report = check(dir.path()).await;
    assert!(kinds(&report).contains(&FindingKind::File), "{report:?}");
    let done = repair(dir.path(), false).await;
    assert!(done.cuts.is_empty() && !done.remaining.is_empty());
    assert_eq!(fs::read(&path).unwrap().len(), bytes.len());
}

#[tokio::test]
async fn a_file_that_does_not_even_open_is_told_and_one_of_checkpoints_is_set_aside() {
    for (file, is_mended) in
        [("journal.db", false), ("history.db", false), ("directory.db", false), ("checkpoints.db", true)]
    {
        let dir = tempfile::tempdir().unwrap();
        let [acme, zeta] = two_orgs(dir.path()).await;
        let path = dir.path().join(file);
        let mut bytes = fs::read(&path).unwrap();
        bytes[..200].fill(0x5a);
        fs::write(&path, &bytes).unwrap();
        let report = check(dir.path()).await;
        let named = |finding: &Finding| finding.kind == FindingKind::File && finding.file == file;
        assert!(report.findings.iter().any(named), "{file}: {report:?}");
        let planned = repair(dir.path(), true).await;
        assert_eq!(
            (planned.checkpoints_anew, planned.remaining.is_empty()),
            (is_mended, is_mended),
            "{file}"
        );
        let done = repair(dir.path(), false).await;
        if is_mended {
            assert_eq!(fs::read(done.checkpoints_side_file.unwrap()).unwrap(), bytes);
            assert!(check(dir.path()).await.is_sound());
            let store = open(dir.path()).await;
            assert_deals(&store, acme, 8).await;
            assert_deals(&store, zeta, 4).await;
            assert!(store.load(acme).await.unwrap().sound.is_empty());
        } else {
            assert_eq!(fs::read(&path).unwrap(), bytes, "{file}");
        }
    }
}
