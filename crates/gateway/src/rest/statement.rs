//! One statement to the journal, and what became of it.

use crate::app::App;
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use salescope_domain::{OrgId, Payload};
use salescope_engine_api::{Outcome as Decided, Rejected, Slice, Submission};
use serde::Serialize;
use utoipa::ToSchema;

/// Bytes that a statement of one document is counted as.
const STATEMENT_BYTES: u64 = 1024;

/// What became of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StatementStatus {
    /// It is an entry of the journal, on durable storage.
    Accepted,
    /// It is no news: the journal holds this statement already, or a later one.
    Duplicate,
}

/// What became of a statement, and where the journal stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct Stated {
    /// What became of it.
    pub(crate) status: StatementStatus,
    /// The organisation's last entry that was durable and applied; the statement's own where it was accepted.
    pub(crate) tenant_seq: u64,
}

/// Submits statements together; one answer for each, in order.
pub(crate) async fn state_all(app: &App, org: &OrgId, payloads: Vec<Payload>) -> Outcome<Vec<Stated>> {
    let bytes = STATEMENT_BYTES * payloads.len() as u64;
    let submissions = payloads.into_iter().map(Submission::live).collect();
    let ingested = app.engine.ingest(org, Slice { submissions, bytes, dry_run: false }).await?;
    let stated = ingested.outcomes.into_iter().map(|outcome| match outcome {
        Decided::Appended { tenant_seq } => Ok(Stated { status: StatementStatus::Accepted, tenant_seq }),
        Decided::Unchanged => {
            Ok(Stated { status: StatementStatus::Duplicate, tenant_seq: ingested.tenant_seq })
        }
        Decided::Rejected(rejected) => {
            let Rejected { code, path, message } = *rejected;
            Err(Problem::new(Code::RejectedItem, message).at(path).because(code))
        }
    });
    stated.collect()
}

/// Submits one statement.
pub(crate) async fn state(app: &App, org: &OrgId, payload: Payload) -> Outcome<Stated> {
    let stated = state_all(app, org, vec![payload]).await?;
    stated.first().copied().ok_or_else(|| Problem::internal("the engine answered no submission"))
}
