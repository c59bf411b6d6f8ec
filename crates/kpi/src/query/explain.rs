//! Why a figure is what it is: its formula and inputs, the deals in it and those left out, and what changed it.

mod changes;

use super::answer::{Context, Figures, closings_begin_late};
use super::run::{GroupAcc, Run};
use super::{Prepared, QueryError, complete, prepare, print, reads_closings};
use crate::definition::{Catalogue, Plan};
use crate::facts::{Ask, Deal, Fact};
use crate::state::State;
use crate::state::deals::Versions;
use crate::world::World;
use num_rational::BigRational;
use salescope_domain::{ExplainedInput, Explanation, Filters, Included, InputSpec, Instant, LeftOut, Query};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Most deals that an explanation lists of each kind; all are counted.
pub const DEALS_LISTED_MAX: usize = 1000;

struct Explainer<'a> {
    state: &'a State,
    query: &'a Query,
    prepared: &'a Prepared,
}

/// One world and what is asked of it.
struct View<'a> {
    world: World<'a>,
    ask: Ask,
    late: bool,
}

impl<'a> Explainer<'a> {
    fn view(&self, query: &Query) -> View<'a> {
        let world = World::new(self.state, query);
        let mut ask = self.prepared.ask.clone();
        let run = Run::new(&world, &self.prepared.plan.inputs, &[], &self.query.filters);
        complete(&mut ask, &world, &run, &self.prepared.plan);
        drop(run);
        let late = reads_closings(&ask) && closings_begin_late(&world);
        View { world, ask, late }
    }

    fn plan(&self) -> &'a Plan {
        &self.prepared.plan
    }

    /// What one deal, with just these versions, brings.
    fn of_deal(&self, view: &View<'_>, slot: usize, versions: Versions<'_>, filters: &Filters) -> GroupAcc {
        let mut run = Run::new(&view.world, &self.plan().inputs, &[], filters);
        if let Some(deal) = Deal::of(&view.world, slot_number(slot), versions) {
            deal.emit(&view.ask, &mut run);
        }
        run.groups.swap_remove(0)
    }

    /// What is not of deals.
    fn of_others(&self, view: &View<'_>) -> GroupAcc {
        let mut run = Run::new(&view.world, &self.plan().inputs, &[], &self.query.filters);
        run.scan_others(&view.ask);
        run.groups.swap_remove(0)
    }

    fn figures(&self, view: &View<'_>, group: &mut GroupAcc) -> Figures {
        let context =
            Context { world: &view.world, plan: self.plan(), ask: &view.ask, closings_begin_late: view.late };
        context.figures(group)
    }

    fn print(&self, view: &View<'_>, value: Option<&BigRational>) -> Option<String> {
        value.map(|value| print::value(value, self.plan().unit, view.world.settings.currency))
    }

    fn merge(&self, into: &mut GroupAcc, other: &GroupAcc) {
        into.merge(other, self.plan());
    }
}

fn slot_number(slot: usize) -> u32 {
    u32::try_from(slot).expect("an organisation has fewer than 2^32 deals")
}

/// Explains a figure without groups; `since` asks what changed it since then.
pub(crate) fn explain(
    state: &State,
    catalogue: &Catalogue,
    query: &Query,
    since: Option<Instant>,
) -> Result<Explanation, QueryError> {
    let prepared = prepare(state, catalogue, query)?;
    if !prepared.group_by.is_empty() {
        return Err(QueryError::GroupBy("anything when explaining: name the group with a filter".to_owned()));
    }
    let explainer = Explainer { state, query, prepared: &prepared };
    let view = explainer.view(query);
    let mut total = explainer.of_others(&view);
    let mut listed = Listed::default();
    for slot in 0..state.deals.len() {
        let versions = state.versions_at(slot, view.world.known);
        if versions.rows.is_empty() {
            continue;
        }
        let mut group = explainer.of_deal(&view, slot, versions, &query.filters);
        explainer.merge(&mut total, &group);
        listed.take(&explainer, &view, slot, versions, &mut group);
    }
    let inputs = explained_inputs(&explainer, &view, &total);
    let figures = explainer.figures(&view, &mut total);
    let currency = view.world.settings.currency;
    let definition = prepared.definition.clone();
    let choice = definition.formula_of.as_ref().and_then(|name| query.params.get(name));
    let formula =
        choice.and_then(|choice| definition.formulas.get(choice)).unwrap_or(&definition.formula).clone();
    Ok(Explanation {
        formula,
        value: explainer.print(&view, figures.value.as_ref()),
        unit: print::unit(prepared.plan.unit, currency),
        n: figures.n,
        parts: figures
            .parts
            .into_iter()
            .map(|(name, unit, value)| (name, value.map(|value| print::value(&value, unit, currency))))
            .collect(),
        notes: figures.notes,
        inputs,
        included_count: listed.included_count,
        included: listed.included,
        left_out_counts: listed.left_out_counts,
        left_out: listed.left_out,
        changes: since.map(|since| changes::changes(&explainer, &view, since)),
        definition,
    })
}

