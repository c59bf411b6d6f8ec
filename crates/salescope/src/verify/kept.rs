//! Verification where history no longer begins with the first entry: against a state that is made anew from what is kept.

use super::compare::Verified;
use crate::patience::patiently;
use anyhow::Result;
use salescope_domain::{Instant, OrgId};
use salescope_engine_api::{Engine, HistoryStart, KeptDifference};
use std::collections::BTreeSet;

/// Asks `count` questions at `now` of both. Answers where history began besides.
pub(crate) async fn compare_kept(
    engine: &dyn Engine,
    org: &OrgId,
    now: Instant,
    count: usize,
) -> Result<(Verified, HistoryStart, Option<KeptDifference>)> {
    let compared = patiently(async || engine.verify_kept(org, now, count as u64).await).await?;
    let queries = compared.queries;
    let verified = Verified {
        equal: compared.difference.is_none(),
        entries: compared.tenant_seq,
        left_out: compared.left_out,
        queries: queries.len(),
        kpis: queries.iter().map(|query| &query.kpi).collect::<BTreeSet<_>>().len(),
        groups: usize::try_from(compared.groups).unwrap_or(usize::MAX),
        as_known: queries.iter().filter(|query| query.as_known.is_some()).count(),
    };
    Ok((verified, compared.start, compared.difference))
}
