#![doc = include_str!("../README.md")]

mod dims;
mod facts;
mod figure;
mod kpis;
mod money;
mod print;
mod span;
mod split;
mod world;

use crate::{span::Span, world::World};
use salescope_domain::{Answer, Entry, Instant, Query};

/// What a computation reads: the world that is asked about, the question and its times.
#[derive(Debug, Clone)]
struct Context {
    world: World,
    query: Query,
    span: Span,
}

/// The answer to `query` over `entries`, which stand in the order of the journal.
///
/// A KPI that is not built in, or a parameter that is missing, gives an answer without groups.
#[must_use]
pub fn answer(entries: &[Entry], query: &Query) -> Answer {
    let world = World::fold(entries, query.as_known.unwrap_or(Instant::MAX));
    let span = Span::new(query, &world.settings.time_zone);
    let context = Context { world, query: query.clone(), span };
    Answer {
        kpi: query.kpi.clone(),
        range: query.range,
        as_known: query.as_known,
        groups: kpis::groups(&context),
    }
}
