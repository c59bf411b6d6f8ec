//! From parsed items to what became of each.

use crate::app::App;
use crate::problem::Outcome;
use salescope_connectors::canonical::{Defaults, Parsed, Rejection};
use salescope_domain::OrgId;
use salescope_engine_api::{Outcome as ItemOutcome, Slice, Submission};

/// What became of an item.
#[derive(Debug)]
pub(crate) enum SubmittedItem {
    /// The engine decided.
    Decided(ItemOutcome),
    /// It did not come to the engine.
    Refused(Rejection),
}

/// Resolves, builds and submits; the answer holds one for each item, in order, and the organisation's position.
pub(super) async fn submit(
    app: &App,
    org: &OrgId,
    parsed: &[Parsed<'_>],
    bytes: usize,
) -> Outcome<(Vec<SubmittedItem>, u64)> {
    let context = app.context(org).await?;
    let source = &app.default_source;
    let resolved = app.resolve(org, source, parsed.iter().filter_map(|item| item.as_ref().ok())).await?;
    let mut submissions = Vec::with_capacity(parsed.len());
    let defaults = Defaults { currency: context.currency, zone: &context.zone, source, now: app.now() };
    let mut refused: Vec<Option<Rejection>> = Vec::with_capacity(parsed.len());
    for item in parsed {
        let built = match item {
            Ok(draft) => draft.build(&resolved.of(draft.source().unwrap_or(source)), &defaults),
            Err(rejection) => Err(rejection.clone()),
        };
        match built {
            Ok(payload) => {
                submissions.push(Submission::live(payload));
                refused.push(None);
            }
            Err(rejection) => refused.push(Some(rejection)),
        }
    }
    let ingested = app.engine.ingest(org, Slice { submissions, bytes: bytes as u64, dry_run: false }).await?;
    let mut outcomes = ingested.outcomes.into_iter();
    let items = refused.into_iter().map(|refused| match refused {
        Some(rejection) => SubmittedItem::Refused(rejection),
        None => SubmittedItem::Decided(outcomes.next().expect("the engine answers each submission")),
    });
    Ok((items.collect(), ingested.tenant_seq))
}
