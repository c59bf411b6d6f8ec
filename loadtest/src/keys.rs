//! The organisations that are driven and their API keys: the file that `prepare` writes and the other commands read.

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What opens one organisation's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OrgKey {
    /// The organisation's short name.
    pub(crate) org: String,
    /// Its API key.
    pub(crate) key: String,
}

/// The file of `prepare`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyFile {
    /// How many journal entries each organisation had when it was new: its settings. A recount leaves them out.
    pub(crate) entries_when_new: u64,
    /// The organisations.
    pub(crate) orgs: Vec<OrgKey>,
}

impl KeyFile {
    /// Reads the file and keeps the first `orgs` organisations (all where `None`).
    pub(crate) fn read(path: &Path, orgs: Option<usize>) -> Result<Self> {
        let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut file: Self =
            serde_json::from_slice(&text).with_context(|| format!("{} is no key file", path.display()))?;
        let wanted = orgs.unwrap_or(file.orgs.len());
        ensure!(
            wanted <= file.orgs.len() && wanted > 0,
            "{} has {} organisations, {wanted} are asked for",
            path.display(),
            file.orgs.len()
        );
        file.orgs.truncate(wanted);
        Ok(file)
    }

    /// Keys of organisations that no one checks, for peers without accounts.
    pub(crate) fn made_up(orgs: usize) -> Self {
        let made =
            (0..orgs).map(|at| OrgKey { org: format!("peer-{at:06}"), key: format!("peer-key-{at:06}") });
        Self { entries_when_new: 0, orgs: made.collect() }
    }

    /// Writes the file, readable by its owner only: keys are secrets.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        use std::os::unix::fs::OpenOptionsExt;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let file = options.open(path).with_context(|| format!("cannot write {}", path.display()))?;
        serde_json::to_writer(std::io::BufWriter::new(file), self)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_read_back_and_cut_to_the_number_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let file = KeyFile::made_up(3);
        file.write(&path).unwrap();
        assert_eq!(KeyFile::read(&path, None).unwrap(), file);
        assert_eq!(KeyFile::read(&path, Some(2)).unwrap().orgs, file.orgs[..2]);
        assert!(KeyFile::read(&path, Some(4)).is_err());
    }
}
