//! From a body to submissions. Each item is read and built while its text is at hand; only those that speak of somebody whose id
//! is not remembered wait for the end of the body.
//!
//! Invariant: whoever has no id yet is given one only after the whole body could be read.

use crate::app::App;
use crate::context::OrgContext;
use crate::problem::Outcome;
use salescope_connectors::canonical::{Defaults, Draft, Parsed, Rejection};
use salescope_domain::OrgId;
use salescope_engine_api::Submission;
use tokio::time::Instant;

/// What an item came to before the engine was asked.
#[derive(Debug)]
pub(super) enum Read {
    /// The next one of the submissions.
    Submitted,
    Refused(Rejection),
}

/// A body's items, in order.
#[derive(Debug)]
pub(super) struct Items {
    pub(super) submissions: Vec<Submission>,
    pub(super) read: Vec<Read>,
    /// Members that were left out because nobody knows what they mean, by the number of their item. Hardly any item has some.
    pub(super) left_out: Vec<(usize, Vec<String>)>,
}

/// An item that speaks of somebody whose id has to be asked for.
struct Waiting<'a> {
    item: usize,
    /// How many submissions come before its own.
    before: usize,
    draft: Draft<'a>,
}

/// What a usual item takes in a body.
const USUAL_ITEM_BYTES: usize = 240;

/// Reads items.
pub(super) struct Reader<'a> {
    app: &'a App,
    org: &'a OrgId,
    defaults: Defaults<'a>,
    started: Instant,
    /// Those that wait are not among the submissions yet.
    items: Items,
    waiting: Vec<Waiting<'a>>,
}

impl<'a> Reader<'a> {
    /// Of a body of so many bytes.
    pub(super) fn new(app: &'a App, org: &'a OrgId, context: &'a OrgContext, bytes: usize) -> Self {
        let (source, now) = (&app.default_source, app.now());
        let defaults = Defaults { currency: context.currency, zone: &context.zone, source, now };
        let about = (bytes / USUAL_ITEM_BYTES).min(app.options.limits.items_max);
        let (submissions, read) = (Vec::with_capacity(about), Vec::with_capacity(about));
        let items = Items { submissions, read, left_out: Vec::new() };
        Self { app, org, defaults, started: Instant::now(), items, waiting: Vec::new() }
    }

    /// Takes the next item.
    pub(super) fn take(&mut self, parsed: Parsed<'a>) {
        let Items { submissions, read, left_out } = &mut self.items;
        let (item, before) = (read.len(), submissions.len());
        let draft = match parsed {
            Ok(draft) => draft,
            Err(rejection) => return read.push(Read::Refused(rejection)),
        };
        let unknown: Vec<String> = draft.unknown_members().map(str::to_owned).collect();
        if !unknown.is_empty() {
            left_out.push((item, unknown));
        }
        let source = draft.source().unwrap_or(self.defaults.source);
        let ids = self.app.parties.remembered(self.org, source, self.started);
        match draft.build(&ids, &self.defaults) {
            Ok(payload) => {
                submissions.push(Submission::live(payload));
                read.push(Read::Submitted);
            }
            Err(_) if ids.lacks_somebody() => {
                self.waiting.push(Waiting { item, before, draft });
                read.push(Read::Submitted);
            }
            Err(rejection) => read.push(Read::Refused(rejection)),
        }
    }

    /// The items, once those who had no id have one.
    pub(super) async fn finish(self) -> Outcome<Items> {
        let Self { app, org, defaults, mut items, waiting, .. } = self;
        if waiting.is_empty() {
            return Ok(items);
        }
        let resolved =
            app.resolve(org, defaults.source, waiting.iter().map(|waiting| &waiting.draft)).await?;
        // Each goes among the others where it came.
        let (mut others, mut taken) = (std::mem::take(&mut items.submissions).into_iter(), 0);
        for Waiting { item, before, draft } in &waiting {
            items.submissions.extend(others.by_ref().take(before - taken));
            taken = *before;
            let source = draft.source().unwrap_or(defaults.source);
            match draft.build(&resolved.of(source), &defaults) {
                Ok(payload) => items.submissions.push(Submission::live(payload)),
                Err(rejection) => items.read[*item] = Read::Refused(rejection),
            }
        }
        items.submissions.extend(others);
        Ok(items)
    }
}
