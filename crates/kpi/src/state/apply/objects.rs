//! Folding in what is not of one deal: people, teams, accounts, stages, quotas, rates, activities and metric points.

use super::millionths;
use crate::state::ledger::Statement;
use crate::state::{
    AccountState, ActivityState, PersonState, PointState, QuotaState, RateState, StageState, State,
};
use salescope_domain::{Activity, Label, MetricPoint, Payload, Quota, QuotaHolder, Stage};

impl State {
    pub(super) fn apply_object(&mut self, payload: &Payload, known: i64, seq: u64) -> bool {
        match payload {
            Payload::Person(event) => {
                let team = self.text(event.team.as_ref().map(|team| team.as_str()));
                let region = self.text(event.region.as_ref().map(Label::as_str));
                let number = self.people.number(&mut self.texts, 0, event.person.as_str());
                let value = PersonState { team, region };
                self.people.push(number, event.version, known, seq, value)
            }
            Payload::Team(event) => {
                let region = self.text(event.region.as_ref().map(Label::as_str));
                let number = self.teams.number(&mut self.texts, 0, event.team.as_str());
                self.teams.push(number, event.version, known, seq, region)
            }
            Payload::Account(event) => {
                let name = self.text(event.name.as_ref().map(Label::as_str));
                let attributes = self.fields(&event.attributes);
                let space = self.source(&event.source);
                let number = self.accounts.number(&mut self.texts, space, event.account.as_str());
                let value = AccountState { name, attributes };
                self.accounts.push(number, event.version, known, seq, value)
            }
            Payload::Product(event) => {
                let name = self.text(event.name.as_ref().map(Label::as_str));
                let space = self.source(&event.source);
                let number = self.products.number(&mut self.texts, space, event.product.as_str());
                self.products.push(number, event.version, known, seq, name)
            }
            Payload::Pipeline(event) => {
                let name = self.text(event.name.as_ref().map(Label::as_str));
                let space = self.source(&event.source);
                let number = self.pipelines.number(&mut self.texts, space, event.pipeline.as_str());
                self.pipelines.push(number, event.version, known, seq, name)
            }
            Payload::Stage(event) => self.apply_stage(event, known, seq),
            Payload::Quota(event) => self.apply_quota(event, known, seq),
            Payload::Rate(event) => {
                let space = self.source(&event.source);
                let id = format!("{}-{}@{}", event.currency, event.home, event.date);
                let number = self.rates.number(&mut self.texts, space, &id);
                let value = RateState {
                    currency: event.currency,
                    home: event.home,
                    date: event.date,
                    rate: event.rate,
                };
                self.rates.push(number, event.version, known, seq, value)
            }
            _ => false,
        }
    }

    fn apply_stage(&mut self, event: &Stage, known: i64, seq: u64) -> bool {
        let space = self.source(&event.source);
        let value = StageState {
            name: self.text(event.name.as_ref().map(Label::as_str)),
            pipeline: event
                .pipeline
                .as_ref()
                .map_or(0, |id| self.pipelines.number(&mut self.texts, space, id.as_str())),
            position: event.position,
            outcome: event.outcome,
            probability: event.probability.map(millionths),
            category: event.forecast_category,
        };
        let number = self.stages.number(&mut self.texts, space, event.stage.as_str());
        self.stages.push(number, event.version, known, seq, value)
    }

    fn apply_quota(&mut self, event: &Quota, known: i64, seq: u64) -> bool {
        let space = self.source(&event.source);
        let number = self.quotas.number(&mut self.texts, space, event.quota.as_str());
        match &event.holder {
            QuotaHolder::Person(id) => drop(self.text(Some(id.as_str()))),
            QuotaHolder::Team(id) => drop(self.text(Some(id.as_str()))),
            QuotaHolder::Organisation => {}
        }
        let value = (!event.deleted).then(|| QuotaState {
            holder: event.holder.clone(),
            from: event.period.from,
            to: event.period.to,
            target: event.target,
        });
        self.quotas.push(number, event.version, known, seq, value)
    }

    pub(super) fn apply_activity(&mut self, event: &Activity, known: i64, seq: u64) -> bool {
        let space = self.source(&event.source);
        let value = (!event.deleted).then(|| ActivityState {
            occurred: event.occurred_at.ms(),
            source: space,
            owner: self.text(event.owner.as_ref().map(|id| id.as_str())),
            deal: event.deal.as_ref().map_or(0, |id| self.slot(space, id.as_str()) + 1),
            kind: event.kind,
            change_source: event.change_source,
        });
        let (event_id, revision) = (event.event_id.as_str(), event.revision);
        self.activities.push(Statement { space, event_id, revision, known, seq, value })
    }

    pub(super) fn apply_point(&mut self, event: &MetricPoint, known: i64, seq: u64) -> bool {
        let space = self.source(&event.source);
        let value = (!event.deleted).then(|| PointState {
            time: event.time.ms(),
            source: space,
            metric_type: self.text(Some(event.metric_type.as_str())),
            mantissa: event.value.mantissa(),
            scale: event.value.scale(),
            dimensions: self.fields(&event.dimensions),
        });
        let (event_id, revision) = (event.event_id.as_str(), event.revision);
        self.points.push(Statement { space, event_id, revision, known, seq, value })
    }
}
