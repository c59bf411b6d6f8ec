//! The workspace's packages and what their manifests declare, as values that rules can be tested on.
//!
//! [`read`] is the only function here that runs anything (`cargo metadata`, without resolving: no network needed).

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use cargo_metadata::{DependencyKind, MetadataCommand};

use super::{SourceFile, Violation, tree};

/// One package of the workspace.
#[derive(Clone, Debug)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) manifest: SourceFile,
    pub(super) dependencies: Vec<Dependency>,
}

/// One declared dependency, optional ones included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dependency {
    /// The package's own name.
    pub(super) name: String,
    /// The name that the manifest gives it.
    pub(super) key: String,
    pub(super) section: Section,
}

/// The part of the manifest that declares a dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Normal,
    Build,
    Dev,
}

impl Section {
    fn title(self) -> &'static str {
        match self {
            Self::Normal => "dependencies",
            Self::Build => "build-dependencies",
            Self::Dev => "dev-dependencies",
        }
    }
}

impl Package {
    /// A violation at the line of the manifest that declares `dependency`.
    pub(super) fn violation(
        &self,
        dependency: &Dependency,
        rule: &'static str,
        message: String,
    ) -> Violation {
        let line = line_of(&self.manifest.text, dependency);
        Violation::new(&self.manifest.path, line, rule, message)
    }
}

/// The line that declares `dependency`, or 1 when the manifest is written in a way not foreseen here.
fn line_of(manifest: &str, dependency: &Dependency) -> usize {
    let mut in_section = false;
    for (index, line) in manifest.lines().map(str::trim).enumerate() {
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            let (section, key) = split_header(header);
            in_section = section == dependency.section.title();
            if in_section && key == Some(&dependency.key) {
                return index + 1;
            }
        } else if in_section && line.split(['=', '.', ' ']).next() == Some(&dependency.key) {
            return index + 1;
        }
    }
    1
}

/// `target.'cfg(unix)'.dependencies.sqlx` is the section `dependencies` and the key `sqlx`.
fn split_header(header: &str) -> (&str, Option<&str>) {
    let last = |text: &str| text.rfind('.').map_or(0, |dot| dot + 1);
    let tail = &header[last(header)..];
    let before = header[..last(header)].trim_end_matches('.');
    let parent = &before[last(before)..];
    if parent.ends_with("dependencies") { (parent, Some(tail)) } else { (tail, None) }
}

/// Asks cargo for the packages of the workspace around the current directory, and for its root.
pub(super) fn read() -> anyhow::Result<(PathBuf, Vec<Package>)> {
    let metadata = MetadataCommand::new().no_deps().exec().context("`cargo metadata` failed")?;
    let root = metadata.workspace_root.clone().into_std_path_buf();
    let mut packages = Vec::new();
    for package in &metadata.packages {
        let path = package.manifest_path.as_std_path();
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        packages.push(Package {
            name: package.name.to_string(),
            manifest: SourceFile { path: tree::relative(&root, path), text },
            dependencies: package.dependencies.iter().map(dependency).collect(),
        });
    }
    Ok((root, packages))
}

fn dependency(declared: &cargo_metadata::Dependency) -> Dependency {
    Dependency {
        name: declared.name.clone(),
        key: declared.rename.clone().unwrap_or_else(|| declared.name.clone()),
        section: match declared.kind {
            DependencyKind::Build => Section::Build,
            DependencyKind::Development => Section::Dev,
            _ => Section::Normal,
        },
    }
}

/// What rule tests plant.
#[cfg(test)]
pub(super) mod planted {
    use super::{Dependency, Package, Section, SourceFile};

    /// A package in `crates/`, with a manifest that declares `dependencies`, one per line, from line 4 on.
    pub(in super::super) fn package(name: &str, dependencies: &[(Section, &str)]) -> Package {
        let folder = name.strip_prefix("salescope-").unwrap_or(name);
        let mut text = format!("[package]\nname = \"{name}\"\nlints.workspace = true\n");
        for (section, dependency) in dependencies {
            text.push_str(&format!("[{}.{dependency}]\n", section.title()));
        }
        let dependencies = dependencies
            .iter()
            .map(|&(section, name)| Dependency { name: name.to_owned(), key: name.to_owned(), section })
            .collect();
        let manifest = SourceFile::new(&format!("crates/{folder}/Cargo.toml"), text);
        Package { name: name.to_owned(), manifest, dependencies }
    }
}

#[cfg(test)]
mod tests {
    use super::{Dependency, Section, line_of};

    const MANIFEST: &str = "[package]
name = \"sqlx\"
[dependencies]
sqlx.workspace = true
[target.'cfg(unix)'.dependencies]
nix = \"1\"
[dev-dependencies]
sqlx-extra = \"1\"
sqlx = { workspace = true }
[build-dependencies.sqlx]
workspace = true
";

    fn line(section: Section, key: &str) -> usize {
        line_of(MANIFEST, &Dependency { name: key.to_owned(), key: key.to_owned(), section })
    }

    #[test]
    fn a_dependency_is_found_in_its_own_section() {
        assert_eq!(line(Section::Normal, "sqlx"), 4);
        assert_eq!(line(Section::Normal, "nix"), 6);
        assert_eq!(line(Section::Dev, "sqlx"), 9);
        assert_eq!(line(Section::Build, "sqlx"), 10);
    }

    #[test]
    fn a_dependency_that_is_not_found_is_reported_at_the_first_line() {
        assert_eq!(line(Section::Build, "nix"), 1);
    }
}
