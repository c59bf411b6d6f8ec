//! Dimension values of a fact, as numbers: texts, or currency codes above [`CURRENCY_BIT`]. 0 is "none".

use super::World;
use crate::state::row::Row;
use salescope_domain::{Currency, Dimension};

/// Set on a number that is a currency's index instead of a text.
const CURRENCY_BIT: u32 = 1 << 31;

/// A dimension, with an own field's name as a number (0 when no fact can have it).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dim {
    Owner,
    Team,
    Region,
    Product,
    Stage,
    Pipeline,
    Account,
    Source,
    LeadSource,
    Currency,
    Own(u32),
}

/// What the dimensions of a fact are told from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Dims {
    /// Text.
    pub source: u32,
    /// Text.
    pub owner: u32,
    /// Attribute set.
    pub attrs: u32,
    /// Account object.
    pub account: u32,
    /// Line set.
    pub products: u32,
    /// Stage object.
    pub stage: u32,
    /// Whether the pipeline is that of the stage whatever the deal states.
    pub stage_pipeline: bool,
    /// Currency index plus one; 0 is none.
    pub currency: u16,
    /// Whether team and region are the owner's whatever the deal states.
    pub owner_only: bool,
    /// A team that stands for itself, as a text; 0 is none.
    pub team: u32,
    /// The product's label, where it is told already.
    pub product: Option<u32>,
    /// Metric point plus one, which states its own dimensions; 0 is none.
    pub point: u32,
}

impl Dims {
    /// The dimensions of a version, with its own owner.
    pub(crate) fn of(source: u32, row: &Row) -> Self {
        Self {
            source,
            owner: row.owner,
            attrs: row.attrs,
            account: row.account,
            products: row.products,
            stage: row.stage,
            currency: row.currency().map_or(0, |currency| currency.to_index() + 1),
            ..Self::default()
        }
    }
}

