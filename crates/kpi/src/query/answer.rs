//! From accumulators to answers: formulas, intervals, notes.

use super::acc::in_days;
use super::run::{GroupAcc, Run, count_of};
use super::{Prepared, print};
use crate::definition::formula::Expr;
use crate::definition::{Interval, Plan, Unit};
use crate::facts::schema::OPEN_STALE;
use crate::facts::{Ask, Fact};
use crate::world::World;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};
use salescope_domain::stats::{FEW_DEALS, mean_interval, wilson};
use salescope_domain::{Answer, Better, Dimension, Group, Query};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A group's figures before they are printed.
#[derive(Debug, Clone)]
pub(crate) struct Figures {
    pub value: Option<BigRational>,
    pub n: u64,
    pub parts: Vec<(String, Unit, Option<BigRational>)>,
    pub notes: BTreeSet<String>,
}

/// What every group's notes depend on beside the group.
pub(crate) struct Context<'a> {
    pub world: &'a World<'a>,
    pub plan: &'a Plan,
    pub ask: &'a Ask,
    /// Whether deals are older than any closing and than the range.
    pub closings_begin_late: bool,
}

impl Context<'_> {
    fn has(&self, fact: Fact) -> bool {
        self.plan.inputs.iter().any(|input| input.fact == fact)
    }

    /// The values of all inputs of a group; `None` where they cannot be told.
    fn inputs(&self, group: &mut GroupAcc, notes: &mut BTreeSet<String>) -> Vec<Option<BigRational>> {
        let GroupAcc { accs, blind, facts, .. } = group;
        let mut values = Vec::with_capacity(accs.len());
        for (input, acc) in self.plan.inputs.iter().zip(accs) {
            let mut value = acc.value(input, self.world);
            notes.extend(acc.no_rate.iter().map(|currency| format!("rate_missing:{currency}")));
            if acc.absent > 0 {
                notes.insert("amount_missing".to_owned());
            }
            if acc.untold > 0 {
                notes.insert("history_absent".to_owned());
            }
            let blind = count_of(blind, input.fact) > 0;
            if blind {
                notes.insert("history_absent".to_owned());
            }
            let nothing_seen = blind && count_of(facts, input.fact) == 0;
            let no_activity = self.ask.no_activity && input.flags_on & OPEN_STALE != 0;
            if nothing_seen || no_activity || self.is_frozen_later(input.fact) {
                value = None;
            }
            values.push(value);
        }
        values
    }

    /// Whether a fact asks for a forecast that is not frozen yet.
    fn is_frozen_later(&self, fact: Fact) -> bool {
        let clock = &self.world.clock;
        let freeze = clock.range.from.plus_days(7 * self.ask.freeze_week);
        fact == Fact::FrozenForecast && self.world.settings.time_zone.start_of_day(freeze) > clock.now
    }

    fn general_notes(&self, group: &GroupAcc, notes: &mut BTreeSet<String>) {
        let clock = &self.world.clock;
        if clock.partial {
            notes.insert("partial_period".to_owned());
        }
        notes.extend(group.notes.iter().map(|note| (*note).to_owned()));
        let mut note = |when: bool, code: &str| {
            if when {
                notes.insert(code.to_owned());
            }
        };
        note(
            self.closings_begin_late && (self.has(Fact::DealClosed) || self.has(Fact::Rep)),
            "history_absent",
        );
        let stale = self.plan.inputs.iter().any(|input| input.flags_on & OPEN_STALE != 0);
        note(self.ask.no_activity && (stale || self.has(Fact::Activity)), "history_absent");
        let facts = &group.facts;
        for fact in [Fact::Quota, Fact::Rep] {
            note(self.has(fact) && count_of(facts, fact) == 0, "no_quota");
        }
        note(self.has(Fact::FrozenForecast) && self.is_frozen_later(Fact::FrozenForecast), "not_frozen_yet");
    }

    /// A group's figures.
    pub(crate) fn figures(&self, group: &mut GroupAcc) -> Figures {
        let mut notes = BTreeSet::new();
        let values = self.inputs(group, &mut notes);
        self.general_notes(group, &mut notes);
        let clock = &self.world.clock;
        let days = (clock.range.days(), clock.elapsed_days());
        let of = |expr: &Expr| expr.value(&|input| values[input].clone(), days);
        let count = |expr: &Expr| of(expr).and_then(|n| n.to_integer().to_u64()).unwrap_or(0);
        let value = of(&self.plan.value);
        if value.is_none() && has_met(&self.plan.value, &of) {
            notes.insert("quota_met".to_owned());
        }
        let n = count(&self.plan.n);
        let mut parts: Vec<(String, Unit, Option<BigRational>)> =
            self.plan.parts.iter().map(|part| (part.name.clone(), part.unit, of(&part.expr))).collect();
        if let Some(interval) = self.plan.interval.as_ref().filter(|_| (1..FEW_DEALS).contains(&n)) {
            notes.insert("few_deals".to_owned());
            if let Some((low, high)) = self.interval(interval, group, &count, n) {
                let told = |end: Option<BigRational>| end.filter(|_| value.is_some());
                parts.push(("interval_low".to_owned(), self.plan.unit, told(low)));
                parts.push(("interval_high".to_owned(), self.plan.unit, told(high)));
            }
        }
        Figures { value, n, parts, notes }
    }

    fn interval(
        &self,
        interval: &Interval,
        group: &GroupAcc,
        count: &impl Fn(&Expr) -> u64,
        n: u64,
    ) -> Option<(Option<BigRational>, Option<BigRational>)> {
        let ends = match interval {
            Interval::Share { hits, of } => wilson(count(hits), count(of)),
            Interval::Mean(_) if n < 2 => return None,
            Interval::Mean(input) => {
                let (n, sum, squares) = group.accs[*input].moments();
                let crate::definition::Measure::Sum(kind) = self.plan.inputs[*input].measure else {
                    return None;
                };
                mean_interval(n, &sum, &squares).map(|(low, high)| (in_days(low, kind), in_days(high, kind)))
            }
        };
        Some(ends.unzip())
    }

    /// The answer that a pass comes to.
    pub(crate) fn answer(&self, mut run: Run<'_>, prepared: &Prepared, query: &Query) -> Answer {
        let mut accs = std::mem::take(&mut run.groups);
        let mut groups: Vec<_> =
            accs.iter_mut().map(|acc| self.group(&run, &prepared.group_by, acc)).collect();
        groups.sort_by(|(a, _), (b, _)| a.key.cmp(&b.key));
        if prepared.ranking {
            rank(&mut groups, prepared.definition.better == Better::Higher);
        }
        let groups = groups.into_iter().map(|(group, _)| group).collect();
        Answer { kpi: query.kpi.clone(), range: query.range, as_known: query.as_known, groups }
    }

    /// A group as it is told, and its value before it is printed.
    pub(crate) fn group(
        &self,
        run: &Run<'_>,
        dimensions: &[Dimension],
        acc: &mut GroupAcc,
    ) -> (Group, Option<BigRational>) {
        let figures = self.figures(acc);
        let currency = self.world.settings.currency;
        let key = dimensions
            .iter()
            .zip(acc.key)
            .map(|(dimension, number)| (dimension.clone(), run.world.print(number)));
        let parts: BTreeMap<String, Option<String>> = figures
            .parts
            .into_iter()
            .map(|(name, unit, value)| (name, value.map(|value| print::value(&value, unit, currency))))
            .collect();
        let group = Group {
            key: key.collect(),
            value: figures.value.as_ref().map(|value| print::value(value, self.plan.unit, currency)),
            unit: print::unit(self.plan.unit, currency),
            n: figures.n,
            parts,
            notes: figures.notes,
        };
        (group, figures.value)
    }
}

