//! The master key: it wraps the organisations' data keys and nothing else.
//!
//! Invariant: one key at a time, with a version that goes up when it is replaced; each wrapped key says which one closed it.

use super::secret::{SECRET_BYTES, Secret};
use super::{HistoryError, envelope};
use crate::StoreError;
use envelope::Place;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

/// The version of a key that nobody has replaced.
const FIRST_VERSION: u32 = 1;

/// The key that data keys are wrapped with. Comes from the operator, or from a file beside the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MasterKey {
    version: u32,
    secret: Secret,
}

impl MasterKey {
    /// A key that the operator keeps elsewhere, such as in a secret store: 32 random bytes. `version` goes up when it is
    /// replaced by another.
    #[must_use]
    pub fn new(version: u32, bytes: [u8; SECRET_BYTES]) -> Self {
        Self { version, secret: Secret::new(bytes) }
    }

    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    /// Closes a data key, or the empty text by which a wrong master key is found out.
    pub(crate) fn wrap(&self, place: &Place, plain: &[u8]) -> Vec<u8> {
        envelope::close(&self.secret, place, plain)
    }

    /// Opens what [`Self::wrap`] closed.
    pub(crate) fn unwrap(&self, place: &Place, wrapped: &[u8]) -> Result<Vec<u8>, crate::Damage> {
        envelope::open(&self.secret, place, wrapped)
    }

    /// Reads the key from its file; `None` when there is none.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, StoreError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => zeroize::Zeroizing::new(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(io_error("read", path, source)),
        };
        let key = <[u8; SECRET_BYTES]>::try_from(bytes.as_slice());
        let key = key.map_err(|_| HistoryError::MasterKeyInvalid {
            path: path.to_owned(),
            bytes: bytes.len(),
            expected: SECRET_BYTES,
        })?;
        Ok(Some(Self::new(FIRST_VERSION, key)))
    }

    /// Makes a key and keeps it in a file that only its owner may read. It is on the disk when this answers, as what it
    /// closes cannot be opened without it.
    pub(crate) fn create(path: &Path) -> Result<Self, StoreError> {
        let key = Self { version: FIRST_VERSION, secret: Secret::random() };
        // Under another name first: a crash leaves no half a key.
        let draft = path.with_extension("key.draft");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft).map_err(|source| io_error("create", &draft, source))?;
        file.write_all(key.secret.bytes())
            .and_then(|()| file.sync_all())
            .map_err(|source| io_error("write", &draft, source))?;
        std::fs::rename(&draft, path).map_err(|source| io_error("create", path, source))?;
        sync_dir(path)?;
        Ok(key)
    }
}

/// Makes a new name durable. Only Unix opens directories as files; elsewhere the system does it with the file.
fn sync_dir(path: &Path) -> Result<(), StoreError> {
    match path.parent() {
        Some(dir) if cfg!(unix) => {
            File::open(dir).and_then(|dir| dir.sync_all()).map_err(|source| io_error("write", dir, source))
        }
        _ => Ok(()),
    }
}

fn io_error(doing: &'static str, path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Io { doing, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_created_key_is_read_back_and_is_its_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("master.key");
        assert_eq!(MasterKey::read(&path).unwrap(), None);
        let key = MasterKey::create(&path).unwrap();
        assert_eq!(MasterKey::read(&path).unwrap(), Some(key));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_is_no_key_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("master.key");
        std::fs::write(&path, b"short").unwrap();
        let error = MasterKey::read(&path).unwrap_err();
        assert!(error.to_string().contains("5 bytes where a key has 32"), "{error}");
    }

    #[test]
    fn a_key_does_not_show_when_it_is_printed() {
        assert_eq!(format!("{:?}", MasterKey::new(1, [7; 32])), "MasterKey { version: 1, secret: (secret) }");
    }
}
