//! Quotas that overlap the range, by whose they are.

use super::{Fact, FactRow, Sink};
use crate::state::QuotaState;
use crate::world::World;
use crate::world::dims::{Dim, Dims};
use crate::world::money::{Amount, Converted};
use hashbrown::HashSet;
use salescope_domain::{DateRange, QuotaHolder, QuotaTarget};

/// Whose quotas answer a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// Nobody's: a dimension is asked about that quotas do not have.
    None,
    /// People's.
    People,
    /// Teams' own, else their people's.
    Teams,
    /// The organisation's own, else as for teams.
    Organisation,
}

/// The level that the dimensions of a question call for.
pub(crate) fn level(dims: &[Dim]) -> Level {
    let has = |dim| dims.contains(&dim);
    if dims.iter().any(|dim| !matches!(dim, Dim::Owner | Dim::Team | Dim::Region)) {
        Level::None
    } else if has(Dim::Owner) {
        Level::People
    } else if has(Dim::Team) || has(Dim::Region) {
        Level::Teams
    } else {
        Level::Organisation
    }
}

struct Found<'a> {
    quota: &'a QuotaState,
    /// Text of the person or team; 0 for the organisation.
    holder: u32,
}

fn found<'a>(world: &World<'a>) -> Vec<Found<'a>> {
    let state = world.state;
    let range = world.clock.range;
    let overlapping = state.quotas.all_at(world.known).filter_map(|(_, at)| at?.value.as_ref());
    overlapping
        .filter(|quota| matches!(quota.target, QuotaTarget::Money { .. }))
        .filter(|quota| quota.from < range.to && range.from < quota.to)
        .map(|quota| {
            let text = match &quota.holder {
                QuotaHolder::Person(id) => state.texts.find(0, id.as_str()),
                QuotaHolder::Team(id) => state.texts.find(0, id.as_str()),
                QuotaHolder::Organisation => None,
            };
            Found { quota, holder: text.unwrap_or(0) }
        })
        .collect()
}

fn row(world: &World<'_>, found: &Found<'_>) -> FactRow {
    let quota = found.quota;
    let dims = match quota.holder {
        QuotaHolder::Person(_) => Dims { owner: found.holder, ..Dims::default() },
        QuotaHolder::Team(_) => Dims { team: found.holder, ..Dims::default() },
        QuotaHolder::Organisation => Dims::default(),
    };
    let mut row = FactRow::new(Fact::Quota, 0, dims);
    let period = DateRange { from: quota.from, to: quota.to };
    let overlap = period.intersect(world.clock.range).map_or(0, DateRange::days);
    if let QuotaTarget::Money { minor, currency } = quota.target {
        let amount = Amount::Fixed { minor, currency, home: 0, date: quota.from };
        row.amount = match world.convert_quota(amount) {
            Converted::Home(minor) => Amount::Home(minor),
            Converted::NoRate(currency) | Converted::Floating { currency, .. } => Amount::NoRate(currency),
        };
    }
    row.number = Some(i64::from(overlap));
    row.extra = i64::from(period.days());
    row
}

/// Hands the quotas of a level to the sink.
pub(crate) fn quotas(world: &World<'_>, level: Level, sink: &mut impl Sink) {
    let found = found(world);
    let own_teams: HashSet<u32> =
        found.iter().filter(|f| matches!(f.quota.holder, QuotaHolder::Team(_))).map(|f| f.holder).collect();
    let has_own = found.iter().any(|f| f.quota.holder == QuotaHolder::Organisation);
    for found in &found {
        let counts = match (level, &found.quota.holder) {
            (Level::None, _) => false,
            (Level::People, holder) => matches!(holder, QuotaHolder::Person(_)),
            (Level::Organisation, holder) if has_own => *holder == QuotaHolder::Organisation,
            (_, QuotaHolder::Organisation) => false,
            (_, QuotaHolder::Team(_)) => true,
            (_, QuotaHolder::Person(_)) => !own_teams.contains(&world.team_of(found.holder)),
        };
        if counts {
            sink.row(&row(world, found));
        }
    }
}