impl World<'_> {
    /// The dimension of a question.
    pub(crate) fn dim(&self, dimension: &Dimension) -> Dim {
        match dimension {
            Dimension::Owner => Dim::Owner,
            Dimension::Team => Dim::Team,
            Dimension::Region => Dim::Region,
            Dimension::Product => Dim::Product,
            Dimension::Stage => Dim::Stage,
            Dimension::Pipeline => Dim::Pipeline,
            Dimension::Account => Dim::Account,
            Dimension::Source => Dim::Source,
            Dimension::LeadSource => Dim::LeadSource,
            Dimension::Currency => Dim::Currency,
            Dimension::Own(field) => Dim::Own(self.state.texts.find(0, field.as_str()).unwrap_or(0)),
        }
    }

    /// The number that a filter's text stands for, if any fact can have it.
    pub(crate) fn number(&self, dim: Dim, text: &str) -> Option<u32> {
        if text == salescope_domain::query::NONE {
            return Some(0);
        }
        if dim == Dim::Currency {
            return text.parse().ok().map(|currency: Currency| CURRENCY_BIT | u32::from(currency.to_index()));
        }
        self.state.texts.find(0, text)
    }

    /// What a number prints as.
    pub(crate) fn print(&self, number: u32) -> String {
        if number & CURRENCY_BIT != 0 {
            let index = u16::try_from(number & !CURRENCY_BIT).unwrap_or(u16::MAX);
            return Currency::from_index(index).map_or_else(String::new, |currency| currency.to_string());
        }
        if number == 0 {
            return salescope_domain::query::NONE.to_owned();
        }
        self.state.texts.text(number).to_owned()
    }

    /// The value of a dimension other than `product`.
    pub(crate) fn value(&self, dim: Dim, dims: &Dims) -> u32 {
        if dims.point != 0 {
            return self.shown(self.point_value(dim, dims));
        }
        let value = match dim {
            Dim::Owner => dims.owner,
            Dim::Team => self.team(dims),
            Dim::Region => self.region(dims),
            Dim::Product => 0,
            Dim::Stage => self.stages[dims.stage as usize].label,
            Dim::Pipeline => self.pipeline_labels[self.pipeline(dims) as usize],
            Dim::Account => self.account_labels[dims.account as usize],
            Dim::Source => dims.source,
            Dim::LeadSource => self.state.sets.attrs.get(dims.attrs).lead_source,
            Dim::Currency if dims.currency == 0 => 0,
            Dim::Currency => CURRENCY_BIT | u32::from(dims.currency - 1),
            Dim::Own(field) => self.own(field, dims),
        };
        self.shown(value)
    }

    /// A text that prints like "nothing" is nothing.
    fn shown(&self, number: u32) -> u32 {
        if number == self.none { 0 } else { number }
    }

    /// A product object's label.
    pub(crate) fn product_label(&self, product: u32) -> u32 {
        self.shown(self.product_labels[product as usize])
    }

    /// The pipeline object of a fact.
    pub(crate) fn pipeline(&self, dims: &Dims) -> u32 {
        let own = if dims.stage_pipeline { 0 } else { self.state.sets.attrs.get(dims.attrs).pipeline };
        if own == 0 { self.stages[dims.stage as usize].pipeline } else { own }
    }

    /// The team that a person is in, as a text.
    pub(crate) fn team_of(&self, person: u32) -> u32 {
        self.people[person as usize].0
    }

    fn team(&self, dims: &Dims) -> u32 {
        if dims.team != 0 {
            return dims.team;
        }
        let own = if dims.owner_only { 0 } else { self.state.sets.attrs.get(dims.attrs).team };
        if own == 0 { self.team_of(dims.owner) } else { own }
    }

    fn region(&self, dims: &Dims) -> u32 {
        let own = if dims.owner_only { 0 } else { self.state.sets.attrs.get(dims.attrs).region };
        let owner = self.people[dims.owner as usize].1;
        match (own, owner) {
            (0, 0) => self.team_regions[self.team(dims) as usize],
            (0, owner) => owner,
            (own, _) => own,
        }
    }

    /// The value that a metric point states; its owner's team and region where it states none.
    fn point_value(&self, dim: Dim, dims: &Dims) -> u32 {
        let point = &self.state.points.rows()[dims.point as usize - 1].value;
        let stated = |name: &str| {
            let field = self.state.texts.find(0, name)?;
            let at = point.dimensions.binary_search_by_key(&field, |(field, _)| *field).ok()?;
            Some(point.dimensions[at].1)
        };
        let owner = || Dims {
            owner: stated("owner").unwrap_or(0),
            team: stated("team").unwrap_or(0),
            ..Dims::default()
        };
        let value = match dim {
            Dim::Source => Some(point.source),
            Dim::Owner => stated("owner"),
            Dim::Team => Some(self.team(&owner())),
            Dim::Region => stated("region").or_else(|| Some(self.region(&owner()))),
            Dim::Product => stated("product"),
            Dim::Stage => stated("stage"),
            Dim::Pipeline => stated("pipeline"),
            Dim::Account => stated("account"),
            Dim::LeadSource => stated("lead_source"),
            Dim::Currency => stated("currency").map(|code| {
                let code = self.state.texts.text(code).parse::<Currency>();
                code.map_or(0, |code| CURRENCY_BIT | u32::from(code.to_index()))
            }),
            Dim::Own(0) => None,
            Dim::Own(field) => stated(self.state.texts.text(field)),
        };
        value.unwrap_or(0)
    }

    fn own(&self, field: u32, dims: &Dims) -> u32 {
        if field == 0 {
            return 0;
        }
        let own = self.state.sets.attrs.get(dims.attrs).own(field);
        if own != 0 {
            return own;
        }
        self.state.accounts.at(dims.account, self.known).map_or(0, |account| {
            let attributes = &account.attributes;
            attributes.binary_search_by_key(&field, |(field, _)| *field).map_or(0, |at| attributes[at].1)
        })
    }
}
