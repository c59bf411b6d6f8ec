//! The ledger's file: one JSON record a line, written and synced by a thread of its own.
//!
//! Invariant: [`Ledger::record`] returns after its record, and every one before it, is on the disk.

use anyhow::{Context, Result};
use serde::Serialize;
use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// A round begins.
    Round {
        /// From 1.
        number: u64,
        /// What is armed.
        faults: String,
    },
    /// A request is about to be sent.
    Send {
        /// Its number within the run.
        request: u64,
        /// To which organisation.
        org: usize,
        /// By which sender.
        sender: usize,
        /// Its first event.
        from: u64,
        /// The event after its last.
        to: u64,
    },
    /// What became of a request.
    Result {
        /// Which one.
        request: u64,
        /// `ok`, `failed`, or `unknown`.
        outcome: &'static str,
    },
}

impl Record {
    /// Of a request that is about to be sent.
    #[must_use]
    pub fn send(request: u64, org: usize, sender: usize, events: &Range<u64>) -> Self {
        Self::Send { request, org, sender, from: events.start, to: events.end }
    }
}

struct Job {
    record: Record,
    done: Option<oneshot::Sender<()>>,
}

/// The file, open.
#[derive(Debug)]
pub struct Ledger {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<Result<()>>>,
}

impl Ledger {
    /// Creates the file at `path`, which must not exist.
    ///
    /// # Errors
    /// When it exists or cannot be made.
    pub fn create(path: &Path) -> Result<Self> {
        let file = File::create_new(path).with_context(|| format!("create the ledger {}", path.display()))?;
        let (jobs, queue) = mpsc::channel();
        let thread = std::thread::spawn(move || write(file, &queue));
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Writes a record and returns when it is on the disk.
    ///
    /// # Errors
    /// When the file cannot be written any more.
    pub async fn record(&self, record: Record) -> Result<()> {
        let (done, written) = oneshot::channel();
        self.hand_over(Job { record, done: Some(done) })?;
        written.await.context("the ledger cannot be written any more")
    }

    /// Writes a record with the next sync.
    ///
    /// # Errors
    /// When the file cannot be written any more.
    pub fn note(&self, record: Record) -> Result<()> {
        self.hand_over(Job { record, done: None })
    }

    fn hand_over(&self, job: Job) -> Result<()> {
        let jobs = self.jobs.as_ref().expect("the ledger is open until it is closed");
        jobs.send(job).map_err(|_| anyhow::anyhow!("the ledger cannot be written any more"))
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When anything could not be written.
    pub fn close(mut self) -> Result<()> {
        drop(self.jobs.take());
        let thread = self.thread.take().expect("the ledger is closed once");
        thread.join().map_err(|_| anyhow::anyhow!("the ledger's thread crashed"))?
    }
}

/// Writes what has come in, syncs once, tells those who wait, and so on.
fn write(mut file: File, queue: &mpsc::Receiver<Job>) -> Result<()> {
    while let Ok(first) = queue.recv() {
        let (mut lines, mut waiting) = (Vec::new(), Vec::new());
        for Job { record, done } in std::iter::once(first).chain(std::iter::from_fn(|| queue.try_recv().ok()))
        {
            serde_json::to_writer(&mut lines, &record)?;
            lines.push(b'\n');
            waiting.extend(done);
        }
        file.write_all(&lines)?;
        file.sync_data()?;
        for done in waiting {
            // Whoever no longer waits has stopped sending.
            let _ = done.send(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_record_is_in_the_file_when_record_returns() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger");
        let ledger = Ledger::create(&path).unwrap();
        ledger.note(Record::Round { number: 1, faults: String::new() }).unwrap();
        ledger.record(Record::send(1, 0, 2, &(5..8))).await.unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().last(), Some(r#"{"send":{"request":1,"org":0,"sender":2,"from":5,"to":8}}"#));
        ledger.note(Record::Result { request: 1, outcome: "unknown" }).unwrap();
        ledger.close().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 3);
        assert!(Ledger::create(&path).is_err());
    }
}
