//! What goes to the terminal: answers on standard output, progress and problems on standard error.

use std::io::{self, Write};
use std::process::ExitCode;

/// Prints an answer.
pub(crate) fn answer(text: &str) {
    // Nothing can be done where the reader is gone.
    let _ = writeln!(io::stdout().lock(), "{}", text.trim_end());
}

/// Prints what goes on meanwhile.
pub(crate) fn progress(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Prints why a command failed.
pub(crate) fn failure(error: &anyhow::Error) -> ExitCode {
    progress(&format!("salescope-loadtest: {error:#}"));
    ExitCode::FAILURE
}

/// An aligned table, all columns to the right but the first.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let cells = |at: usize| rows.iter().map(move |row| row[at].as_str()).chain([header[at]]);
    let widths: Vec<usize> =
        (0..header.len()).map(|at| cells(at).map(|cell| cell.chars().count()).max().unwrap_or(0)).collect();
    let line = |row: &[String]| {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let blanks = " ".repeat(widths[at].saturating_sub(cell.chars().count()));
            line += &if at == 0 { format!("{cell}{blanks}") } else { format!("  {blanks}{cell}") };
        }
        line.trim_end().to_owned() + "\n"
    };
    let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    rows.iter().fold(line(&header), |text, row| text + &line(row))
}

/// A number with blanks between thousands.
pub(crate) fn grouped(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    if number <= -0.5 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0.0, 999.4, 1000.0, -1_234_567.0].map(grouped), ["0", "999", "1 000", "-1 234 567"]);
    }

    #[test]
    fn columns_are_aligned() {
        let rows = [vec!["floor".to_owned(), "7".to_owned()], vec!["x".to_owned(), "1234".to_owned()]];
        assert_eq!(table(&["peer", "rate"], &rows), "peer   rate\nfloor     7\nx      1234\n");
    }
}
