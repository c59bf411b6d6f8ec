//! `admin export-org`: all that is kept of an organisation in one file, which is read back before it counts.

use super::Invocation;
use crate::cli::org_id;
use crate::exit::Exit;
use crate::problem::problem;
use anyhow::{Context, Result};
use clap::Args;
use futures::StreamExt;
use salescope_domain::OrgId;
use salescope_engine_api::Engine;
use salescope_store::{ExportReader, Exported, check_export};
use serde::Serialize;
use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Who may read an export: its owner. It holds names.
const FILE_MODE: u32 = 0o600;

/// Write all that is kept of an organisation to a file: its journal, and who is who
///
/// The file has one JSON document per line: a head, the entries in order, people, teams, and an end with counts and a checksum.
/// People who were erased are in it as their ids only. It is written beside its place, read back, and put in its place when it
/// is whole.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  salescope admin export-org acme-corp --to acme-corp.ndjson")]
pub(crate) struct Options {
    /// The organisation's short name
    #[arg(value_name = "ORG", value_parser = org_id)]
    org: OrgId,
    /// The file; there must be none of that name
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

#[derive(Serialize)]
struct Written<'a> {
    org: &'a OrgId,
    file: &'a Path,
    bytes: u64,
    /// Entries up to this one are no longer kept, and not in the file.
    after: u64,
    last_tenant_seq: u64,
    entries: u64,
    people: u64,
    teams: u64,
    sha256: String,
}

/// A file that is not whole yet. It is removed unless it gets its name.
struct Part {
    path: PathBuf,
    file: File,
}

impl Part {
    fn create(to: &Path) -> Result<Self> {
        let mut path = to.as_os_str().to_owned();
        path.push(".part");
        let path = PathBuf::from(path);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(FILE_MODE).open(&path);
        let file = file.with_context(|| format!("cannot write to {}", path.display()))?;
        Ok(Self { path, file })
    }

    /// Gives the file its name, which survives a power cut.
    fn finish(self, to: &Path) -> Result<()> {
        fs::rename(&self.path, to).with_context(|| format!("cannot give {} its name", to.display()))?;
        let dir = match to.parent() {
            Some(dir) if !dir.as_os_str().is_empty() => dir,
            _ => Path::new("."),
        };
        File::open(dir).and_then(|dir| dir.sync_all()).context("the folder could not be flushed")
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // It has its name by now, where all went well.
        let _ = fs::remove_file(&self.path);
    }
}

pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, options: Options) -> Result<Exit> {
    let Options { org, to } = options;
    if to.exists() {
        let detail = format!("{} is there already: give another file, or remove it first", to.display());
        return Err(problem("file_exists", detail));
    }
    let mut chunks = engine.export_org(&org).await?;
    let mut part = Part::create(&to)?;
    let mut bytes = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        bytes += chunk.len() as u64;
        part.file.write_all(&chunk).with_context(|| format!("cannot write to {}", part.path.display()))?;
    }
    part.file.sync_all().with_context(|| format!("cannot write to {}", part.path.display()))?;
    let (after, last_tenant_seq, read) = read_back(&part.path)?;
    part.finish(&to)?;
    let Exported { entries, people, teams, sha256 } = read;
    let file = to.as_path();
    let written = Written { org: &org, file, bytes, after, last_tenant_seq, entries, people, teams, sha256 };
    invocation.output.show(&written, || text(&written))?;
    Ok(Exit::Done)
}

/// Reads the file to its end; answers what it holds.
fn read_back(path: &Path) -> Result<(u64, u64, Exported)> {
    let open = || File::open(path).map(BufReader::new).context("the export cannot be read back");
    let broken = |error| {
        let detail = format!("the export does not read back ({error}): nothing was kept, make it anew");
        problem("export_broken", detail)
    };
    let head = ExportReader::new(open()?).map_err(broken)?.head().clone();
    let read = check_export(open()?).map_err(broken)?;
    Ok((head.after, head.last_seq, read))
}

fn text(written: &Written<'_>) -> String {
    let Written { org, file, bytes, after, last_tenant_seq, entries, people, teams, sha256 } = written;
    let mut text = format!(
        "{}: {entries} entries of {org} up to {last_tenant_seq}, {people} names of people, {teams} of teams, {bytes} bytes\n",
        file.display()
    );
    if *after > 0 {
        text += &format!("entries up to {after} are no longer kept and not in it\n");
    }
    text + &format!("read back whole, sha256 of all lines but the last {sha256}")
}
