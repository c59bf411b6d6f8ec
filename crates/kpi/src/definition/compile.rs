//! From definitions to plans: inputs that one pass over the facts fills, and formulas over them.
//!
//! Invariant: a plan holds each distinct input once, whichever formula and KPI it comes from.

use super::catalogue::Catalogue;
use super::check::{DefinitionError, listed};
use super::formula::{self, Expr};
use super::inputs::{conditions, measure};
use super::units::{Exponents, UNITS, Unit};
use crate::facts::Fact;
use crate::facts::schema::{FieldKind, SCHEMAS};
use salescope_domain::{Definition, Dimension, InputSpec, IntervalSpec};
use std::collections::BTreeMap;

/// How an input adds facts up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    Count,
    /// Facts that have the field.
    CountField(FieldKind),
    /// Facts that lack it.
    Missing(FieldKind),
    Sum(FieldKind),
    Median(FieldKind),
    /// Facts of a deal.
    CountDeals,
    DistinctDeals,
    DistinctOwners,
    Last,
    Min,
    Max,
}

/// What one pass fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Input {
    pub fact: Fact,
    /// Bit per code that counts.
    pub codes: u32,
    pub flags_on: u8,
    pub flags_off: u8,
    pub dims: Vec<(Dimension, Vec<String>)>,
    pub measure: Measure,
}

impl Input {
    fn exponents(&self) -> Exponents {
        match self.measure {
            Measure::Sum(kind) | Measure::Median(kind) => match kind {
                FieldKind::Amount | FieldKind::Weighted => Exponents { money: 1, days: 0 },
                FieldKind::Days | FieldKind::Milliseconds => Exponents { money: 0, days: 1 },
                FieldKind::Number => Exponents::default(),
            },
            _ => Exponents::default(),
        }
    }
}

/// A compiled part.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub name: String,
    pub expr: Expr,
    pub unit: Unit,
}

/// A compiled interval.
#[derive(Debug, Clone)]
pub(crate) enum Interval {
    Share { hits: Expr, of: Expr },
    Mean(usize),
}

/// A compiled KPI.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub unit: Unit,
    /// What the definition's own input names stand for, for explanations.
    pub named: BTreeMap<String, (Expr, Unit)>,
    /// Defaults of the parameters of other KPIs that this one uses.
    pub defaults: BTreeMap<String, String>,
    pub inputs: Vec<Input>,
    pub value: Expr,
    pub n: Expr,
    pub parts: Vec<Part>,
    pub interval: Option<Interval>,
}

impl Catalogue {
    /// Checks a definition of the organisation's own against the others.
    pub(crate) fn check(&self, definition: &Definition) -> Result<(), DefinitionError> {
        let id = definition.id.as_str();
        if !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            return Err(DefinitionError::Id { id: id.to_owned() });
        }
        if Self::is_built_in(id) {
            return Err(DefinitionError::BuiltIn { id: id.to_owned() });
        }
        if definition.ranking {
            let message = "only the built-in leaderboard ranks: use it with --param kpi=YOUR_ID".to_owned();
            return Err(DefinitionError::Meaning { place: "ranking".to_owned(), message });
        }
        let mut with = self.clone();
        with.insert(definition.clone());
        let choices: Vec<&str> = match &definition.formula_of {
            Some(_) => definition.formulas.keys().map(String::as_str).collect(),
            None => vec![""],
        };
        super::check::parameters(definition)?;
        for choice in choices {
            let plan = with.plan(definition, choice)?;
            super::check::parameters_set(definition, &plan)?;
        }
        Ok(())
    }

    /// Compiles a definition, with the formula that `choice` names where there are several.
    pub(crate) fn plan(&self, definition: &Definition, choice: &str) -> Result<Plan, DefinitionError> {
        let mut compiler = Compiler {
            catalogue: self,
            inputs: Vec::new(),
            path: Vec::new(),
            defaults: BTreeMap::new(),
            names: 0,
        };
        let unit = named_unit("unit", &definition.unit)?;
        compiler.path.push(definition.id.as_str().to_owned());
        let formula = definition.formulas.get(choice).unwrap_or(&definition.formula);
        let value = compiler.formula(definition, "formula", formula, unit)?;
        let n = compiler.formula(definition, "n", &definition.n, Unit::Count)?;
        let mut parts = Vec::new();
        for (name, part) in &definition.parts {
            let place = format!("parts.{name}");
            let unit = named_unit(&place, &part.unit)?;
            let expr = compiler.formula(definition, &place, &part.formula, unit)?;
            parts.push(Part { name: name.clone(), expr, unit });
        }
        let interval = match &definition.interval {
            None => None,
            Some(interval) => Some(compiler.interval(definition, interval)?),
        };
        let named = compiler.named(definition)?;
        Ok(Plan {
            unit,
            named,
            defaults: compiler.defaults,
            inputs: compiler.inputs,
            value,
            n,
            parts,
            interval,
        })
    }
}

