//! What every crate and file carries: rules `module-docs`, `readme` and `lints`.

use super::graph::Package;
use super::tables::OWN_LINTS;
use super::{SourceFile, Violation};

/// A Rust file of ours opens with `//!`, or takes its crate's README as its documentation.
pub(super) fn check_module_docs(file: &SourceFile) -> Option<Violation> {
    let ours = file.path.starts_with("crates/") || file.path.starts_with("xtask/");
    if !ours || !file.has_extension(&["rs"]) {
        return None;
    }
    let first = file.text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    if first.starts_with("//!") || first.starts_with("#![doc = include_str!(") {
        return None;
    }
    let message = "open with `//!`: what lives here, what does not, and what it keeps true";
    Some(Violation::new(&file.path, 1, "module-docs", message))
}

/// Every crate has a `README.md` beside its manifest. `is_file` answers for a path relative to the root.
pub(super) fn check_readmes(packages: &[Package], is_file: impl Fn(&str) -> bool) -> Vec<Violation> {
    let readme = |package: &Package| package.manifest.path.replace("Cargo.toml", "README.md");
    let missing = packages.iter().map(readme).filter(|path| !is_file(path));
    missing.map(|path| Violation::new(&path, 1, "readme", "every crate has a README.md")).collect()
}

/// Every crate takes the workspace's lints.
pub(super) fn check_lints(packages: &[Package]) -> Vec<Violation> {
    let takes = |package: &&Package| {
        let mut in_lints = false;
        package.manifest.text.lines().map(|line| line.replace(' ', "")).any(|line| {
            in_lints = if line.starts_with('[') { line == "[lints]" } else { in_lints };
            line == "lints.workspace=true" || in_lints && line == "workspace=true"
        })
    };
    let message = "take the workspace's lints: `[lints]`, `workspace = true`";
    let without = packages.iter().filter(|package| !takes(package));
    let without = without.filter(|package| OWN_LINTS.iter().all(|(path, _)| package.manifest.path != *path));
    without.map(|package| Violation::new(&package.manifest.path, 1, "lints", message)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::graph::planted::package;
    use super::{SourceFile, Violation, check_lints, check_module_docs, check_readmes};

    #[test]
    fn a_file_without_module_docs_is_reported() {
        for path in ["crates/kpi/src/plan.rs", "crates/kpi/tests/edge_rules.rs", "xtask/src/main.rs"] {
            for text in ["use std::fmt;\n//! Too late.\n", "// A comment.\n", "/// An item.\n", ""] {
                let found = check_module_docs(&SourceFile::new(path, text)).expect("one violation");
                assert_eq!((found.path.as_str(), found.line, found.rule), (path, 1, "module-docs"));
            }
        }
    }

    #[test]
    fn module_docs_or_the_readme_as_crate_docs_pass() {
        for text in ["//! Plans.\n", "\n//! Plans.\n", "#![doc = include_str!(\"../README.md\")]\n"] {
            assert_eq!(check_module_docs(&SourceFile::new("crates/kpi/src/lib.rs", text)), None);
        }
    }

    #[test]
    fn files_elsewhere_need_no_module_docs() {
        assert_eq!(check_module_docs(&SourceFile::new("scripts/check.py", "import csv\n")), None);
    }

    #[test]
    fn a_crate_without_a_readme_is_reported() {
        let packages = [package("salescope-kpi", &[]), package("salescope-domain", &[])];
        let found = Violation::new("crates/kpi/README.md", 1, "readme", "every crate has a README.md");
        assert_eq!(check_readmes(&packages, |path| path == "crates/domain/README.md"), [found]);
    }

    #[test]
    fn a_crate_without_the_workspace_lints_is_reported() {
        let mut planted = package("salescope-kpi", &[]);
        planted.manifest.text = "[package]\n[lints]\nworkspace = true\n".to_owned();
        assert_eq!(check_lints(&[planted.clone()]), []);
        planted.manifest.text = "[lints]\n[dependencies.serde]\nworkspace = true\n".to_owned();
        let message = "take the workspace's lints: `[lints]`, `workspace = true`";
        assert_eq!(check_lints(&[planted]), [Violation::new("crates/kpi/Cargo.toml", 1, "lints", message)]);
    }
}
