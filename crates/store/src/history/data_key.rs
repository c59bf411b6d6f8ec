//! An organisation's data key, and how it is wrapped.
//!
//! Invariant: without its wrapped form, which lies in an erasable row, nothing that it closed can be opened. Erasing that
//! row erases all copies of the history, backups of `history.db` included.

use super::MasterKey;
use super::envelope::Place;
use super::secret::{SECRET_BYTES, Secret};
use crate::{Damage, OrgKey};
use zeroize::Zeroizing;

/// Bound to the organisation's number, which is given out once; its name may come again after an erasure.
fn place(org: OrgKey, version: u32) -> Place {
    Place::new("data key", &[u64::from(org.0), u64::from(version)])
}

/// A new key, and its wrapped form.
pub(crate) fn create(master: &MasterKey, org: OrgKey) -> (Secret, Vec<u8>) {
    let key = Secret::random();
    let wrapped = master.wrap(&place(org, master.version()), key.bytes());
    (key, wrapped)
}

/// The key in a wrapped form.
pub(crate) fn unwrap(master: &MasterKey, org: OrgKey, wrapped: &[u8]) -> Result<Secret, Damage> {
    let bytes = Zeroizing::new(master.unwrap(&place(org, master.version()), wrapped)?);
    let bytes = <[u8; SECRET_BYTES]>::try_from(bytes.as_slice());
    bytes.map(Secret::new).map_err(|_| Damage::Unreadable("it has not the length of a key".to_owned()))
}

/// By this a wrong master key is found out before it is used.
pub(crate) fn proof(master: &MasterKey) -> Vec<u8> {
    master.wrap(&proof_place(master), &[])
}

/// Whether `proof` was made with this key.
pub(crate) fn proves(master: &MasterKey, proof: &[u8]) -> bool {
    master.unwrap(&proof_place(master), proof).is_ok()
}

fn proof_place(master: &MasterKey) -> Place {
    Place::new("proof", &[u64::from(master.version())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_key_is_unwrapped_for_its_organisation_by_its_master_key() {
        let master = MasterKey::new(1, [1; 32]);
        let (key, wrapped) = create(&master, OrgKey(7));
        assert_eq!(unwrap(&master, OrgKey(7), &wrapped), Ok(key));
        assert!(unwrap(&master, OrgKey(8), &wrapped).is_err());
        assert_eq!(unwrap(&MasterKey::new(1, [2; 32]), OrgKey(7), &wrapped), Err(Damage::WrongKey));
    }

    #[test]
    fn a_proof_tells_the_right_master_key_from_others() {
        let master = MasterKey::new(1, [1; 32]);
        let proof = proof(&master);
        assert!(proves(&master, &proof));
        assert!(!proves(&MasterKey::new(1, [2; 32]), &proof));
        assert!(!proves(&MasterKey::new(2, [1; 32]), &proof));
    }
}