/// Whether a formula gives nothing because what must be positive is not.
fn has_met(expr: &Expr, of: &impl Fn(&Expr) -> Option<BigRational>) -> bool {
    match expr {
        Expr::Positive(inner) => of(inner).is_some_and(|value| !value.is_positive()),
        Expr::Binary(_, left, right) => has_met(left, of) || has_met(right, of),
        _ => false,
    }
}

/// Whether deals older than the range are known and none that closed before it.
pub(crate) fn closings_begin_late(world: &World<'_>) -> bool {
    let from = world.clock.range.from;
    let mut created_before = false;
    for block in world.state.deals.blocks() {
        for at in 0..block.deals() {
            let versions = block.versions(at);
            let versions = if world.known == i64::MAX { versions } else { versions.known_at(world.known) };
            let Some(head) = versions.head() else { continue };
            if head.state().is_closed() && head.close().is_some_and(|close| close < from) {
                return false;
            }
            created_before |= !head.state().is_gone() && head.created().is_some_and(|created| created < from);
        }
    }
    created_before
}

/// The number that a printed value stands for.
pub(crate) fn decimal(text: &str) -> Option<BigRational> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: BigInt = format!("{whole}{fraction}").parse().ok()?;
    Some(BigRational::new(digits, BigInt::from(10).pow(u32::try_from(fraction.len()).ok()?)))
}

/// Sorts groups by value, the better first, and writes their ranks; ties share one.
pub(crate) fn rank(groups: &mut [(Group, Option<BigRational>)], higher: bool) {
    let better = |a: &BigRational, b: &BigRational| if higher { b.cmp(a) } else { a.cmp(b) };
    groups.sort_by(|(_, a), (_, b)| match (a, b) {
        (Some(a), Some(b)) => better(a, b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    });
    let mut last: Option<(BigRational, usize)> = None;
    for (at, (group, value)) in groups.iter_mut().enumerate() {
        let rank = value.as_ref().map(|value| match &last {
            Some((before, rank)) if before == value => *rank,
            _ => {
                last = Some((value.clone(), at + 1));
                at + 1
            }
        });
        group.parts.insert("rank".to_owned(), rank.map(|rank| rank.to_string()));
    }
}
