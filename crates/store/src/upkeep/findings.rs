//! What a check finds and what a repair does, as values that print and serialise.

use crate::{DamagedStretch, OrgKey};
use salescope_domain::OrgId;
use serde::Serialize;
use std::path::PathBuf;

/// Findings that a report lists; more are counted. A file with more is not read one by one.
const FINDINGS_MAX: usize = 1_000;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The database file itself is damaged.
    File,
    /// A block is missing.
    BlockMissing,
    /// A block is not what was written.
    BlockDamaged,
    /// An organisation's entries in blocks do not go on where the ones before end.
    Gap,
    /// A checkpoint holds entries that the journal does not: the journal has lost its end.
    JournalBehind,
    /// A checkpoint is not what was saved. It is taken anew.
    CheckpointDamaged,
    /// Sealed entries are missing or not what was written.
    HistoryDamaged,
}

/// One thing that is wrong, with its exact place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// In which file.
    pub file: &'static str,
    /// Whose data, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<OrgId>,
    /// Which block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<u64>,
    /// The first entry that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_seq: Option<u64>,
    /// The last entry that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_seq: Option<u64>,
    /// All of it as a sentence.
    pub sentence: String,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CheckReport {
    /// Organisations.
    pub organisations: u64,
    /// Blocks that are there and not sealed.
    pub blocks: u64,
    /// Their entries that are sound.
    pub entries: u64,
    /// Entries in sealed history.
    pub sealed_entries: u64,
    /// Checkpoints that are sound.
    pub checkpoints: u64,
    /// What is wrong, in the order in which it was found.
    pub findings: Vec<Finding>,
    /// Findings that are not listed.
    pub more: u64,
}

impl CheckReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

/// How to repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RepairOptions {
    /// Only tell what would be done.
    pub dry_run: bool,
}

/// An organisation whose journal was cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// Whose.
    pub org: OrgId,
    /// Its last entry now; 0 for none.
    pub last_seq: u64,
    /// Entries after it that were there and could not be kept. They lie in the side file. Those that were not there any more
    /// are not counted.
    pub entries: u64,
}

/// A checkpoint that was dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DroppedCheckpoint {
    /// Whose.
    pub org: OrgId,
    /// The last entry that it held.
    pub tenant_seq: u64,
    /// Whether it was ahead of the journal: entries up to `tenant_seq` were acknowledged once, and are lost. Else it was torn.
    pub is_ahead: bool,
}

/// What a repair did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RepairReport {
    /// What was found before.
    pub check: CheckReport,
    /// Whether this only tells what would be done.
    pub dry_run: bool,
    /// Organisations whose journals end earlier now.
    pub cuts: Vec<Cut>,
    /// Blocks that were written anew without what could not be kept.
    pub blocks_rewritten: u64,
    /// Where the blocks lie that were there before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side_file: Option<PathBuf>,
    /// Checkpoints that are gone.
    pub checkpoints: Vec<DroppedCheckpoint>,
    /// Whether all checkpoints are gone, as their file itself was damaged. They are made anew from the journal.
    pub checkpoints_anew: bool,
    /// Where the checkpoints lie that were there before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoints_side_file: Option<PathBuf>,
    /// What a repair cannot mend: restore these files from a backup.
    pub remaining: Vec<Finding>,
}

/// Findings, as they come in.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) listed: Vec<Finding>,
    pub(crate) more: u64,
}

impl From<Findings> for CheckReport {
    /// Of a walk that found nothing else.
    fn from(Findings { listed, more }: Findings) -> Self {
        Self { findings: listed, more, ..Self::default() }
    }
}

impl Findings {
    pub(crate) fn add(&mut self, finding: Finding) {
        if self.listed.len() < FINDINGS_MAX {
            self.listed.push(finding);
        } else {
            self.more += 1;
        }
    }

