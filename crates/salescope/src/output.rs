//! What goes to the terminal: JSON or text on standard output, problems and progress on standard error.

use crate::problem::problem;
use anyhow::Result;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::io::{self, IsTerminal, Write};

/// How a command tells what it found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// Whether `--json` was given.
    pub(crate) json: bool,
}

impl Output {
    /// Prints `value` as JSON, or the text where JSON was not asked for.
    pub(crate) fn show(self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<()> {
        let text = if self.json { serde_json::to_string(value)? } else { text() };
        print(text.trim_end()).map(|_| ())
    }

    /// Prints one of many values, as a line of JSON or as text. False once the reader has seen enough, as in `| head`.
    pub(crate) fn line(self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<bool> {
        let text = if self.json { serde_json::to_string(value)? } else { text() };
        print(text.trim_end())
    }

    /// Prints a text as it is, which is the answer with `--json` too.
    pub(crate) fn text(self, text: &str) -> Result<()> {
        print(text.trim_end()).map(|_| ())
    }

    /// Prints a line that is no answer.
    pub(crate) fn to_stderr(self, line: &str) {
        // Nothing can be done where the terminal is gone.
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    /// A bar of `steps` on a terminal, nothing elsewhere.
    pub(crate) fn progress(self, doing: &'static str, steps: u64) -> ProgressBar {
        if self.json || !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{msg} [{bar:40}] {human_pos}/{human_len} {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.with_style(style.progress_chars("=> ")).with_message(doing)
    }
}

/// Prints a line on standard output, at once. False where the reader is gone.
fn print(text: &str) -> Result<bool> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(problem("output_failed", format!("the answer could not be printed: {error}"))),
        Ok(()) => Ok(true),
    }
}

/// How a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    /// Texts.
    Left,
    /// Numbers.
    Right,
}

/// An aligned table: a header row, then the rows.
pub(crate) fn table(header: &[(&str, Align)], rows: &[Vec<String>]) -> String {
    let width = |text: &str| text.chars().count();
    let widths: Vec<usize> = (0..header.len())
        .map(|at| rows.iter().map(|row| width(&row[at])).chain([width(header[at].0)]).max().unwrap_or(0))
        .collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::new();
        for (at, cell) in cells.enumerate() {
            let blanks = " ".repeat(widths[at] - width(cell));
            line += &match header[at].1 {
                Align::Left => format!("{cell}{blanks}  "),
                Align::Right => format!("{blanks}{cell}  "),
            };
        }
        line.trim_end().to_owned() + "\n"
    };
    let mut text = line(&mut header.iter().map(|(name, _)| *name));
    for row in rows {
        text += &line(&mut row.iter().map(String::as_str));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_lines_have_no_blanks_at_their_end() {
        let header = [("owner", Align::Left), ("value", Align::Right), ("notes", Align::Left)];
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let text = table(&header, &[row(["Ann", "5.00", ""]), row(["J\u{f6}rg", "1000.00", "few_deals"])]);
        assert_eq!(text, "owner    value  notes\nAnn       5.00\nJ\u{f6}rg   1000.00  few_deals\n");
    }
}
