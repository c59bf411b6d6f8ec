//! Where histories begin: what the deals' table knows of a deal's first recorded stage.

use super::batch::Drawn;
use super::draft::Draft;
use salescope_domain::{Date, DealEventKind, DealId, Instant, Patch, Zone};
use std::collections::HashMap;

/// Completes the first entry of each deal's history by what the deals' table says of it: the entry is the deal's creation
/// where it was made on the day on which the deal was created and its time is exact; and where a history has no owners,
/// the deal's owner has owned it all along.
pub(super) fn begin_histories(drafts: &mut [Drawn], zone: &Zone) {
    let mut stated: HashMap<DealId, (Option<Date>, Patch<String>)> = HashMap::new();
    let mut first: HashMap<DealId, (Instant, u32, usize)> = HashMap::new();
    for (at, drawn) in drafts.iter().enumerate() {
        let Draft::Deal { event, owner, .. } = &drawn.draft else { continue };
        if event.kind == DealEventKind::StageChanged {
            let this = (event.occurred_at, event.version.sequence, at);
            first.entry(event.deal.clone()).and_modify(|first| *first = this.min(*first)).or_insert(this);
        } else {
            stated.insert(event.deal.clone(), (event.set.created_on.value().copied(), owner.clone()));
        }
    }
    for (deal, (_, _, at)) in first {
        let Draft::Deal { event, owner, .. } = &mut drafts[at].draft else { continue };
        let Some((created_on, its_owner)) = stated.get(&deal) else { continue };
        if *created_on == Some(zone.local_date(event.occurred_at)) && event.quality.is_exact() {
            event.kind = DealEventKind::DealCreated;
        }
        if owner.is_keep() {
            *owner = its_owner.clone();
        }
    }
}
