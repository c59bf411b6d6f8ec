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
use salescope_domain::{Currency, Dimension, Filters};
use std::collections::{BTreeMap, BTreeSet};

/// Marks a person's further rows, which only name more currencies.
pub(crate) const REPEATED: i64 = 1;

/// Bands of attainment: a share in hundredths up to which (exclusive, but for the fourth) a band reaches.
const BAND_ENDS: [i64; 4] = [50, 80, 100, 120];

/// People's quotas by person: their sum, and the currencies that have no rate.
#[derive(Default)]
struct Quotas {
    by_person: BTreeMap<u32, (BigRational, BTreeSet<Currency>)>,
}

impl Sink for Quotas {
    fn row(&mut self, row: &FactRow) {
        let entry =
            self.by_person.entry(row.dims.owner).or_insert_with(|| (BigRational::zero(), BTreeSet::new()));
        match row.amount {
            Amount::Home(minor) => {
                let share = BigRational::new(row.number.unwrap_or(0).into(), row.extra.max(1).into());
                entry.0 += share * BigRational::from_integer(minor.into());
            }
            Amount::NoRate(currency) => drop(entry.1.insert(currency)),
            _ => {}
        }
    }

    fn blind(&mut self, _: Fact, _: &Dims, _: Amount) {}
}

fn band(won: &BigRational, quota: &BigRational) -> u8 {
    let hundredths = won * BigRational::from_integer(100.into());
    let of_quota = |end: i64| quota * BigRational::from_integer(end.into());
    let below = BAND_ENDS[..3].iter().position(|end| hundredths < of_quota(*end));
    let band = below.unwrap_or(if hundredths <= of_quota(BAND_ENDS[3]) { 3 } else { 4 });
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
    for (person, (quota, mut missing)) in quotas.by_person {
        let group = run.groups.iter_mut().find(|group| group.key[0] == person);
        let mut row = FactRow::new(Fact::Rep, 0, Dims { owner: person, ..Dims::default() });
        let won = match group {
            None => Some(BigRational::zero()),
            Some(group) => {
                row.note = (group.accs[0].absent > 0).then_some("amount_missing");
                let won = group.accs[0].value(&inputs[0], world);
                missing.extend(&group.accs[0].no_rate);
                won
            }
        };
        match won.filter(|_| missing.is_empty()) {
            Some(won) => {
                let (code, flags) = (band(&won, &quota), if won >= quota { FIRST } else { 0 });
                sink.row(&FactRow { amount: Amount::Home(0), code, flags, ..row });
            }
            None if missing.is_empty() => sink.row(&row),
            None => spoilt(&row, &missing, sink),
        }
    }
}

/// A person whose attainment cannot be told: counted once, with every currency that has no rate.
fn spoilt(row: &FactRow, missing: &BTreeSet<Currency>, sink: &mut impl Sink) {
    for (at, currency) in missing.iter().enumerate() {
        let extra = if at == 0 { 0 } else { REPEATED };
        sink.row(&FactRow { amount: Amount::NoRate(*currency), extra, ..*row });
    }
}
