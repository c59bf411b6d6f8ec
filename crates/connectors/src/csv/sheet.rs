//! From text to a header and rows: RFC 4180, with the delimiter found in the header row.

use super::ImportError;
use csv::{Position, ReaderBuilder, StringRecord};
use std::ops::Range;

/// Most rows of a file: an import is held in memory, some 1 KB for each row.
pub const ROWS_MAX: usize = 2_000_000;
/// Most columns of a file.
pub const COLUMNS_MAX: usize = 512;
/// Longest cell, in bytes.
pub const FIELD_BYTES_MAX: usize = 1 << 20;

/// What may separate cells, the usual one first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A file's text with its header.
pub(super) struct Sheet {
    text: String,
    delimiter: u8,
    /// Column names, trimmed, without the nameless ones at the end.
    pub(super) headers: Vec<String>,
}

/// A row as it stands in the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The line on which it begins, from 1.
    pub(super) line: u64,
    /// Its cells, as many as there are headers.
    pub(super) cells: StringRecord,
    /// What is wrong with its form, if anything: a code and a reason.
    pub(super) fault: Option<(&'static str, String)>,
}

impl Sheet {
    /// Reads the header row; the delimiter is the declared one, else the one that stands most often in it.
    pub(super) fn new(file: &str, text: String, declared: Option<u8>) -> Result<Self, ImportError> {
        let delimiter = declared.unwrap_or_else(|| sniff(&text));
        let mut headers = header_cells(&text, delimiter);
        while headers.last().is_some_and(String::is_empty) {
            headers.pop();
        }
        if headers.is_empty() {
            return Err(ImportError::NoHeader { file: file.to_owned() });
        }
        if headers.len() > COLUMNS_MAX {
            return Err(ImportError::TooMany { file: file.to_owned(), what: "columns", max: COLUMNS_MAX });
        }
        Ok(Self { text, delimiter, headers })
    }

    /// The rows after the header. Those without any text (spreadsheets leave such behind) are no rows.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row> {
        let mut reader = reader(&self.text, self.delimiter);
        let mut cells = StringRecord::new();
        let mut after_header = false;
        std::iter::from_fn(move || {
            loop {
                let start = reader.position().clone();
                let more = reader.read_record(&mut cells).expect("text in memory is read without errors");
                if !more {
                    return None;
                }
                if !after_header {
                    after_header = true;
                } else if cells.iter().any(|cell| !cell.trim().is_empty()) {
                    let span = byte(&start)..byte(reader.position());
                    return Some(self.row(&start, span, &cells));
                }
            }
        })
    }

    fn row(&self, start: &Position, span: Range<usize>, cells: &StringRecord) -> Row {
        let raw = &self.text[span.clone()];
        // The reader's position stands before the blank lines that it skips.
        let blank = raw.bytes().take_while(|byte| matches!(byte, b'\n' | b'\r'));
        let line = start.line() + blank.filter(|byte| *byte == b'\n').count() as u64;
        let fault = self.fault(raw, span.end == self.text.len(), cells);
        let mut cells = cells.clone();
        if fault.is_none() {
            cells.truncate(self.headers.len());
        }
        Row { line, cells, fault }
    }

    fn fault(&self, raw: &str, last: bool, cells: &StringRecord) -> Option<(&'static str, String)> {
        let quotes = raw.bytes().filter(|byte| *byte == b'"').count();
        if last && quotes % 2 == 1 && raw.trim_end().contains('\n') {
            let reason = "a quotation mark opens here and is never closed: everything after it is one cell";
            return Some(("unclosed_quote", reason.to_owned()));
        }
        let (count, expected) = (cells.len(), self.headers.len());
        if count < expected || cells.iter().skip(expected).any(|cell| !cell.trim().is_empty()) {
            let reason = format!("the row has {count} cells, the header has {expected} columns");
            return Some(("wrong_cell_count", reason));
        }
        let longest = cells.iter().map(str::len).max().unwrap_or(0);
        if longest > FIELD_BYTES_MAX {
            let reason = format!("a cell has {longest} bytes; the most is {FIELD_BYTES_MAX}");
            return Some(("cell_too_large", reason));
        }
        None
    }
}

