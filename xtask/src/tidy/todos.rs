//! A to-do marker in a comment names its issue, as `(#12)` right after it: rule `todo`.
//!
//! Only comments are read: in code the same letters may mean something else (the ISO code of "no currency" is one
//! of the markers).

use super::{SourceFile, Violation};

const MARKERS: [&str; 3] = ["TODO", "FIXME", "XXX"];

/// Every marker of one file that has no issue number.
pub(super) fn check(file: &SourceFile) -> Vec<Violation> {
    let openers: &[&str] = if file.has_extension(&["rs", "ts", "tsx"]) {
        &["//", "/*"]
    } else if file.has_extension(&["sh", "py"]) {
        &["#"]
    } else {
        return Vec::new();
    };
    let mut violations = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let comment = comment_of(line, openers);
        for marker in MARKERS.into_iter().filter(|marker| is_unnumbered(comment, marker)) {
            let message = format!("`{marker}` without an issue number: write `{marker}(#12)`, or do it now");
            violations.push(Violation::new(&file.path, index + 1, "todo", message));
        }
    }
    violations
}

/// What stands after the first opener; a line that begins with `*` continues a block comment.
fn comment_of<'a>(line: &'a str, openers: &[&str]) -> &'a str {
    let start = openers.iter().filter_map(|opener| line.find(opener)).min();
    match start {
        Some(start) => &line[start..],
        None if line.trim_start().starts_with('*') => line,
        None => "",
    }
}

/// Whether `marker` stands in `comment` as a word of its own and without `(#number)` after it.
fn is_unnumbered(comment: &str, marker: &str) -> bool {
    comment.match_indices(marker).any(|(start, _)| {
        let (before, after) = (&comment[..start], &comment[start + marker.len()..]);
        let is_word_part = |c: char| c.is_alphanumeric() || c == '_';
        let is_word = !before.ends_with(is_word_part) && !after.starts_with(is_word_part);
        is_word && !has_issue_number(after)
    })
}

fn has_issue_number(after: &str) -> bool {
    let number = after.strip_prefix("(#").and_then(|rest| rest.split_once(')')).map(|(number, _)| number);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{MARKERS, SourceFile, Violation, check};

    #[test]
    fn each_marker_without_a_number_is_reported_at_its_line() {
        for marker in MARKERS {
            for (path, opener) in
                [("a.rs", "//"), ("a.ts", "/*"), ("a.tsx", " * "), ("a.sh", "#"), ("a.py", "#")]
            {
                for after in [": later", "", "(#): later", "(someone): later", "(#1a)"] {
                    let file = SourceFile::new(path, format!("first\n{opener} {marker}{after}\n"));
                    let message =
                        format!("`{marker}` without an issue number: write `{marker}(#12)`, or do it now");
                    assert_eq!(check(&file), [Violation::new(path, 2, "todo", message)], "{}", file.text);
                }
            }
        }
    }

    #[test]
    fn a_marker_with_a_number_passes() {
        for marker in MARKERS {
            assert_eq!(check(&SourceFile::new("a.rs", format!("let a = 1; // {marker}(#12): later\n"))), []);
        }
    }

    #[test]
    fn the_same_letters_in_code_or_inside_a_word_pass() {
        for text in ["let none = \"XXX\";\n", "// FOLDER.XXXXXX\n", "// MASTODON\n"] {
            assert_eq!(check(&SourceFile::new("a.rs", text)), [], "{text}");
        }
    }

    #[test]
    fn other_files_are_not_read() {
        assert_eq!(check(&SourceFile::new("a.md", "# TODO\n")), []);
    }
}
