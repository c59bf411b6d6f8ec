//! How an entry is kept: its payload as JSON, with a checksum over everything that makes it this entry.

use crate::{Damage, StoreError};
use salescope_domain::{Entry, Instant, OrgId, Payload};

/// An entry as a backend keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredEntry {
    pub(crate) tenant_seq: u64,
    pub(crate) known_at_ms: i64,
    pub(crate) observed_at_ms: i64,
    pub(crate) payload: Vec<u8>,
    pub(crate) crc: u32,
}

/// The payload's stored form.
pub(crate) fn encode_payload(payload: &Payload) -> Vec<u8> {
    serde_json::to_vec(payload).expect("a payload is plain data with text keys")
}

impl StoredEntry {
    /// Puts an entry together from its parts.
    pub(crate) fn seal(
        org: &OrgId,
        tenant_seq: u64,
        known_at: Instant,
        observed_at: Instant,
        payload: Vec<u8>,
    ) -> Self {
        let mut entry = Self {
            tenant_seq,
            known_at_ms: known_at.ms(),
            observed_at_ms: observed_at.ms(),
            payload,
            crc: 0,
        };
        entry.crc = entry.checksum(org);
        entry
    }

    /// Reads it back, if it is what was written.
    pub(crate) fn open(&self, org: &OrgId) -> Result<Entry, StoreError> {
        if self.checksum(org) != self.crc {
            return Err(damaged(org, self.tenant_seq, Damage::Checksum));
        }
        let payload = serde_json::from_slice(&self.payload)
            .map_err(|error| damaged(org, self.tenant_seq, Damage::Unreadable(error.to_string())))?;
        Ok(Entry {
            tenant_seq: self.tenant_seq,
            known_at: Instant::from_ms(self.known_at_ms),
            observed_at: Instant::from_ms(self.observed_at_ms),
            payload,
        })
    }

    fn checksum(&self, org: &OrgId) -> u32 {
        let numbers = [
            self.tenant_seq.to_le_bytes(),
            self.known_at_ms.to_le_bytes(),
            self.observed_at_ms.to_le_bytes(),
        ];
        checksum(org, numbers.as_flattened(), &self.payload)
    }
}

/// CRC-32 of what belongs to `org`. `numbers` has a fixed length for each use, so that no two parts can trade bytes.
pub(crate) fn checksum(org: &OrgId, numbers: &[u8], bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(numbers);
    hasher.update(org.as_str().as_bytes());
    hasher.update(&[0]);
    hasher.update(bytes);
    hasher.finalize()
}

/// The error for a damaged entry.
pub(crate) fn damaged(org: &OrgId, tenant_seq: u64, damage: Damage) -> StoreError {
    StoreError::Damaged { org: org.clone(), tenant_seq, damage }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salescope_domain::{KpiDefinitionEntry, KpiId, Version};

    fn stored() -> (OrgId, Payload, StoredEntry) {
        let org = OrgId::new("acme").unwrap();
        let kpi = KpiId::new("won").unwrap();
        let payload = Payload::Kpi(KpiDefinitionEntry { kpi, version: Version::stated(1), yaml: None });
        let at = Instant::from_ms(5);
        let entry = StoredEntry::seal(&org, 7, at, at.plus_ms(1), encode_payload(&payload));
        (org, payload, entry)
    }

    fn damage(org: &OrgId, entry: &StoredEntry) -> Option<Damage> {
        match entry.open(org) {
            Err(StoreError::Damaged { damage, .. }) => Some(damage),
            _ => None,
        }
    }

    #[test]
    fn an_entry_reads_back_as_it_was_written() {
        let (org, payload, stored) = stored();
        let (known_at, observed_at) = (Instant::from_ms(5), Instant::from_ms(6));
        assert_eq!(stored.open(&org).unwrap(), Entry { tenant_seq: 7, known_at, observed_at, payload });
    }

    #[test]
    fn a_change_of_any_part_of_an_entry_shows() {
        let (org, _, stored) = stored();
        for bit in 0..stored.payload.len() * 8 {
            let mut bad = stored.clone();
            bad.payload[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(damage(&org, &bad), Some(Damage::Checksum));
        }
        let others = [
            StoredEntry { tenant_seq: 8, ..stored.clone() },
            StoredEntry { known_at_ms: 4, ..stored.clone() },
            StoredEntry { observed_at_ms: 5, ..stored.clone() },
            StoredEntry { crc: !stored.crc, ..stored.clone() },
        ];
        for bad in others {
            assert_eq!(damage(&org, &bad), Some(Damage::Checksum));
        }
        assert_eq!(damage(&OrgId::new("other").unwrap(), &stored), Some(Damage::Checksum));
    }

    #[test]
    fn a_payload_of_an_unknown_kind_is_named_unreadable() {
        let (org, _, _) = stored();
        let at = Instant::from_ms(5);
        let stored = StoredEntry::seal(&org, 7, at, at, br#"{"from_tomorrow":{}}"#.to_vec());
        assert!(matches!(damage(&org, &stored), Some(Damage::Unreadable(_))));
    }
}
