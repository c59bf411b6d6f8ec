//! What a row is about: a file can state each thing only once.

use super::config::Kind;
use super::draft::{Draft, Holder};
use salescope_domain::{Identity, QuotaTarget};

/// What makes two rows of a kind say the same thing.
pub(super) fn natural_key(draft: &Draft, kind: Kind) -> String {
    let kind = kind.name();
    match draft {
        Draft::Deal { event, .. } if kind == Kind::StageHistory.name() => {
            let stage = event.set.stage.value().map_or("", |stage| stage.as_str());
            format!("{kind}\n{}\n{stage}\n{}", event.deal, event.occurred_at.ms())
        }
        Draft::Deal { event, .. } => format!("{kind}\n{}", event.deal),
        Draft::Person { person, .. } => format!("{kind}\n{person}"),
        Draft::Activity { activity, .. } => format!("{kind}\n{}", activity.event_id),
        Draft::Quota { quota, has_id: true, .. } => format!("{kind}\n{}", quota.quota),
        Draft::Quota { quota, holder, .. } => {
            let holder = match holder {
                Holder::Person(name) => format!("person {name}"),
                Holder::Team(name) => format!("team {name}"),
                Holder::Organisation => "organisation".to_owned(),
            };
            let counts = matches!(quota.target, QuotaTarget::Count(_));
            format!("{kind}\n\n{holder}\n{}\n{counts}", quota.period.from)
        }
        Draft::Ready(payload) => match payload.identity() {
            Identity::Object { id, .. } => format!("{kind}\n{id}"),
            Identity::Fact { event_id, .. } => format!("{kind}\n{event_id}"),
            Identity::Control => unreachable!("no table states control entries"),
        },
    }
}
