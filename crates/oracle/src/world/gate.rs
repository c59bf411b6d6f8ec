//! Which statements are news: a version must supersede the last one of its object and source, a revision must be higher.

use salescope_domain::{Identity, Payload};
use std::collections::BTreeMap;

/// What has been taken so far.
#[derive(Debug, Default)]
pub(super) struct Gate {
    versions: BTreeMap<[String; 3], (i64, u32)>,
    revisions: BTreeMap<[String; 3], u32>,
}

impl Gate {
    /// Whether `payload` is news; if so it is remembered.
    pub(super) fn admits(&mut self, payload: &Payload) -> bool {
        match payload.identity() {
            Identity::Object { kind, source, id, version } => {
                let object = [kind.to_owned(), source.to_owned(), id.into_owned()];
                if self.versions.get(&object).is_some_and(|last| !version.supersedes(*last)) {
                    return false;
                }
                self.versions.insert(object, version.order());
            }
            Identity::Fact { kind, source, event_id, revision } => {
                let fact = [kind.to_owned(), source.to_string(), event_id.to_string()];
                if self.revisions.get(&fact).is_some_and(|last| revision <= *last) {
                    return false;
                }
                self.revisions.insert(fact, revision);
            }
            Identity::Control => {}
        }
        true
    }
}
