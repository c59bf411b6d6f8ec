//! Reading an export back, line by line.

use super::format::{EXPORT_FORMAT, ExportEnd, ExportHead, ExportLine, LINE_BYTES_MAX};
use super::write::hexadecimal;
use super::{ExportError, Exported};
use sha2::{Digest, Sha256};
use std::io::{BufRead, Read};

/// Reads an export. Lines come before it is known whether the file is whole: use [`check_export`] first, or take back what
/// was done when an error comes.
#[derive(Debug)]
pub struct ExportReader<R> {
    lines: Lines<R>,
    head: ExportHead,
    /// What was read so far; the hash comes with the end.
    read: Exported,
    ended: bool,
}

impl<R: BufRead> ExportReader<R> {
    /// Reads the first line.
    ///
    /// # Errors
    /// When it is not that of an export in a known format.
    pub fn new(source: R) -> Result<Self, ExportError> {
        let mut lines = Lines { source, hasher: Sha256::new(), line: 0, buffer: Vec::new() };
        lines.next()?;
        let head: ExportHead =
            serde_json::from_slice(&lines.buffer).map_err(|error| ExportError::Unknown(error.to_string()))?;
        let format = head.salescope_export;
        if format != EXPORT_FORMAT {
            return Err(ExportError::Unknown(format!(
                "its format is {format}, and {EXPORT_FORMAT} is known"
            )));
        }
        let read = Exported { entries: 0, people: 0, teams: 0, sha256: String::new() };
        Ok(Self { lines, head, read, ended: false })
    }

    /// What the first line says.
    pub fn head(&self) -> &ExportHead {
        &self.head
    }

    /// The next line before the end; `None` when the file ended as it should.
    ///
    /// # Errors
    /// When a line cannot be read or may not stand there, or the file is cut off or not what was written.
    #[expect(clippy::should_implement_trait, reason = "an iterator would go on after an error")]
    pub fn next(&mut self) -> Result<Option<ExportLine>, ExportError> {
        if self.ended {
            return Ok(None);
        }
        let hasher = self.lines.hasher.clone();
        self.lines.next()?;
        let line = serde_json::from_slice(&self.lines.buffer);
        let line = line.map_err(|error| self.lines.wrong(format!("cannot be read: {error}")))?;
        match &line {
            ExportLine::Entry(entry) => {
                let expected = self.head.after + self.read.entries + 1;
                if entry.tenant_seq != expected || self.read.people + self.read.teams > 0 {
                    let found = entry.tenant_seq;
                    return Err(self
                        .lines
                        .wrong(format!("is entry {found} where entry {expected} should stand")));
                }
                self.read.entries += 1;
            }
            ExportLine::Person(_) if self.read.teams > 0 => {
                return Err(self.lines.wrong("is a person after the teams".to_owned()));
            }
            ExportLine::Person(_) => self.read.people += 1,
            ExportLine::Team(_) => self.read.teams += 1,
            ExportLine::End(end) => {
                self.read.sha256 = hexadecimal(&hasher.finalize());
                self.check_end(end)?;
                self.ended = true;
                return Ok(None);
            }
        }
        Ok(Some(line))
    }

    fn check_end(&mut self, end: &ExportEnd) -> Result<(), ExportError> {
        let changed = |what| Err(ExportError::Changed { what });
        if end.entries != self.read.entries || self.head.after + end.entries != self.head.last_seq {
            return changed("number of entries");
        }
        if (end.people, end.teams) != (self.read.people, self.read.teams) {
            return changed("number of people or teams");
        }
        if end.sha256 != self.read.sha256 {
            return changed("checksum");
        }
        match self.lines.source.fill_buf() {
            Ok([]) => Ok(()),
            Ok(_) => changed("length"),
            Err(source) => Err(ExportError::Read { line: self.lines.line + 1, source }),
        }
    }
}

/// The lines as they stand, and the hash of those that were read.
#[derive(Debug)]
struct Lines<R> {
    source: R,
    hasher: Sha256,
    /// The last line that was read, from 1, and its bytes.
    line: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> Result<(), ExportError> {
        self.buffer.clear();
        let mut limited = self.source.by_ref().take(LINE_BYTES_MAX);
        let read = limited.read_until(b'\n', &mut self.buffer);
        read.map_err(|source| ExportError::Read { line: self.line + 1, source })?;
        if self.buffer.last() != Some(&b'\n') {
            if self.buffer.len() as u64 == LINE_BYTES_MAX {
                self.line += 1;
                return Err(self.wrong(format!("is longer than {LINE_BYTES_MAX} bytes")));
            }
            return Err(ExportError::CutOff { line: self.line });
        }
        self.line += 1;
        self.hasher.update(&self.buffer);
        Ok(())
    }

    fn wrong(&self, reason: String) -> ExportError {
        ExportError::Line { line: self.line, reason }
    }
}

/// Reads an export to its end; answers what it holds.
///
/// # Errors
/// When it is cut off, not what was written, or cannot be read.
pub fn check_export(source: impl BufRead) -> Result<Exported, ExportError> {
    let mut reader = ExportReader::new(source)?;
    while reader.next()?.is_some() {}
    Ok(reader.read)
}
