//! Dimension values, filters and group keys.

use crate::{
    Context,
    figure::Key,
    world::{Deal, DealState},
};
use salescope_domain::{
    Credit, Dimension, Label, PersonId, PipelineId, ProductId, Query, SourceId, StageId, TeamId, query::NONE,
};

/// What dimensions are read from: a state of a deal, with the owner and the stage that count.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    pub(crate) source: SourceId,
    pub(crate) state: DealState,
    pub(crate) owner: Option<PersonId>,
    pub(crate) stage: Option<StageId>,
    pub(crate) pipeline: Option<PipelineId>,
}

impl Described {
    /// A state of a deal with its own owner and stage.
    pub(crate) fn state(context: &Context, source: &SourceId, state: &DealState) -> Self {
        let owner = state.owner.clone();
        Self { source: source.clone(), owner, state: state.clone(), stage: None, pipeline: None }
            .with_stage(context, state.stage.clone())
    }

    /// A deal's head with the credited owner.
    pub(crate) fn head(context: &Context, deal: &Deal) -> Self {
        let owner = credited_owner(context, deal);
        Self { owner, ..Self::state(context, &deal.key.0, deal.head()) }
    }

    /// In this stage, and in the deal's own pipeline, else the stage's.
    pub(crate) fn with_stage(mut self, context: &Context, stage: Option<StageId>) -> Self {
        let of_stage = stage.as_ref().and_then(|stage| context.world.stage(&self.source, stage));
        self.pipeline = self.state.pipeline.clone().or(of_stage.and_then(|stage| stage.pipeline.clone()));
        self.stage = stage;
        self
    }

    /// In this stage and its pipeline, whatever the deal's own is.
    pub(crate) fn in_stage(mut self, context: &Context, stage: &StageId) -> Self {
        let record = context.world.stage(&self.source, stage);
        self.pipeline = record.and_then(|stage| stage.pipeline.clone());
        self.stage = Some(stage.clone());
        self
    }

    /// The name of a product of this source, else its id.
    pub(crate) fn product_name(&self, context: &Context, product: &ProductId) -> String {
        let record = context.world.products.get(&(self.source.clone(), product.clone()));
        record.and_then(|record| record.name.as_ref()).map_or(product.to_string(), Label::to_string)
    }

    /// The printed value of a dimension other than `product`.
    pub(crate) fn text(&self, context: &Context, dimension: &Dimension) -> String {
        let (world, state) = (&context.world, &self.state);
        let team = state.team.clone().or(team_of(context, self.owner.as_ref()));
        let account = state.account.as_ref();
        let account_record = account.and_then(|id| world.accounts.get(&(self.source.clone(), id.clone())));
        let named = |id: Option<String>, name: Option<&Label>| name.map(Label::to_string).or(id);
        let text = match dimension {
            Dimension::Owner => self.owner.as_ref().map(PersonId::to_string),
            Dimension::Team => team.as_ref().map(TeamId::to_string),
            Dimension::Region => region_of(context, state.region.clone(), self.owner.as_ref(), team.as_ref()),
            Dimension::Product => unreachable!("the pieces of a deal have products"),
            Dimension::Stage => {
                let record = self.stage.as_ref().and_then(|stage| world.stage(&self.source, stage));
                let id = self.stage.as_ref().map(StageId::to_string);
                named(id, record.and_then(|record| record.name.as_ref()))
            }
            Dimension::Pipeline => {
                let id = self.pipeline.clone();
                let record = id.clone().and_then(|id| world.pipelines.get(&(self.source.clone(), id)));
                named(id.map(|id| id.to_string()), record.and_then(|record| record.name.as_ref()))
            }
            Dimension::Account => {
                let id = account.map(|id| id.to_string());
                named(id, account_record.and_then(|record| record.name.as_ref()))
            }
            Dimension::Source => Some(self.source.to_string()),
            Dimension::LeadSource => state.lead_source.as_ref().map(Label::to_string),
            Dimension::Currency => state.currency.map(|currency| currency.to_string()),
            Dimension::Own(field) => {
                let of_account = account_record.and_then(|record| record.attributes.get(field));
                state.custom.get(field).or(of_account).map(Label::to_string)
            }
        };
        text.unwrap_or_else(|| NONE.to_owned())
    }
}

/// The team that a person is in.
pub(crate) fn team_of(context: &Context, person: Option<&PersonId>) -> Option<TeamId> {
    context.world.people.get(person?)?.team.clone()
}

/// The stated region, else the person's, else the team's.
pub(crate) fn region_of(
    context: &Context,
    stated: Option<Label>,
    person: Option<&PersonId>,
    team: Option<&TeamId>,
) -> Option<String> {
    let of_person =
        person.and_then(|id| context.world.people.get(id)).and_then(|person| person.region.clone());
    let of_team = team.and_then(|id| context.world.teams.get(id)).and_then(|team| team.region.clone());
    stated.or(of_person).or(of_team).map(|region| region.to_string())
}

/// Who is credited with a deal: while it is open, its owner; when it is closed, by the setting.
pub(crate) fn credited_owner(context: &Context, deal: &Deal) -> Option<PersonId> {
    let head = deal.head();
    if !head.is_closed() || context.world.settings.credit == Credit::CurrentOwner {
        return head.owner.clone();
    }
    let run = deal.versions.iter().rev().take_while(|version| version.state.stand == head.stand);
    run.last().and_then(|close| close.state.owner.clone())
}

/// The group of a fact with these texts, or nothing where a filter leaves it out.
pub(crate) fn place(query: &Query, text: impl Fn(&Dimension) -> String) -> Option<Key> {
    for (dimension, wanted) in &query.filters {
        if !wanted.contains(&text(dimension)) {
            return None;
        }
    }
    Some(query.group_by.iter().map(|dimension| (dimension.clone(), text(dimension))).collect())
}
