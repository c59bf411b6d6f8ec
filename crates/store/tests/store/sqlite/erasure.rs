//! Erased means gone from the disk, not only from the answers.

use super::open;
use crate::sample::{commit_deals, create, org, source};
use salescope_store::Directory;
use std::fs;
use std::path::Path;

/// The files of `dir` that hold `text`.
fn files_with(dir: &Path, text: &str) -> Vec<String> {
    let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    fs::read_dir(dir)
        .unwrap()
        .map(|file| file.unwrap())
        .filter(|file| holds(&fs::read(file.path()).unwrap()))
        .map(|file| file.file_name().into_string().unwrap())
        .collect()
}

#[tokio::test]
async fn an_erased_name_and_external_id_are_in_no_file_while_the_store_is_open_and_after() {
    let dir = tempfile::tempdir().unwrap();
    let (acme, crm) = (org("acme"), source("crm"));
    let store = open(dir.path()).await;
    let key = create(&store, "acme").await;
    let people: Vec<(String, String)> =
        (0..500).map(|number| (format!("ext-{number}-x"), format!("Name {number} Of"))).collect();
    let people: Vec<(&str, &str)> = people.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    let ids = store.resolve_people(&acme, &crm, &people).await.unwrap();
    store.resolve_person(&acme, &crm, "ext-250-x", "Renamed Person").await.unwrap();
    commit_deals(&store, key, 3).await;
    for text in ["Renamed Person", "ext-250-x"] {
        let files = files_with(dir.path(), text);
        assert!(!files.is_empty() && files.iter().all(|file| file.starts_with("directory.db")), "{files:?}");
    }
    store.erase_person(&acme, &ids[250]).await.unwrap();
    let gone = ["Renamed Person", "Name 250 Of", "ext-250-x"];
    for text in gone {
        assert_eq!(files_with(dir.path(), text), [""; 0], "{text}");
    }
    assert!(!files_with(dir.path(), "ext-251-x").is_empty());
    store.close().await.unwrap();
    for text in gone {
        assert_eq!(files_with(dir.path(), text), [""; 0], "{text}");
    }
}
