//! Every third-party crate has a line in `docs/dependencies.md` that says why it is here: rule `dependencies`.

use super::Violation;
use super::graph::Package;

/// Where the reasons stand, relative to the root.
pub(super) const REASONS: &str = "docs/dependencies.md";

/// Every use of a crate that `reasons`, the text of [`REASONS`], has no table line for.
pub(super) fn check(packages: &[Package], reasons: &str) -> Vec<Violation> {
    let mut violations = Vec::new();
    for package in packages {
        for dependency in &package.dependencies {
            let is_ours = packages.iter().any(|package| package.name == dependency.name);
            let start = format!("| `{}` |", dependency.name);
            if !is_ours && !reasons.lines().any(|line| line.starts_with(&start)) {
                let message = format!("`{}` has no line in {REASONS}: say why it is here", dependency.name);
                violations.push(package.violation(dependency, "dependencies", message));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::super::graph::Section;
    use super::super::graph::planted::package;
    use super::{Violation, check};

    #[test]
    fn a_dependency_without_a_reason_is_reported() {
        let packages = [
            package("salescope-domain", &[(Section::Normal, "serde"), (Section::Dev, "proptest")]),
            package("salescope-kpi", &[(Section::Normal, "salescope-domain"), (Section::Normal, "serde")]),
        ];
        let message = "`proptest` has no line in docs/dependencies.md: say why it is here";
        let found = Violation::new("crates/domain/Cargo.toml", 5, "dependencies", message);
        assert_eq!(check(&packages, "| `serde` | data formats |\n`proptest` is not a line\n"), [found]);
    }
}
