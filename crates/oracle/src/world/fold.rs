//! One pass over the journal.

use super::{Rate, World, gate::Gate, merge::Deals, timeline::Timeline};
use salescope_domain::{
    Account, AccountId, Activity, Currency, Date, Decimal, Entry, EventId, Instant, MetricPoint, OrgSettings,
    Payload, Person, PersonId, Pipeline, PipelineId, Product, ProductId, Quota, QuotaId, SettingsChange,
    SourceId, Stage, StageId, Team, TeamId,
};

/// The journal folded, with every version of everything.
#[derive(Debug, Default)]
pub(super) struct Folded {
    /// In force at the entry that is being folded, whenever it was known.
    settings_now: OrgSettings,
    settings: Vec<(Instant, SettingsChange)>,
    deals: Deals,
    people: Timeline<PersonId, Person>,
    teams: Timeline<TeamId, Team>,
    accounts: Timeline<(SourceId, AccountId), Account>,
    products: Timeline<(SourceId, ProductId), Product>,
    stages: Timeline<(SourceId, StageId), Stage>,
    pipelines: Timeline<(SourceId, PipelineId), Pipeline>,
    quotas: Timeline<(SourceId, QuotaId), Quota>,
    rates: Timeline<(SourceId, Currency, Currency, Date), Decimal>,
    activities: Timeline<(SourceId, EventId), Activity>,
    points: Timeline<(SourceId, EventId), MetricPoint>,
}

/// Folds the entries that are news.
pub(super) fn fold(entries: &[Entry]) -> Folded {
    let mut gate = Gate::default();
    let mut folded = Folded::default();
    for entry in entries {
        if gate.admits(&entry.payload) {
            folded.take(entry);
        }
    }
    folded
}

impl Folded {
    fn take(&mut self, entry: &Entry) {
        let (known, seq) = (entry.known_at, entry.tenant_seq);
        match entry.payload.clone() {
            Payload::Deal(e) => self.deals.event(&e, known, &self.settings_now.time_zone),
            Payload::Merge(e) => self.deals.merge(&e, known),
            Payload::Person(e) => self.people.push(e.person.clone(), known, seq, *e),
            Payload::Team(e) => self.teams.push(e.team.clone(), known, seq, *e),
            Payload::Account(e) => self.accounts.push((e.source.clone(), e.account.clone()), known, seq, *e),
            Payload::Product(e) => self.products.push((e.source.clone(), e.product.clone()), known, seq, *e),
            Payload::Stage(e) => self.stages.push((e.source.clone(), e.stage.clone()), known, seq, *e),
            Payload::Pipeline(e) => {
                self.pipelines.push((e.source.clone(), e.pipeline.clone()), known, seq, *e);
            }
            Payload::Quota(e) => self.quotas.push((e.source.clone(), e.quota.clone()), known, seq, *e),
            Payload::Rate(e) => self.rates.push((e.source, e.currency, e.home, e.date), known, seq, e.rate),
            Payload::Activity(e) => {
                self.activities.push((e.source.clone(), e.event_id.clone()), known, seq, *e);
            }
            Payload::Metric(e) => self.points.push((e.source.clone(), e.event_id.clone()), known, seq, *e),
            Payload::Settings(e) => {
                self.settings_now.apply(&e);
                let known = self.settings.last().map_or(known, |(last, _)| known.max(*last));
                self.settings.push((known, *e));
            }
            Payload::Kpi(_) | Payload::Quarantine(_) | Payload::Release(_) => {}
        }
    }

    /// The world as known at `at`.
    pub(super) fn at(&self, at: Instant) -> World {
        World {
            settings: self.settings_at(at),
            deals: self.deals.at(at),
            people: self.people.map_at(at),
            teams: self.teams.map_at(at),
            accounts: self.accounts.map_at(at),
            products: self.products.map_at(at),
            stages: self.stages.map_at(at),
            pipelines: self.pipelines.map_at(at),
            quotas: self.quotas.map_at(at).into_values().filter(|quota| !quota.deleted).collect(),
            rates: self.rates_at(at),
            activities: self.activities.map_at(at).into_values().filter(|fact| !fact.deleted).collect(),
            points: self.points_at(at),
            aliases: self.deals.aliases_at(at),
        }
    }

    fn settings_at(&self, at: Instant) -> OrgSettings {
        let mut settings = OrgSettings::default();
        for (known, change) in &self.settings {
            if *known <= at {
                settings.apply(change);
            }
        }
        settings
    }

    fn rates_at(&self, at: Instant) -> Vec<Rate> {
        let rate = |((_, currency, home, date), seq, rate)| Rate { seq, currency, home, date, rate };
        self.rates.at(at).into_iter().map(rate).collect()
    }

    fn points_at(&self, at: Instant) -> Vec<(u64, MetricPoint)> {
        let points = self.points.at(at).into_iter().map(|(_, seq, point)| (seq, point));
        points.filter(|(_, point)| !point.deleted).collect()
    }
}
