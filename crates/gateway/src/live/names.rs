//! What people and teams are called, as of a moment ago: frames come often, and names change seldom.

use crate::app::App;
use crate::problem::Outcome;
use crate::rest::labels::Labels;
use parking_lot::Mutex;
use salescope_domain::OrgId;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How old names may be.
const KEPT: Duration = Duration::from_secs(2);

/// Names of organisations that are watched.
#[derive(Default)]
pub(super) struct Recent(Mutex<HashMap<OrgId, (Instant, Arc<Labels>)>>);

impl Recent {
    /// An organisation's.
    pub(super) async fn of(&self, app: &App, org: &OrgId) -> Outcome<Arc<Labels>> {
        if let Some((since, labels)) = self.0.lock().get(org)
            && since.elapsed() < KEPT
        {
            return Ok(Arc::clone(labels));
        }
        self.anew(app, org).await
    }

    /// An organisation's as of now: for whoever met somebody that has no name yet.
    pub(super) async fn anew(&self, app: &App, org: &OrgId) -> Outcome<Arc<Labels>> {
        let labels = Arc::new(Labels::of(app, org).await?);
        let mut recent = self.0.lock();
        recent.retain(|_, (since, _)| since.elapsed() < KEPT);
        recent.insert(org.clone(), (Instant::now(), Arc::clone(&labels)));
        Ok(labels)
    }
}
