//! One pass: facts into accumulators, by group.
//!
//! Invariant: a group exists when a fact that some input counts, or a blind deal, fell into it (and always without grouping).

use super::acc::Acc;
use crate::definition::{Input, Plan};
use crate::facts::{Ask, Deal, Fact, FactRow, Sink, additive, quota};
use crate::world::World;
use crate::world::dims::{Dim, Dims};
use crate::world::money::Amount;
use hashbrown::HashMap;
use salescope_domain::{Dimension, Filters};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Most dimensions to group by.
pub(crate) const GROUP_DIMS_MAX: usize = 2;

/// A group's dimension values, as numbers.
pub(crate) type Key = [u32; GROUP_DIMS_MAX];

/// A condition on a dimension.
struct Allowed {
    dim: Dim,
    values: Vec<u32>,
}

/// What fell into a group.
#[derive(Debug, Clone, Default)]
pub(crate) struct GroupAcc {
    pub key: Key,
    /// By input.
    pub accs: Vec<Acc>,
    /// Facts that have blind deals here, with how many.
    pub blind: Vec<(Fact, u64)>,
    /// Facts that some input counted here, with how many.
    pub facts: Vec<(Fact, u64)>,
    /// Notes of facts that some input counted here.
    pub notes: BTreeSet<&'static str>,
}

impl GroupAcc {
    /// The same group with nothing in it.
    pub(crate) fn blank(&self) -> Self {
        Self { key: self.key, accs: vec![Acc::default(); self.accs.len()], ..Self::default() }
    }

    /// Takes in what other deals brought to the group.
    pub(crate) fn merge(&mut self, other: &Self, plan: &Plan) {
        for ((acc, other), input) in self.accs.iter_mut().zip(&other.accs).zip(&plan.inputs) {
            acc.merge(other, input.measure);
        }
        for (fact, count) in &other.facts {
            tally(&mut self.facts, *fact, *count);
        }
        for (fact, count) in &other.blind {
            tally(&mut self.blind, *fact, *count);
        }
        self.notes.extend(&other.notes);
    }
}

/// A pass over the facts of a question.
pub(crate) struct Run<'a> {
    pub world: &'a World<'a>,
    inputs: &'a [Input],
    /// By input: its own conditions on dimensions.
    conditions: Vec<Vec<Allowed>>,
    filters: Vec<Allowed>,
    dims: Vec<Dim>,
    by_product: bool,
    /// The inputs that a fact with a code may count for.
    routes: HashMap<(Fact, u8), Rc<[usize]>, foldhash::fast::FixedState>,
    index: HashMap<Key, u32, foldhash::fast::FixedState>,
    pub groups: Vec<GroupAcc>,
}

fn allowed(world: &World<'_>, dimension: &Dimension, values: &mut dyn Iterator<Item = &str>) -> Allowed {
    let dim = world.dim(dimension);
    Allowed { dim, values: values.filter_map(|value| world.number(dim, value)).collect() }
}

/// Stands for a fact that may have any code: a person whose attainment cannot be told could be in any band.
const ANY_CODE: u8 = u8::MAX;

fn routes(inputs: &[Input]) -> HashMap<(Fact, u8), Rc<[usize]>, foldhash::fast::FixedState> {
    let of = |fact: Fact, code: u8| -> Rc<[usize]> {
        let counts =
            |input: &Input| input.fact == fact && (code == ANY_CODE || input.codes & (1 << code) != 0);
        (0..inputs.len()).filter(|at| counts(&inputs[*at])).collect()
    };
    let codes = |fact: Fact| {
        let count = fact.schema().code.map_or(1, |(_, codes)| codes.len());
        (0..u8::try_from(count).unwrap_or(ANY_CODE)).chain([ANY_CODE]).map(move |code| (fact, code))
    };
    let facts = inputs.iter().map(|input| input.fact);
    facts.flat_map(codes).map(|(fact, code)| ((fact, code), of(fact, code))).collect()
}

