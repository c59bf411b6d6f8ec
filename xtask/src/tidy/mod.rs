//! `cargo xtask tidy`: the rules of this workspace that the compiler cannot see.
//!
//! A rule is a function from values to [`Violation`]s and has its own module; [`check_workspace`] reads the tree
//! and runs them all. What the rules allow is data, in [`tables`].

mod dependencies;
mod docs;
mod graph;
mod layers;
mod lengths;
mod tables;
mod todos;
mod tree;
mod walls;

use std::{fmt, fs};

use anyhow::Context as _;

/// One broken rule, shown as `path:line: rule: message`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    /// Relative to the workspace's root, with `/` between its parts.
    path: String,
    /// Counted from 1.
    line: usize,
    rule: &'static str,
    message: String,
}

impl Violation {
    fn new(path: &str, line: usize, rule: &'static str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, rule, message: message.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.path, self.line, self.rule, self.message)
    }
}

/// A file of the tree: its path relative to the root (with `/`), and its whole text.
#[derive(Clone, Debug)]
struct SourceFile {
    path: String,
    text: String,
}

impl SourceFile {
    #[cfg(test)]
    fn new(path: &str, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), text: text.into() }
    }

    fn has_extension(&self, extensions: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
    }
}

/// Reads the workspace that the current directory belongs to and applies every rule, in order of path and line.
pub(crate) fn check_workspace() -> anyhow::Result<Vec<Violation>> {
    let (root, packages) = graph::read()?;
    let files = tree::read(&root)?;
    let mut violations = check(&packages, &files);
    violations.extend(docs::check_readmes(&packages, |path| root.join(path).is_file()));
    let reasons = fs::read_to_string(root.join(dependencies::REASONS)).context(dependencies::REASONS)?;
    violations.extend(dependencies::check(&packages, &reasons));
    violations.sort();
    Ok(violations)
}

/// Every rule that needs nothing but the packages and the files' text.
fn check(packages: &[graph::Package], files: &[SourceFile]) -> Vec<Violation> {
    let mut violations = layers::check(packages);
    violations.extend(walls::check(packages));
    violations.extend(docs::check_lints(packages));
    for file in files {
        violations.extend(lengths::check(file));
        violations.extend(docs::check_module_docs(file));
        violations.extend(todos::check(file));
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::graph::Section;
    use super::graph::planted::package;
    use super::{SourceFile, Violation, check};

    #[test]
    fn a_violation_is_shown_as_path_line_rule_message() {
        let violation = Violation::new("crates/kpi/src/lib.rs", 7, "fn-length", "too long");
        assert_eq!(violation.to_string(), "crates/kpi/src/lib.rs:7: fn-length: too long");
    }

    #[test]
    fn every_rule_is_run_on_every_package_and_file() {
        let packages =
            [package("salescope-kpi", &[(Section::Normal, "salescope-store"), (Section::Dev, "sqlx")])];
        let mut bare = package("salescope-domain", &[]);
        bare.manifest.text.clear();
        let marker = "TODO";
        let text = format!("// {marker}\nfn long() {{\n{}}}\n", "work();\n".repeat(400));
        let files = [SourceFile::new("crates/kpi/src/lib.rs", text)];
        let [one] = packages;
        let mut rules: Vec<_> = check(&[one, bare], &files).iter().map(|violation| violation.rule).collect();
        rules.sort_unstable();
        assert_eq!(rules, ["file-length", "fn-length", "layers", "lints", "module-docs", "todo", "walls"]);
    }
}
