//! Brings identity to where the journal ends: the journal is the truth, identity follows it.
//!
//! Each file commits on its own. After a crash between the two, identity is behind and the missing entries are replayed;
//! after the journal lost its tail (an older copy was put back), identity is ahead or of another past and is rebuilt.

use super::Writer;
use super::identity::{self, Position};
use super::journal::{self, Head};
use crate::StoreError;
use crate::content::HASH_FORM;
use crate::identity::Statement;
use salescope_domain::OrgId;
use sqlx::SqliteConnection;
use std::collections::HashMap;

/// Entries that are replayed in one transaction: some 10 MB in memory.
const ENTRIES_PER_REPLAY: usize = 10_000;

/// Aligns every organisation, and drops what is kept of organisations that the journal does not know.
pub(super) async fn align_all(writer: &mut Writer) -> Result<(), StoreError> {
    let Writer { journal, identity } = writer;
    let orgs = journal::orgs(journal).await?;
    for known in identity::orgs(identity).await? {
        if !orgs.iter().any(|org| org.as_str() == known) {
            identity::forget(identity, &known).await?;
        }
    }
    for org in &orgs {
        let head = journal::head(journal, org).await?;
        match align(journal, identity, org, &head).await {
            // One organisation's damage must not lock the others out. Whoever appends to it or reads it is told.
            Ok(_) | Err(StoreError::Damaged { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Aligns one organisation; answers its key in identity.
pub(super) async fn align(
    journal: &mut SqliteConnection,
    identity: &mut SqliteConnection,
    org: &OrgId,
    head: &Head,
) -> Result<i64, StoreError> {
    let mut position = match identity::position(identity, org).await? {
        Some(position) if follows(journal, head, &position).await? => position,
        _ => {
            identity::forget(identity, org.as_str()).await?;
            identity::start(identity, org).await?
        }
    };
    while position.applied_seq < head.end.tenant_seq {
        let entries = journal::entries(journal, org, head, position.applied_seq, ENTRIES_PER_REPLAY).await?;
        let mut changes = HashMap::new();
        for entry in &entries {
            let statement = Statement::of(&entry.open(org)?.payload);
            let last = statement.as_last();
            changes.insert(statement.key, last);
        }
        let last = entries.last().expect("there are entries before the end");
        identity::advance(identity, position.org_key, &changes, last).await?;
        position.applied_seq = last.tenant_seq;
    }
    Ok(position.org_key)
}

/// Whether what is kept at `position` comes from this journal, perhaps from fewer entries than it has now.
async fn follows(
    journal: &mut SqliteConnection,
    head: &Head,
    position: &Position,
) -> Result<bool, StoreError> {
    let Position { org_key: _, applied_seq, applied_crc, hash_form } = *position;
    if hash_form != HASH_FORM {
        return Ok(false);
    }
    Ok(applied_seq == 0 || journal::entry_crc(journal, head, applied_seq).await? == Some(applied_crc))
}
