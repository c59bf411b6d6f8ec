//! CPU time, memory and descriptors of processes and all that descend from them: a server may be several.

use super::Memory;
use anyhow::{Context, Result};
use std::collections::HashMap;
use std::fs;

/// The processes of a server, by those that were started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Processes {
    roots: Vec<u32>,
}

/// What `/proc/PID/stat` tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stat {
    parent: u32,
    /// User and system time of all threads, and of children that ended and were waited for, in clock ticks.
    ticks: u64,
}

impl Processes {
    /// The processes with these ids and their descendants.
    pub(crate) fn new(roots: Vec<u32>) -> Self {
        Self { roots }
    }

    /// CPU seconds used so far, in user and system mode.
    pub(crate) fn cpu_seconds(&self) -> Result<f64> {
        let ticks: u64 = self.all()?.iter().map(|(_, stat)| stat.ticks).sum();
        Ok(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
    }

    /// Memory now, summed over the processes.
    pub(crate) fn memory(&self) -> Result<Memory> {
        let mut total = Memory::default();
        for (id, _) in self.all()? {
            // A child that is gone by now takes nothing.
            total.add(&Memory::of(id).unwrap_or_default());
        }
        Ok(total)
    }

    /// Open descriptors, summed over the processes.
    pub(crate) fn descriptors(&self) -> Result<u64> {
        let mut count = 0;
        for (id, _) in self.all()? {
            count += fs::read_dir(format!("/proc/{id}/fd")).map_or(0, Iterator::count) as u64;
        }
        Ok(count)
    }

    fn all(&self) -> Result<Vec<(u32, Stat)>> {
        let mut found = Vec::new();
        for root in &self.roots {
            let stat = stat_of(*root).with_context(|| format!("there is no process {root}"))?;
            found.push((*root, stat));
        }
        let stats = all_stats()?;
        let mut at = 0;
        while at < found.len() {
            let parent = found[at].0;
            let children = stats.iter().filter(|(_, stat)| stat.parent == parent);
            let new: Vec<_> =
                children.filter(|(id, _)| found.iter().all(|(known, _)| known != *id)).collect();
            found.extend(new.into_iter().map(|(id, stat)| (*id, *stat)));
            at += 1;
        }
        Ok(found)
    }
}

/// CPU seconds that this process used so far, without its children.
pub(crate) fn own_cpu_seconds() -> f64 {
    let ticks = stat_of(std::process::id()).map_or(0, |stat| stat.ticks);
    ticks as f64 / rustix::param::clock_ticks_per_second() as f64
}

fn all_stats() -> Result<HashMap<u32, Stat>> {
    let ids = fs::read_dir("/proc")?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    Ok(ids.filter_map(|id| Some((id, stat_of(id)?))).collect())
}

/// `None` where the process is gone.
fn stat_of(id: u32) -> Option<Stat> {
    parse_stat(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
}

/// Fields after the command's name, which stands in parentheses and may hold anything: state, parent, ... and, as 12th to
/// 15th, utime, stime, cutime, cstime.
fn parse_stat(text: &str) -> Option<Stat> {
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let ticks = (11..15).map(number).sum::<Option<u64>>()?;
    Some(Stat { parent: fields.get(1)?.parse().ok()?, ticks })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_name_with_blanks_and_parentheses_does_not_shift_the_fields() {
        let text = "77 (a) b (c)) S 12 77 77 0 -1 4194560 1 2 3 4 100 20 3 0 20 0 9 0 55";
        assert_eq!(parse_stat(text), Some(Stat { parent: 12, ticks: 123 }));
        assert_eq!(parse_stat("77 (a) S"), None);
    }

    #[test]
    fn children_count_to_a_process() {
        let mut child = std::process::Command::new("cat")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let own = Processes::new(vec![std::process::id()]);
        let found = own.all().unwrap();
        assert!(found.iter().any(|(id, _)| *id == child.id()));
        assert!(own.memory().unwrap().rss_bytes > 0 && own.descriptors().unwrap() > 0);
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