impl<'a> Run<'a> {
    /// A pass for a plan's inputs.
    pub(crate) fn new(
        world: &'a World<'a>,
        inputs: &'a [Input],
        group_by: &[Dimension],
        filters: &Filters,
    ) -> Self {
        let filters: Vec<Allowed> = filters
            .iter()
            .map(|(dimension, values)| allowed(world, dimension, &mut values.iter().map(String::as_str)))
            .collect();
        let conditions: Vec<Vec<Allowed>> = inputs
            .iter()
            .map(|input| {
                let of = |(dimension, values): &(Dimension, Vec<String>)| {
                    allowed(world, dimension, &mut values.iter().map(String::as_str))
                };
                input.dims.iter().map(of).collect()
            })
            .collect();
        let dims: Vec<Dim> = group_by.iter().map(|dimension| world.dim(dimension)).collect();
        let asked = conditions.iter().flatten().chain(&filters).map(|allowed| allowed.dim);
        let by_product = asked.chain(dims.iter().copied()).any(|dim| dim == Dim::Product);
        let mut run = Self {
            world,
            inputs,
            conditions,
            filters,
            dims,
            by_product,
            routes: routes(inputs),
            index: HashMap::default(),
            groups: Vec::new(),
        };
        if run.dims.is_empty() {
            run.group(Key::default());
        }
        run
    }

    /// The dimensions that the question groups or filters by.
    pub(crate) fn asked_dims(&self) -> Vec<Dim> {
        let mut dims: Vec<Dim> = self.filters.iter().map(|allowed| allowed.dim).collect();
        for dim in &self.dims {
            if !dims.contains(dim) {
                dims.push(*dim);
            }
        }
        dims
    }

    /// Whether `product` matters.
    pub(crate) fn by_product(&self) -> bool {
        self.by_product
    }

    /// Every deal, every activity, every quota that the inputs want.
    pub(crate) fn scan(&mut self, ask: &Ask) {
        if ask.facts.iter().any(|fact| fact.is_of_deals()) {
            let world = self.world;
            let mut slot = 0;
            for block in world.state.deals.blocks() {
                for at in 0..block.deals() {
                    if let Some(deal) = Deal::new(world, slot, block.versions(at)) {
                        deal.emit(ask, self);
                    }
                    slot += 1;
                }
            }
        }
        self.scan_others(ask);
    }

    /// What is not of deals.
    pub(crate) fn scan_others(&mut self, ask: &Ask) {
        let world = self.world;
        for fact in &ask.facts {
            match fact {
                Fact::Activity => additive::activities(world, self),
                Fact::MetricPoint => additive::points(world, ask, self),
                Fact::Quota => quota::quotas(world, quota::level(&self.asked_dims()), self),
                Fact::Rep => super::reps::reps(world, &self.asked_dims(), self),
                _ => {}
            }
        }
    }

    /// Takes the groups away: the pass begins anew.
    pub(crate) fn drain(&mut self) -> Vec<GroupAcc> {
        self.index.clear();
        std::mem::take(&mut self.groups)
    }

    /// A key's group, made where there is none, with `more` of a fact that some input counted in it.
    pub(crate) fn group_with(&mut self, key: Key, fact: Fact, more: u64) -> &mut GroupAcc {
        let number = self.group(key);
        let group = &mut self.groups[number];
        tally(&mut group.facts, fact, more);
        group
    }

    /// The number of a key's group, made where there is none.
    fn group(&mut self, key: Key) -> usize {
        let Self { index, groups, inputs, .. } = self;
        let number = *index.entry(key).or_insert_with(|| {
            groups.push(GroupAcc { key, accs: vec![Acc::default(); inputs.len()], ..GroupAcc::default() });
            u32::try_from(groups.len() - 1).expect("fewer than 2^32 groups")
        });
        number as usize
    }

    fn value(&self, dim: Dim, dims: &Dims, product: u32) -> u32 {
        if dim == Dim::Product { product } else { self.world.value(dim, dims) }
    }

    fn passes(&self, conditions: &[Allowed], dims: &Dims, product: u32) -> bool {
        conditions.iter().all(|allowed| allowed.values.contains(&self.value(allowed.dim, dims, product)))
    }