    /// Damage of the file itself, as SQLite tells it.
    pub(crate) fn file(&mut self, file: &'static str, told: &str) {
        let sentence = format!("{file} is damaged: {told}");
        self.add(Finding {
            kind: FindingKind::File,
            file,
            org: None,
            block: None,
            from_seq: None,
            to_seq: None,
            sentence,
        });
    }

    /// Damage of a whole block.
    pub(crate) fn block(&mut self, kind: FindingKind, block: u64, told: &str) {
        let (file, sentence) = (JOURNAL, format!("block {block} of the journal {told}"));
        self.add(Finding {
            kind,
            file,
            org: None,
            block: Some(block),
            from_seq: None,
            to_seq: None,
            sentence,
        });
    }

    /// Entries in a block that cannot be relied on.
    pub(crate) fn entries(
        &mut self,
        kind: FindingKind,
        org: &OrgId,
        block: u64,
        (from, to): (u64, u64),
        why: &str,
    ) {
        let sentence =
            format!("{} of organisation {org} in block {block} cannot be relied on: {why}", range(from, to));
        let (org, block) = (Some(org.clone()), Some(block));
        let (from_seq, to_seq) = (Some(from), Some(to));
        self.add(Finding { kind, file: JOURNAL, org, block, from_seq, to_seq, sentence });
    }

    /// A journal that ends before its checkpoint.
    pub(crate) fn behind(&mut self, org: &OrgId, last: u64, checkpoint_seq: u64) {
        let lost = range(last + 1, checkpoint_seq);
        let sentence = format!(
            "{lost} of organisation {org} were in the journal once, as a checkpoint shows, and are lost"
        );
        self.add(Finding {
            kind: FindingKind::JournalBehind,
            file: JOURNAL,
            org: Some(org.clone()),
            block: None,
            from_seq: Some(last + 1),
            to_seq: Some(checkpoint_seq),
            sentence,
        });
    }

    /// A checkpoint that is not what was saved.
    pub(crate) fn checkpoint(&mut self, org: &OrgId, tenant_seq: u64) {
        let sentence = format!(
            "the checkpoint of organisation {org} at entry {tenant_seq} is damaged; it is not needed"
        );
        self.add(Finding {
            kind: FindingKind::CheckpointDamaged,
            file: "checkpoints.db",
            org: Some(org.clone()),
            block: None,
            from_seq: None,
            to_seq: Some(tenant_seq),
            sentence,
        });
    }

    /// Sealed entries that cannot be read.
    pub(crate) fn history(&mut self, org: &OrgId, stretch: &DamagedStretch) {
        let DamagedStretch { from_seq, to_seq, damage } = stretch;
        let sentence =
            format!("{} of organisation {org} in sealed history: {damage}", range(*from_seq, *to_seq));
        self.add(Finding {
            kind: FindingKind::HistoryDamaged,
            file: "history.db",
            org: Some(org.clone()),
            block: None,
            from_seq: Some(*from_seq),
            to_seq: Some(*to_seq),
            sentence,
        });
    }

    /// Sealed entries that cannot be read, nor told apart, such as when their key is missing.
    pub(crate) fn history_closed(&mut self, org: &OrgId, why: &str) {
        let sentence = format!("sealed history of organisation {org} cannot be read: {why}");
        self.add(Finding {
            kind: FindingKind::HistoryDamaged,
            file: "history.db",
            org: Some(org.clone()),
            block: None,
            from_seq: None,
            to_seq: None,
            sentence,
        });
    }

    /// Entries of an organisation that nobody knows.
    pub(crate) fn unknown_org(&mut self, key: OrgKey, block: u64) {
        self.block(
            FindingKind::BlockDamaged,
            block,
            &format!("holds entries of an unknown organisation {key}"),
        );
    }
}

const JOURNAL: &str = "journal.db";

fn range(from: u64, to: u64) -> String {
    if from == to { format!("entry {from}") } else { format!("entries {from} to {to}") }
}
