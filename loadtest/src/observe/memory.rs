//! Memory of a process.

use anyhow::{Context, Result};
use serde::Serialize;
use std::fs;

/// Bytes of memory, from `smaps_rollup` and `status`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Memory {
    /// Resident.
    pub(crate) rss_bytes: u64,
    /// Resident, shared pages by their share.
    pub(crate) pss_bytes: u64,
    /// Resident and not of a file: heap and stacks.
    pub(crate) anonymous_bytes: u64,
    /// The greatest resident size so far.
    pub(crate) peak_bytes: u64,
}

impl Memory {
    /// Of one process.
    pub(super) fn of(id: u32) -> Result<Self> {
        let read = |file: &str| {
            let path = format!("/proc/{id}/{file}");
            fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))
        };
        Ok(Self::parse(&read("smaps_rollup")?, &read("status")?))
    }

    fn parse(rollup: &str, status: &str) -> Self {
        Self {
            rss_bytes: field_bytes(rollup, "Rss:"),
            pss_bytes: field_bytes(rollup, "Pss:"),
            anonymous_bytes: field_bytes(rollup, "Anonymous:"),
            peak_bytes: field_bytes(status, "VmHWM:"),
        }
    }

    /// Adds another process's.
    pub(super) fn add(&mut self, other: &Self) {
        self.rss_bytes += other.rss_bytes;
        self.pss_bytes += other.pss_bytes;
        self.anonymous_bytes += other.anonymous_bytes;
        self.peak_bytes += other.peak_bytes;
    }
}

/// A line `NAME   123 kB`; zero where it is missing, as a kernel may leave one out.
fn field_bytes(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.and_then(|rest| rest.split_ascii_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kibibytes_become_bytes() {
        let rollup = "5581-7ffc ---p 00000000 00:00 0 [rollup]\nRss:  2048 kB\nPss:  1024 kB\nPss_Dirty: 7 kB\nAnonymous: 512 kB\n";
        let seen = Memory::parse(rollup, "Name:\tx\nVmHWM:\t    4096 kB\n");
        let expected = Memory {
            rss_bytes: 2 << 20,
            pss_bytes: 1 << 20,
            anonymous_bytes: 512 << 10,
            peak_bytes: 4 << 20,
        };
        assert_eq!(seen, expected);
    }
}
