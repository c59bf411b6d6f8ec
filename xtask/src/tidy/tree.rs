//! Reads the source files below the workspace's root. Decides nothing but which folders to leave out.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::SourceFile;
use super::tables::{FOLDERS_LEFT_OUT, SOURCE_EXTENSIONS};

/// Every source file below `root`. Links are not followed.
pub(super) fn read(root: &Path) -> anyhow::Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() && !is_left_out(&entry.file_name().to_string_lossy()) {
                folders.push(path);
            } else if kind.is_file() && is_source(&path) {
                let text =
                    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
                files.push(SourceFile { path: relative(root, &path), text });
            }
        }
    }
    Ok(files)
}

/// `path` as rules and reports write it: relative to `root`, with `/`.
pub(super) fn relative(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn is_left_out(folder: &str) -> bool {
    folder.starts_with('.') || FOLDERS_LEFT_OUT.contains(&folder)
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| SOURCE_EXTENSIONS.iter().any(|known| extension == *known))
}
