//! How long files and functions may be: rules `file-length` and `fn-length`.
//!
//! Functions are found in the stream of tokens, not in a parsed tree: so those inside a macro's body (a property
//! test, say) count as well.

use std::str::FromStr as _;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::tables::{FILE_LINES_LIMIT, FILE_LINES_MAX, FN_LINES_MAX, LONG_FILES};
use super::{SourceFile, Violation};

/// Both rules on one file; files that are neither Rust nor TypeScript pass, and declarations (`.d.ts`), which are generated.
pub(super) fn check(file: &SourceFile) -> Vec<Violation> {
    let mut violations = Vec::new();
    if file.has_extension(&["rs", "ts", "tsx"]) && !file.path.ends_with(".d.ts") {
        violations.extend(check_file(file, LONG_FILES));
    }
    if file.has_extension(&["rs"]) {
        violations.extend(check_functions(file));
    }
    violations
}

fn check_file(file: &SourceFile, long_files: &[(&str, &str)]) -> Option<Violation> {
    let lines = file.text.lines().count();
    let allowed = long_files.iter().any(|(path, _)| *path == file.path);
    let message = if lines > FILE_LINES_LIMIT {
        format!("{lines} lines; over {FILE_LINES_LIMIT} it is two files, whatever the reason")
    } else if lines > FILE_LINES_MAX && !allowed {
        format!("{lines} lines, {FILE_LINES_MAX} are long: split it, or list it with a reason")
    } else {
        return None;
    };
    Some(Violation::new(&file.path, FILE_LINES_MAX + 1, "file-length", message))
}

fn check_functions(file: &SourceFile) -> Vec<Violation> {
    let mut violations = Vec::new();
    match TokenStream::from_str(&file.text) {
        Ok(tokens) => visit(tokens, &mut |name, first, last| {
            let lines = last - first + 1;
            if lines > FN_LINES_MAX {
                let message = format!("`{name}` has {lines} lines, {FN_LINES_MAX} fit a screen");
                violations.push(Violation::new(&file.path, first, "fn-length", message));
            }
        }),
        Err(error) => {
            let (line, message) = (error.span().start().line, format!("not Rust: {error}"));
            violations.push(Violation::new(&file.path, line, "fn-length", message));
        }
    }
    violations
}

/// Calls `found(name, first line, last line)` for each function with a body, the nested ones too.
fn visit(tokens: TokenStream, found: &mut impl FnMut(&str, usize, usize)) {
    let mut open: Option<(String, usize)> = None;
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Ident(word) if word == "fn" => {
                // `fn(u8) -> u8` is a type: no name follows.
                if let Some(TokenTree::Ident(name)) = trees.peek() {
                    open = Some((name.to_string(), word.span().start().line));
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => open = None,
            TokenTree::Group(group) => {
                if let (Delimiter::Brace, Some((name, first))) = (group.delimiter(), &open) {
                    found(name, *first, last_line(&group));
                    open = None;
                }
                visit(group.stream(), found);
            }
            _ => {}
        }
    }
}

fn last_line(group: &Group) -> usize {
    group.span_close().end().line
}

#[cfg(test)]
mod tests {
    use super::{FILE_LINES_LIMIT, FILE_LINES_MAX, FN_LINES_MAX, SourceFile, Violation, check, check_file};

    fn lines(count: usize) -> String {
        "// line\n".repeat(count)
    }

    /// A function of `count` lines from the `fn` to the closing brace.
    fn function(count: usize) -> String {
        format!("fn planted() {{\n{}}}\n", "    work();\n".repeat(count - 2))
    }

    fn check_text(text: impl Into<String>) -> Vec<Violation> {
        check(&SourceFile::new("crates/kpi/src/lib.rs", text))
    }

    #[test]
    fn a_file_of_the_greatest_length_passes() {
        assert_eq!(check_text(lines(FILE_LINES_MAX)), []);
    }

    #[test]
    fn a_longer_file_is_reported_unless_it_is_listed() {
        let file = SourceFile::new("web/src/table.tsx", lines(FILE_LINES_MAX + 1));
        let message = "401 lines, 400 are long: split it, or list it with a reason";
        assert_eq!(check(&file), [Violation::new("web/src/table.tsx", 401, "file-length", message)]);
        assert_eq!(check_file(&file, &[("web/src/table.tsx", "one table")]), None);
    }

    #[test]
    fn a_file_over_the_limit_is_reported_even_when_it_is_listed() {
        let file = SourceFile::new("a.rs", lines(FILE_LINES_LIMIT + 1));
        let message = "801 lines; over 800 it is two files, whatever the reason";
        let found = Violation::new("a.rs", 401, "file-length", message);
        assert_eq!(check_file(&file, &[("a.rs", "one table")]), Some(found));
    }

    #[test]
    fn other_files_may_be_long() {
        assert_eq!(check(&SourceFile::new("scripts/check.py", lines(1000))), []);
        assert_eq!(check(&SourceFile::new("web/src/schema.d.ts", lines(1000))), []);
    }

    #[test]
    fn a_function_that_fits_a_screen_passes() {
        assert_eq!(check_text(function(FN_LINES_MAX)), []);
    }

    #[test]
    fn a_longer_function_is_reported_at_its_first_line() {
        let message = "`planted` has 71 lines, 70 fit a screen";
        let found = Violation::new("crates/kpi/src/lib.rs", 3, "fn-length", message);
        assert_eq!(check_text(format!("type F = fn(u8) -> u8;\n\n{}", function(FN_LINES_MAX + 1))), [found]);
    }

    #[test]
    fn a_method_a_test_and_a_macro_body_count_as_well() {
        for (before, after) in [("impl A {\n", "}"), ("mod tests {\n#[test]\n", "}"), ("proptest! {\n", "}")]
        {
            let found = check_text(format!("{before}{}{after}", function(FN_LINES_MAX + 1)));
            assert!(
                matches!(found.as_slice(), [Violation { rule: "fn-length", .. }]),
                "{before}: {found:#?}"
            );
        }
    }

    #[test]
    fn a_declaration_without_a_body_does_not_take_the_next_block() {
        let text = format!("trait T {{ fn declared(); }}\nmod m {{\n{}}}\n", "use a;\n".repeat(100));
        assert_eq!(check_text(text), []);
    }

    #[test]
    fn a_file_that_is_not_rust_is_reported() {
        let found = check_text("fn broken() {");
        assert!(matches!(found.as_slice(), [Violation { rule: "fn-length", .. }]), "{found:#?}");
    }
}