fn named_unit(place: &str, name: &str) -> Result<Unit, DefinitionError> {
    Unit::named(name).ok_or_else(|| DefinitionError::Unknown {
        place: place.to_owned(),
        what: "unit",
        name: name.to_owned(),
        known: listed(UNITS.iter().map(|(name, _)| *name)),
    })
}

struct Compiler<'a> {
    catalogue: &'a Catalogue,
    inputs: Vec<Input>,
    /// The KPIs that are being compiled, outermost first.
    path: Vec<String>,
    /// Defaults of the parameters of the KPIs that were used.
    defaults: BTreeMap<String, String>,
    /// Names that were looked up, in this KPI and all that it uses.
    names: usize,
}

/// Most names that a KPI and all that it uses may look up: KPIs that use KPIs could grow beyond any bound.
const NAMES_MAX: usize = 2_000;

impl Compiler<'_> {
    fn formula(
        &mut self,
        of: &Definition,
        place: &str,
        text: &str,
        unit: Unit,
    ) -> Result<Expr, DefinitionError> {
        let expr = formula::parse(text)?.bind(&mut |name| self.name(of, place, name))?;
        let found = expr.exponents(&|input| self.inputs[input].exponents());
        let units = |message| DefinitionError::Units { place: place.to_owned(), message };
        let found = found.map_err(|message| units(format!("{message} in {text:?}")))?;
        if found == unit.exponents() {
            return Ok(expr);
        }
        let wanted = UNITS.iter().find(|(_, known)| *known == unit).map_or("", |(name, _)| *name);
        Err(units(format!("{text:?} gives {found}, but the unit is {wanted}")))
    }

    /// Each input's name with its expression and the unit that it prints in.
    fn named(&mut self, of: &Definition) -> Result<BTreeMap<String, (Expr, Unit)>, DefinitionError> {
        let mut named = BTreeMap::new();
        for (name, spec) in &of.inputs {
            let expr = self.name(of, "inputs", name)?;
            let other = spec.kpi.as_deref().and_then(|id| self.catalogue.get(id));
            let exponents = expr.exponents(&|input| self.inputs[input].exponents()).unwrap_or_default();
            let unit = match other {
                Some(other) => named_unit("inputs", &other.unit)?,
                None if exponents == Unit::Money.exponents() => Unit::Money,
                None if exponents == Unit::Days.exponents() => Unit::Days,
                None => Unit::Number,
            };
            named.insert(name.clone(), (expr, unit));
        }
        Ok(named)
    }

    fn interval(&mut self, of: &Definition, spec: &IntervalSpec) -> Result<Interval, DefinitionError> {
        match (&spec.share, &spec.mean) {
            (Some(share), None) => {
                let hits = self.formula(of, "interval.share.hits", &share.hits, Unit::Count)?;
                let of = self.formula(of, "interval.share.of", &share.of, Unit::Count)?;
                Ok(Interval::Share { hits, of })
            }
            (None, Some(sum)) => self.mean(of, sum),
            _ => Err(DefinitionError::Meaning {
                place: "interval".to_owned(),
                message: "needs either `share` or `mean`".to_owned(),
            }),
        }
    }

    fn mean(&mut self, of: &Definition, name: &str) -> Result<Interval, DefinitionError> {
        let place = "interval.mean";
        match self.name(of, place, name)? {
            Expr::Input(input) if matches!(self.inputs[input].measure, Measure::Sum(_)) => {
                Ok(Interval::Mean(input))
            }
            _ => Err(DefinitionError::Meaning {
                place: place.to_owned(),
                message: format!("{name:?} is not an input with a measure `sum FIELD`"),
            }),
        }
    }

    fn name(&mut self, of: &Definition, place: &str, name: &str) -> Result<Expr, DefinitionError> {
        self.names += 1;
        if self.names > NAMES_MAX {
            let message = format!("with all the KPIs that it uses it has more than {NAMES_MAX} names");
            return Err(DefinitionError::Meaning { place: place.to_owned(), message });
        }
        let Some(spec) = of.inputs.get(name) else {
            return Err(DefinitionError::Unknown {
                place: place.to_owned(),
                what: "input",
                name: name.to_owned(),
                known: listed(of.inputs.keys().map(String::as_str)),
            });
        };
        let place = format!("inputs.{name}");
        match (&spec.kpi, &spec.fact) {
            (Some(kpi), None) => self.kpi(&place, kpi),
            (None, Some(fact)) => {
                let input = self.input(&place, fact, spec)?;
                let known = self.inputs.iter().position(|known| *known == input);
                Ok(Expr::Input(known.unwrap_or_else(|| {
                    self.inputs.push(input);
                    self.inputs.len() - 1
                })))
            }
            _ => Err(DefinitionError::Meaning { place, message: "needs either `fact` or `kpi`".to_owned() }),
        }
    }

    fn kpi(&mut self, place: &str, id: &str) -> Result<Expr, DefinitionError> {
        let catalogue = self.catalogue;
        let Some(other) = catalogue.get(id).filter(|other| !other.ranking && other.formula_of.is_none())
        else {
            let usable = |other: &&Definition| {
                let other_id = other.id.as_str();
                !other.ranking
                    && other.formula_of.is_none()
                    && !self.path.iter().any(|on_path| on_path == other_id)
            };
            return Err(DefinitionError::Unknown {
                place: place.to_owned(),
                what: "KPI that can be used here,",
                name: id.to_owned(),
                known: listed(catalogue.all().filter(usable).map(|other| other.id.as_str())),
            });
        };
        if self.path.iter().any(|on_path| on_path == id) {
            return Err(DefinitionError::Cycle { path: format!("{} -> {id}", self.path.join(" -> ")) });
        }
        for (name, spec) in &other.parameters {
            if let Some(default) = &spec.default {
                self.defaults.entry(name.clone()).or_insert_with(|| default.clone());
            }
        }
        self.path.push(id.to_owned());
        let unit = named_unit(place, &other.unit)?;
        let expr = self.formula(other, place, &other.formula, unit)?;
        self.path.pop();
        Ok(expr)
    }

    fn input(&mut self, place: &str, fact: &str, spec: &InputSpec) -> Result<Input, DefinitionError> {
        let Some(schema) = SCHEMAS.iter().find(|schema| schema.name == fact) else {
            return Err(DefinitionError::Unknown {
                place: format!("{place}.fact"),
                what: "fact",
                name: fact.to_owned(),
                known: listed(SCHEMAS.iter().map(|schema| schema.name)),
            });
        };
        let measure = measure(place, schema, spec.measure.as_deref().unwrap_or("count"))?;
        let mut input = Input {
            fact: schema.fact,
            codes: u32::MAX,
            flags_on: 0,
            flags_off: 0,
            dims: Vec::new(),
            measure,
        };
        for (field, condition) in &spec.conditions {
            conditions(&format!("{place}.where.{field}"), schema, field, condition, &mut input)?;
        }
        Ok(input)
    }
}
