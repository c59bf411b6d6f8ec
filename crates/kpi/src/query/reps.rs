//! People with a quota, and what share of it they won.

use super::run::Run;
use crate::definition::{Input, Measure};
use crate::facts::quota::{self, Level};
use crate::facts::schema::{FIRST, FieldKind, OUTCOME_WON};
use crate::facts::{Ask, Fact, FactRow, Sink};
use crate::world::World;
use crate::world::dims::{Dim, Dims};
use crate::world::money::Amount;
use num_rational::BigRational;
use num_traits::Zero;
use salescope_domain::{Dimension, Filters};
use std::collections::BTreeMap;

/// Bands of attainment: a share in hundredths up to which (exclusive, but for the fourth) a band reaches.
const BAND_ENDS: [i64; 4] = [50, 80, 100, 120];

/// Sums of people's quotas by person, and of those that have no rate.
#[derive(Default)]
struct Quotas {
    by_person: BTreeMap<u32, (BigRational, Option<Amount>)>,
}

impl Sink for Quotas {
    fn row(&mut self, row: &FactRow) {
        let entry = self.by_person.entry(row.dims.owner).or_insert_with(|| (BigRational::zero(), None));
        match row.amount {
            Amount::Home(minor) => {
                let share = BigRational::new(row.number.unwrap_or(0).into(), row.extra.max(1).into());
                entry.0 += share * BigRational::from_integer(minor.into());
            }
            other => entry.1 = Some(other),
        }
    }

    fn blind(&mut self, _: Fact, _: u32, _: &Dims) {}
}

fn band(attainment: &BigRational) -> u8 {
    let hundredths = attainment * BigRational::from_integer(100.into());
    let at_most = |end: i64| BigRational::from_integer(end.into());
    let below = BAND_ENDS[..3].iter().position(|end| hundredths < at_most(*end));
    let band = below.unwrap_or(if hundredths <= at_most(BAND_ENDS[3]) { 3 } else { 4 });
    u8::try_from(band).expect("there are five bands")
}

/// Hands each person with a quota to the sink.
pub(crate) fn reps(world: &World<'_>, dims: &[Dim], sink: &mut impl Sink) {
    if quota::level(dims) == Level::None {
        return;
    }
    let mut quotas = Quotas::default();
    quota::quotas(world, Level::People, &mut quotas);
    let measure = Measure::Sum(FieldKind::Amount);
    let wins = Input {
        fact: Fact::DealClosed,
        codes: 1 << OUTCOME_WON,
        flags_on: 0,
        flags_off: 0,
        dims: Vec::new(),
        measure,
    };
    let inputs = [wins];
    let mut run = Run::new(world, &inputs, &[Dimension::Owner], &Filters::new());
    run.scan(&Ask { facts: vec![Fact::DealClosed], ..Ask::default() });
    for (person, (quota, missing)) in quotas.by_person {
        if quota.is_zero() && missing.is_none() {
            continue;
        }
        let mut row = FactRow::new(Fact::Rep, 0, Dims { owner: person, ..Dims::default() });
        row.amount = Amount::Home(0);
        let group = run.groups.iter_mut().find(|group| group.key[0] == person);
        let won = match group {
            None => Some(BigRational::zero()),
            Some(group) => {
                let acc = &mut group.accs[0];
                let won = acc.value(measure, Fact::DealClosed, world);
                if won.is_none() {
                    row.amount = acc.no_rate.first().map_or(Amount::Absent, |currency| Amount::NoRate(*currency));
                }
                won
            }
        };
        row.amount = missing.unwrap_or(row.amount);
        if let Some(attainment) = won.filter(|_| missing.is_none()).map(|won| won / quota) {
            row.code = band(&attainment);
            row.flags = if attainment >= BigRational::from_integer(1.into()) { FIRST } else { 0 };
        }
        sink.row(&row);
    }
}
