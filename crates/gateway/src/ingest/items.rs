//! From a body to submissions. Each item is read and built while its text is at hand; only those that speak of somebody whose id
//! is not remembered wait for the end of the body.
//!
//! Invariant: whoever has no id yet is given one only after the whole body could be read.

use crate::app::App;
use crate::context::OrgContext;
use crate::problem::Outcome;
use salescope_connectors::canonical::{Defaults, Draft, Parsed, Rejection};
use salescope_domain::{OrgId, Payload};
use salescope_engine_api::Submission;
use tokio::time::Instant;

/// An item on its way.
enum Item<'a> {
    Built(Payload),
    /// For somebody's id.
    Waits(Box<Draft<'a>>),
    Refused(Box<Rejection>),
}

/// What an item came to before the engine was asked.
#[derive(Debug)]
pub(super) enum Read {
    /// The next one of the submissions.
    Submitted,
    Refused(Box<Rejection>),
}

/// A body's items, in order.
#[derive(Debug)]
pub(super) struct Items {
    pub(super) submissions: Vec<Submission>,
    pub(super) read: Vec<Read>,
    /// Members that were left out because nobody knows what they mean, by the number of their item. Hardly any item has some.
    pub(super) left_out: Vec<(usize, Vec<String>)>,
}

/// Reads items.
pub(super) struct Reader<'a> {
    app: &'a App,
    org: &'a OrgId,
    defaults: Defaults<'a>,
    started: Instant,
    items: Vec<Item<'a>>,
    left_out: Vec<(usize, Vec<String>)>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(app: &'a App, org: &'a OrgId, context: &'a OrgContext) -> Self {
        let (source, now) = (&app.default_source, app.now());
        let defaults = Defaults { currency: context.currency, zone: &context.zone, source, now };
        Self { app, org, defaults, started: Instant::now(), items: Vec::new(), left_out: Vec::new() }
    }

    /// Takes the next item.
    pub(super) fn take(&mut self, parsed: Parsed<'a>) {
        let item = match parsed {
            Err(rejection) => Item::Refused(rejection.into()),
            Ok(draft) => {
                let unknown: Vec<String> = draft.unknown_members().map(str::to_owned).collect();
                if !unknown.is_empty() {
                    self.left_out.push((self.items.len(), unknown));
                }
                let source = draft.source().unwrap_or(self.defaults.source);
                let ids = self.app.parties.remembered(self.org, source, self.started);
                match draft.build(&ids, &self.defaults) {
                    Ok(payload) => Item::Built(payload),
                    Err(_) if ids.lacks_somebody() => Item::Waits(draft.into()),
                    Err(rejection) => Item::Refused(rejection.into()),
                }
            }
        };
        self.items.push(item);
    }

    /// The items, once those who had no id have one.
    pub(super) async fn finish(self) -> Outcome<Items> {
        let Self { app, org, defaults, items, left_out, .. } = self;
        let waiting = || {
            items.iter().filter_map(|item| match item {
                Item::Waits(draft) => Some(draft.as_ref()),
                Item::Built(_) | Item::Refused(_) => None,
            })
        };
        let built: Vec<_> = match waiting().next() {
            None => Vec::new(),
            Some(_) => {
                let resolved = app.resolve(org, defaults.source, waiting()).await?;
                let build = |draft: &Draft<'_>| {
                    let source = draft.source().unwrap_or(defaults.source);
                    draft.build(&resolved.of(source), &defaults)
                };
                waiting().map(build).collect()
            }
        };
        let (mut submissions, mut read) = (Vec::with_capacity(items.len()), Vec::with_capacity(items.len()));
        let mut built = built.into_iter();
        for item in items {
            let payload = match item {
                Item::Built(payload) => Ok(payload),
                Item::Waits(_) => built.next().expect("each that waited was built").map_err(Box::new),
                Item::Refused(rejection) => Err(rejection),
            };
            match payload {
                Ok(payload) => {
                    submissions.push(Submission::live(payload));
                    read.push(Read::Submitted);
                }
                Err(rejection) => read.push(Read::Refused(rejection)),
            }
        }
        Ok(Items { submissions, read, left_out })
    }
}