fn explained_inputs(
    explainer: &Explainer<'_>,
    view: &View<'_>,
    total: &GroupAcc,
) -> BTreeMap<String, ExplainedInput> {
    let currency = view.world.settings.currency;
    let definition = &explainer.prepared.definition;
    let of = |(name, spec): (&String, &InputSpec)| {
        let value = explainer.plan().named.get(name).and_then(|(expr, unit)| {
            let mut total = total.clone();
            let values: Vec<Option<BigRational>> = explainer
                .plan()
                .inputs
                .iter()
                .zip(&mut total.accs)
                .map(|(input, acc)| acc.value(input, &view.world))
                .collect();
            let clock = &view.world.clock;
            let days = (clock.range.days(), clock.elapsed_days());
            let value = expr.value(&|input| values[input].clone(), days)?;
            Some(print::value(&value, *unit, currency))
        });
        (name.clone(), ExplainedInput { spec: spec.clone(), value })
    };
    definition.inputs.iter().map(of).collect()
}

#[derive(Default)]
struct Listed {
    included_count: u64,
    included: Vec<Included>,
    left_out_counts: BTreeMap<Cow<'static, str>, u64>,
    left_out: Vec<LeftOut>,
}

impl Listed {
    fn take(
        &mut self,
        explainer: &Explainer<'_>,
        view: &View<'_>,
        slot: usize,
        versions: Versions<'_>,
        group: &mut GroupAcc,
    ) {
        let state = explainer.state;
        let number = slot_number(slot) + 1;
        let name = || {
            (
                state.texts.text(state.deal_ids.space(number)).to_owned(),
                state.deal_ids.text(number).to_owned(),
            )
        };
        if !group.facts.is_empty() {
            self.included_count += 1;
            if self.included.len() < DEALS_LISTED_MAX {
                let (source, deal) = name();
                let value = explainer.figures(view, group).value;
                let tenant_seq = versions.head().map_or(0, |head| head.seq);
                self.included.push(Included {
                    source,
                    deal,
                    value: explainer.print(view, value.as_ref()),
                    tenant_seq,
                });
            }
            return;
        }
        let Some(deal) = Deal::of(&view.world, slot_number(slot), versions) else { return };
        let filtered = !explainer.of_deal(view, slot, versions, &Filters::new()).facts.is_empty();
        let mut probe = Probe::default();
        deal.emit(&view.ask, &mut probe);
        let reason = deal.left_out_because(&view.ask.facts, probe.rows > 0, !filtered);
        *self.left_out_counts.entry(reason.into()).or_insert(0) += 1;
        if self.left_out.len() < DEALS_LISTED_MAX {
            let (source, deal) = name();
            self.left_out.push(LeftOut { source, deal, reason: reason.into() });
        }
    }
}

/// Counts facts, whatever they are.
#[derive(Default)]
struct Probe {
    rows: u64,
}

impl crate::facts::Sink for Probe {
    fn row(&mut self, _: &crate::facts::FactRow) {
        self.rows += 1;
    }

    fn blind(&mut self, _: Fact, _: &crate::world::dims::Dims, _: crate::world::money::Amount) {}
}