fn byte(position: &Position) -> usize {
    usize::try_from(position.byte()).expect("a text in memory is shorter than the address space")
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    let mut builder = ReaderBuilder::new();
    builder.delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes())
}

/// The delimiter that stands most often in the header row outside quotation marks; of equal ones the usual one.
fn sniff(text: &str) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some(at) = DELIMITERS.iter().position(|delimiter| *delimiter == byte) {
                    counts[at] += 1;
                }
            }
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    let at = counts.iter().position(|count| *count == most).unwrap_or(0);
    DELIMITERS[at]
}

fn header_cells(text: &str, delimiter: u8) -> Vec<String> {
    let mut cells = StringRecord::new();
    reader(text, delimiter).read_record(&mut cells).expect("text in memory is read without errors");
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> Sheet {
        Sheet::new("a.csv", text.to_owned(), None).unwrap()
    }

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        let cells = |row: &Row| row.cells.iter().map(str::to_owned).collect();
        sheet(text).rows().map(|row| (row.line, cells(&row))).collect()
    }

    fn faults(text: &str) -> Vec<&'static str> {
        sheet(text).rows().filter_map(|row| row.fault.map(|(code, _)| code)).collect()
    }

    #[test]
    fn the_delimiter_is_the_one_that_stands_most_often_in_the_header() {
        for (text, columns) in [
            ("a,b;c,d\n", &["a", "b;c", "d"][..]),
            ("a;b;c\n1,5;2;3", &["a", "b", "c"]),
            ("a\tb\n", &["a", "b"]),
            ("a|b|\"c,d,e,f\"\n", &["a", "b", "c,d,e,f"]),
            ("only\n", &["only"]),
            (" a , b ,,\n", &["a", "b"]),
        ] {
            assert_eq!(sheet(text).headers, columns, "{text:?}");
        }
        let declared = Sheet::new("a.csv", "a,b;c,d".to_owned(), Some(b';')).unwrap();
        assert_eq!(declared.headers, ["a,b", "c,d"]);
        assert!(matches!(Sheet::new("a.csv", String::new(), None), Err(ImportError::NoHeader { .. })));
    }

    #[test]
    fn quotes_line_breaks_and_blank_lines_keep_line_numbers_right() {
        let text = "id,note\r\n1,\"two\nlines, and a \"\"quote\"\"\"\r\n\r\n\r\n2,plain\r\n,\r\n3,last";
        let expected = [
            (2, vec!["1".to_owned(), "two\nlines, and a \"quote\"".to_owned()]),
            (6, vec!["2".to_owned(), "plain".to_owned()]),
            (8, vec!["3".to_owned(), "last".to_owned()]),
        ];
        assert_eq!(rows(text), expected);
    }

    #[test]
    fn rows_of_the_wrong_form_have_a_fault_and_empty_cells_at_the_end_do_not_matter() {
        assert_eq!(faults("a,b\n1\n1,2\n1,2,,\n1,2,3\n"), ["wrong_cell_count", "wrong_cell_count"]);
        assert_eq!(faults("a,b\n1,2\n3,\"open\n4,5\n6,7\n"), ["unclosed_quote"]);
        assert_eq!(faults("a,b\n1,5\" pipe\n"), [""; 0]);
        let long = format!("a\n{}\n", "x".repeat(FIELD_BYTES_MAX + 1));
        assert_eq!(faults(&long), ["cell_too_large"]);
        let wide = vec!["c"; COLUMNS_MAX + 1].join(",");
        assert!(matches!(Sheet::new("a.csv", wide, None), Err(ImportError::TooMany { .. })));
    }
}
