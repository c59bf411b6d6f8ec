//! The files of an export: which ones are read, and where rejected rows go.

use crate::problem::problem;
use anyhow::{Context, Result};
use salescope_connectors::csv::{
    FILE_BYTES_MAX, ImportError, Mapping, Reject, SourceFile, preset, write_rejects,
};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The ends of names that an export's tables may have.
const ENDINGS: [&str; 4] = ["csv", "tsv", "txt", "tab"];

/// Most files of a directory that are looked into for a known layout.
const FILES_MAX: usize = 1_000;

/// What rejected rows are written to when no other name is given.
const REJECTED: &str = "rejected.csv";

/// The mapping (read from `mapping`, else chosen by header rows) and the files that it needs.
pub(crate) fn load(dir: &Path, mapping: Option<&Path>) -> Result<(Mapping, Vec<SourceFile>)> {
    if !dir.is_dir() {
        let detail =
            format!("{} is not a directory: give the one that holds the export's files", dir.display());
        return Err(problem("no_export", detail));
    }
    let mapping = match mapping {
        Some(file) => {
            let yaml = fs::read_to_string(file)
                .with_context(|| format!("could not read the mapping file {}", file.display()))?;
            Mapping::parse(&yaml).with_context(|| format!("{} cannot be used", file.display()))?
        }
        None => {
            preset::detect(&heads(dir)?).with_context(|| format!("{} was not imported", dir.display()))?.0
        }
    };
    let names: BTreeSet<&str> = mapping.tables.iter().map(|table| table.file.as_str()).collect();
    let files = names.into_iter().filter_map(|name| read(dir, name).transpose());
    let files = files.collect::<Result<_>>()?;
    Ok((mapping, files))
}

/// Names and beginnings of the files that may be tables.
fn heads(dir: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let looking = || format!("could not look into {}", dir.display());
    let mut heads = Vec::new();
    for entry in fs::read_dir(dir).with_context(looking)? {
        let path = entry.with_context(looking)?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if !path.is_file() || !ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
            continue;
        }
        if heads.len() == FILES_MAX {
            let detail = format!("{} has more than {FILES_MAX} files: give a mapping file", dir.display());
            return Err(problem("too_many_files", detail));
        }
        let mut head = Vec::new();
        let file = File::open(&path).with_context(|| format!("could not open {}", path.display()))?;
        file.take(preset::HEAD_BYTES as u64)
            .read_to_end(&mut head)
            .with_context(|| format!("could not read {}", path.display()))?;
        heads.push((name.to_owned(), head));
    }
    heads.sort();
    Ok(heads)
}

/// A file of the export; nothing where it is not there.
fn read(dir: &Path, name: &str) -> Result<Option<SourceFile>> {
    let path = dir.join(name);
    if !path.is_file() {
        return Ok(None);
    }
    let reading = || format!("could not read {}", path.display());
    let bytes = fs::metadata(&path).with_context(reading)?.len();
    if bytes > FILE_BYTES_MAX {
        return Err(ImportError::FileTooLarge { file: name.to_owned(), bytes, max: FILE_BYTES_MAX }.into());
    }
    Ok(Some(SourceFile { name: name.to_owned(), bytes: fs::read(&path).with_context(reading)? }))
}

/// Writes the rejected rows and says where; nothing where there are none.
pub(crate) fn write_rejected(
    dir: &Path,
    asked: Option<&Path>,
    rejects: &[Reject],
) -> Result<Option<PathBuf>> {
    if rejects.is_empty() {
        return Ok(None);
    }
    let content = write_rejects(rejects);
    if let Some(path) = asked {
        fs::write(path, content)
            .with_context(|| format!("the import is done, but {} could not be written", path.display()))?;
        return Ok(Some(path.to_owned()));
    }
    let beside = dir.join(REJECTED);
    if fs::write(&beside, &content).is_ok() {
        return Ok(Some(beside));
    }
    let here = PathBuf::from(REJECTED);
    fs::write(&here, content).context(
        "the import is done, but the rejected rows could be written neither beside the export nor here: give a --rejected",
    )?;
    Ok(Some(here))
}