    fn key(&self, dims: &Dims, product: u32) -> Key {
        let mut key = Key::default();
        for (at, dim) in self.dims.iter().enumerate() {
            key[at] = self.value(*dim, dims, product);
        }
        key
    }

    fn piece(&mut self, row: &FactRow, product: u32, amount: Amount) {
        if !self.passes(&self.filters, &row.dims, product) {
            return;
        }
        let mut group = None;
        let spoilt = row.is_spoilt();
        let route = self
            .routes
            .get(&(row.fact, if spoilt { ANY_CODE } else { row.code }))
            .cloned()
            .unwrap_or_default();
        for at in route.iter().copied() {
            let input = &self.inputs[at];
            if (spoilt || input.wants(row)) && self.passes(&self.conditions[at], &row.dims, product) {
                let number = match group {
                    Some(number) => number,
                    None => self.group(self.key(&row.dims, product)),
                };
                group = Some(number);
                self.groups[number].accs[at].add(input, self.world, row, amount);
            }
        }
        if let Some(number) = group {
            let group = &mut self.groups[number];
            group.notes.extend(row.note);
            tally(&mut group.facts, row.fact, 1);
        }
    }
}

fn tally(counts: &mut Vec<(Fact, u64)>, fact: Fact, more: u64) {
    match counts.iter_mut().find(|(known, _)| *known == fact) {
        Some((_, count)) => *count += more,
        None => counts.push((fact, more)),
    }
}

/// How many of a fact.
pub(crate) fn count_of(counts: &[(Fact, u64)], fact: Fact) -> u64 {
    counts.iter().find(|(known, _)| *known == fact).map_or(0, |(_, count)| *count)
}

impl Input {
    /// Whether it counts every fact of its kind.
    pub(crate) fn is_unconditional(&self) -> bool {
        self.codes == u32::MAX && self.flags_on == 0 && self.flags_off == 0
    }

    /// Whether a fact counts, its dimensions apart.
    fn wants(&self, row: &FactRow) -> bool {
        self.fact == row.fact
            && self.codes & (1 << row.code) != 0
            && row.flags & self.flags_on == self.flags_on
            && row.flags & self.flags_off == 0
    }
}

impl Sink for Run<'_> {
    fn row(&mut self, row: &FactRow) {
        if !self.by_product {
            return self.piece(row, 0, row.amount);
        }
        if let Some(product) = row.dims.product {
            return self.piece(row, product, row.amount);
        }
        let pieces = self.world.product_pieces(row.dims.products, row.amount);
        if self.conditions.iter().flatten().any(|allowed| allowed.dim == Dim::Product) {
            return pieces.into_iter().for_each(|(product, amount)| self.piece(row, product, amount));
        }
        // A deal counts once in a group, with all of its pieces that fall into it.
        let mut groups: Vec<(Key, u32, Amount)> = Vec::new();
        for (product, amount) in pieces {
            if !self.passes(&self.filters, &row.dims, product) {
                continue;
            }
            let key = self.key(&row.dims, product);
            match groups.iter_mut().find(|(known, _, _)| *known == key) {
                Some((_, _, sum)) => *sum = World::plus(*sum, amount),
                None => groups.push((key, product, amount)),
            }
        }
        groups.into_iter().for_each(|(_, product, amount)| self.piece(row, product, amount));
    }

    fn blind(&mut self, fact: Fact, dims: &Dims, amount: Amount) {
        let pieces = if self.by_product {
            self.world.product_pieces(dims.products, amount)
        } else {
            smallvec::smallvec![(0, Amount::Absent)]
        };
        let mut keys: BTreeSet<Key> = BTreeSet::new();
        for (product, _) in pieces {
            let key = self.key(dims, product);
            if self.passes(&self.filters, dims, product) && keys.insert(key) {
                let number = self.group(key);
                tally(&mut self.groups[number].blind, fact, 1);
            }
        }
    }
}

impl Plan {
    /// The facts that the plan reads, each once.
    pub(crate) fn facts(&self) -> Vec<Fact> {
        let mut facts: Vec<Fact> = self.inputs.iter().map(|input| input.fact).collect();
        facts.sort_unstable();
        facts.dedup();
        facts
    }
}
