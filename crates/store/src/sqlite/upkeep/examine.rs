//! The walk through all files.

use super::blocks::Plan;
use super::checkpoints::Unusable;
use super::corruption::or_told;
use super::{CHECK, Files};
use crate::error::{While, with_causes};
use crate::sqlite::orgs;
use crate::upkeep::{Finding, FindingKind, Findings, Survey};
use crate::{CheckReport, OrgKey, StoreError};
use salescope_domain::OrgId;
use sqlx::SqliteConnection;

/// Lines that SQLite's own check tells of one file.
const TOLD_MAX: u32 = 20;

/// What is known after the walk.
pub(super) struct Examined {
    pub(super) report: CheckReport,
    pub(super) survey: Survey,
    pub(super) plan: Plan,
    pub(super) checkpoints: Vec<Unusable>,
}

impl Examined {
    /// Whether SQLite itself cannot rely on `journal.db`.
    pub(super) fn is_file_damaged(&self) -> bool {
        let mut findings = self.report.findings.iter();
        findings.any(|finding| finding.kind == FindingKind::File && finding.file == "journal.db")
    }

    /// Whether the file of checkpoints is damaged itself: a new one is begun, as all of it can be lost.
    pub(super) fn are_checkpoints_lost(&self) -> bool {
        self.report.findings.iter().any(are_checkpoints)
    }

    /// What a repair leaves as it is.
    pub(super) fn beyond_repair(&self) -> Vec<Finding> {
        let stays = |finding: &&Finding| match finding.kind {
            FindingKind::File if are_checkpoints(finding) => self.is_file_damaged(),
            FindingKind::File | FindingKind::HistoryDamaged => true,
            _ => self.is_file_damaged(),
        };
        self.report.findings.iter().filter(stays).cloned().collect()
    }
}

/// Whether a finding is about the file of checkpoints itself.
fn are_checkpoints(finding: &Finding) -> bool {
    finding.kind == FindingKind::File && finding.file == "checkpoints.db"
}

impl Files {
    pub(super) async fn examine(&mut self) -> Result<Examined, StoreError> {
        let mut findings = std::mem::take(&mut self.found);
        for (file, connection) in [
            ("journal.db", Some(&mut self.journal)),
            ("checkpoints.db", self.checkpoints.as_mut()),
            ("directory.db", Some(&mut self.directory)),
        ] {
            if let Some(connection) = connection {
                quick_check(file, connection, &mut findings).await;
            }
        }
        if let Err(told) = self.history.quick_check(TOLD_MAX).await {
            findings.file("history.db", &told);
        }
        let (mut survey, mut report) = (Survey::new(findings), CheckReport::default());
        let (plan, checkpoints) = self.walk(&mut survey, &mut report).await?.unwrap_or_default();
        report.entries = survey.entries;
        report.findings = std::mem::take(&mut survey.findings.listed);
        report.more = survey.findings.more;
        Ok(Examined { report, survey, plan, checkpoints })
    }

    /// Reads all that is in the files. Where one is damaged so that the rest cannot be told, it ends there: `None`.
    async fn walk(
        &mut self,
        survey: &mut Survey,
        report: &mut CheckReport,
    ) -> Result<Option<(Plan, Vec<Unusable>)>, StoreError> {
        let sealed = self.history.sealed_to_all().await;
        let Some(sealed) = or_told(sealed, "history.db", &mut survey.findings)? else { return Ok(None) };
        let orgs = orgs::all(&mut self.journal).await;
        let Some(orgs) = or_told(orgs, "journal.db", &mut survey.findings)? else { return Ok(None) };
        let mut known: Vec<(OrgKey, OrgId)> = Vec::new();
        for row in orgs {
            if row.is_erasing {
                survey.add_erasing(row.key);
                continue;
            }
            let at = sealed.binary_search_by_key(&row.key, |(key, _)| *key);
            let sealed_seq = at.map_or(0, |at| sealed[at].1);
            survey.add_org(row.key, row.org.clone(), sealed_seq);
            if sealed_seq > 0 {
                let entries = self.examine_history(row.key, &row.org, &mut survey.findings).await;
                report.sealed_entries +=
                    or_told(entries, "history.db", &mut survey.findings)?.unwrap_or_default();
            }
            known.push((row.key, row.org));
        }
        report.organisations = known.len() as u64;
        let plan = self.examine_blocks(survey, report).await;
        let Some(plan) = or_told(plan, "journal.db", &mut survey.findings)? else { return Ok(None) };
        let checkpoints = self.examine_checkpoints(&known, survey, report).await;
        let checkpoints = or_told(checkpoints, "checkpoints.db", &mut survey.findings)?;
        Ok(Some((plan, checkpoints.unwrap_or_default())))
    }

    /// Reads an organisation's segments; answers how many entries are kept.
    async fn examine_history(
        &self,
        key: OrgKey,
        org: &OrgId,
        findings: &mut Findings,
    ) -> Result<u64, StoreError> {
        match self.history.check(org, key).await {
            Ok(stretches) => stretches.iter().for_each(|stretch| findings.history(org, stretch)),
            // The others are looked at all the same.
            Err(error) => findings.history_closed(org, &with_causes(&error)),
        }
        let stats = self.history.stats(key).await?;
        Ok(stats.sealed_seq + 1 - stats.horizon_seq)
    }
}

/// SQLite's own check of a file's structure.
async fn quick_check(file: &'static str, connection: &mut SqliteConnection, findings: &mut Findings) {
    if let Err(told) = structure(connection, TOLD_MAX).await {
        findings.file(file, &told);
    }
}

/// Whether SQLite finds a file's structure sound; else, what it tells.
pub(in crate::sqlite) async fn structure(
    connection: &mut SqliteConnection,
    lines_max: u32,
) -> Result<(), String> {
    // A pragma takes no bound values; this is a number of ours.
    let sql = sqlx::AssertSqlSafe(format!("PRAGMA quick_check({lines_max})"));
    let told: Result<Vec<String>, StoreError> =
        sqlx::query_scalar(sql).fetch_all(connection).await.doing(CHECK);
    match told {
        Ok(lines) if lines == ["ok"] => Ok(()),
        Ok(lines) => Err(lines.join("; ")),
        Err(error) => Err(with_causes(&error)),
    }
}
