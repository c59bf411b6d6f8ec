//! Damaged files: copies of the data directory are cut and changed, and the program must notice, or show a journal that is
//! true as far as it goes.
//!
//! Invariant that is checked: the entries of a damaged copy are the first entries of the journal, each as it was; or the
//! program says loudly what is wrong. An entry that is another one is the one thing that must never be seen.

use super::run::Run;
use crate::program::{FAULTS_VARIABLE, Program};
use crate::report::RoundReport;
use crate::violation::{Promise, Violation};
use anyhow::{Context, Result};
use rand::RngExt;
use rand::rngs::StdRng;
use serde::Deserialize;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Copies that are looked at in a round.
const COPIES: usize = 40;

/// What can be done to a file.
#[derive(Debug, Clone, Copy)]
enum Damage {
    CutAt(u64),
    FlipBit { byte: u64, bit: u8 },
}

#[derive(Deserialize)]
struct Problem {
    code: String,
}

/// Damages copies of the data directory in which one organisation's journal is known.
pub(super) async fn truncate(run: &mut Run, report: &mut RoundReport) -> Result<()> {
    let org = run.orgs[0].name.clone();
    let whole =
        entries(&run.program, &org, "").await?.map_err(|code| anyhow::anyhow!("the journal: {code}"))?;
    let copy = run.options.work_dir.join("copy");
    let damaged = Program { binary: run.program.binary.clone(), data_dir: copy.clone() };
    let sabotage = run.options.sabotage.as_ref().map(|name| format!("sabotage={name}")).unwrap_or_default();
    for _ in 0..COPIES {
        copy_files(&run.program.data_dir, &copy)?;
        let Some((file, damage)) = draw(&copy, &mut run.random)? else { continue };
        apply(&copy.join(&file), damage)?;
        let outcome = match entries(&damaged, &org, &sabotage).await? {
            Ok(read) if read == whole => format!("{file}: nothing is missing"),
            Ok(read) if whole.starts_with(&read) => format!("{file}: the journal ends earlier"),
            Ok(_) => {
                let detail =
                    format!("{file} with {damage:?}: the journal tells another story, without a word");
                report.violations.push(Violation::new(Promise::Unsent, detail));
                break;
            }
            Err(code) => format!("{file}: {code}"),
        };
        *report.damaged.entry(outcome).or_default() += 1;
    }
    fs::remove_dir_all(&copy).ok();
    Ok(())
}

/// The journal's entries as lines, or the code of the problem.
async fn entries(program: &Program, org: &str, faults: &str) -> Result<Result<Vec<String>, String>> {
    let mut command = program.command(&["journal", "entries", "--org", org], faults);
    command.env(FAULTS_VARIABLE, faults);
    let output = command.output().await?;
    if output.status.success() {
        let text = String::from_utf8(output.stdout).context("entries are UTF-8")?;
        return Ok(Ok(text.lines().map(str::to_owned).collect()));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let problem = said.lines().rev().find_map(|line| serde_json::from_str::<Problem>(line).ok());
    let Problem { code } = problem.with_context(|| format!("no problem was told: {said}"))?;
    Ok(Err(code))
}

/// The database files alone, without what belongs to a running process.
fn copy_files(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_of_a_process =
            name.to_string_lossy().ends_with("-shm") || name.to_string_lossy().ends_with(".sock");
        if entry.file_type()?.is_file() && !is_of_a_process {
            fs::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}

/// A file of the journal that has anything in it, and what is to be done to it.
fn draw(dir: &Path, random: &mut StdRng) -> Result<Option<(String, Damage)>> {
    let names = ["journal.db-wal", "journal.db", "history.db"];
    let mut files = Vec::new();
    for name in names {
        let bytes = fs::metadata(dir.join(name)).map_or(0, |metadata| metadata.len());
        if bytes > 0 {
            files.push((name.to_owned(), bytes));
        }
    }
    if files.is_empty() {
        return Ok(None);
    }
    let (file, bytes) = files.swap_remove(random.random_range(0..files.len()));
    let byte = random.random_range(0..bytes);
    let cut = random.random_bool(0.5);
    let damage =
        if cut { Damage::CutAt(byte) } else { Damage::FlipBit { byte, bit: random.random_range(0..8) } };
    Ok(Some((file, damage)))
}

fn apply(path: &Path, damage: Damage) -> Result<()> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    match damage {
        Damage::CutAt(byte) => file.set_len(byte)?,
        Damage::FlipBit { byte, bit } => {
            let mut one = [0];
            file.read_exact_at(&mut one, byte)?;
            file.write_all_at(&[one[0] ^ 1 << bit], byte)?;
        }
    }
    Ok(())
}
