//! Example histories, written so that a test reads as the rule that it proves.
//!
//! Invariant: entries have positions 1, 2, 3 ... without a gap.

use crate::{DealStep, make};
use salescope_domain::{
    Account, Activity, ActivityKind, ChangeSource, DealMerge, Entry, ExchangeRate, FieldMap, Instant,
    MetricPoint, Payload, Person, Quota, QuotaHolder, QuotaTarget, SettingsChange, SourceId, Stage,
    StageOutcome, Team, Version,
};

/// A history under construction. Its clock gives each entry the time at which it happened, was known and was observed.
#[derive(Debug, Clone)]
pub struct History {
    entries: Vec<Entry>,
    clock: Instant,
    known_at: Option<Instant>,
    source: SourceId,
}

impl Default for History {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            clock: make::moment("2025-01-01"),
            known_at: None,
            source: make::source("crm"),
        }
    }
}

impl History {
    /// An empty history; the clock stands at 2025-01-01, noon UTC, the source is `crm`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the clock: an instant, or a date (noon UTC).
    #[must_use]
    pub fn at(mut self, text: &str) -> Self {
        self.clock = make::moment(text);
        self
    }

    /// The next entry was known to its source at this time.
    #[must_use]
    pub fn known(mut self, text: &str) -> Self {
        self.known_at = Some(make::moment(text));
        self
    }

    /// The source of what follows.
    #[must_use]
    pub fn source(mut self, source: &str) -> Self {
        self.source = make::source(source);
        self
    }

    /// The entries.
    #[must_use]
    pub fn entries(self) -> Vec<Entry> {
        self.entries
    }

    /// Any entry.
    #[must_use]
    pub fn push(mut self, payload: Payload) -> Self {
        let known_at = self.known_at.take().unwrap_or(self.clock);
        self.entries.push(Entry { tenant_seq: self.position(), known_at, observed_at: self.clock, payload });
        self
    }

    /// A deal changes.
    #[must_use]
    pub fn deal(self, deal: &str, step: DealStep) -> Self {
        let event = step.event(&self.source, deal, self.position(), self.clock);
        self.push(Payload::from(event))
    }

    /// Deals are merged.
    #[must_use]
    pub fn merge(self, survivor: &str, losers: &[&str]) -> Self {
        let merge = DealMerge {
            source: self.source.clone(),
            survivor: make::deal(survivor),
            losers: losers.iter().map(|loser| make::deal(loser)).collect(),
            version: self.version(),
            occurred_at: self.clock,
        };
        self.push(Payload::from(merge))
    }

    /// A person's team and own region.
    #[must_use]
    pub fn person(self, person: &str, team: Option<&str>, region: Option<&str>) -> Self {
        let person = Person {
            source: self.source.clone(),
            person: make::person(person),
            version: self.version(),
            team: team.map(make::team),
            region: region.map(make::label),
            active: true,
        };
        self.push(Payload::from(person))
    }

    /// A team's region.
    #[must_use]
    pub fn team(self, team: &str, region: Option<&str>) -> Self {
        let region = region.map(make::label);
        let team =
            Team { source: self.source.clone(), team: make::team(team), version: self.version(), region };
        self.push(Payload::from(team))
    }

    /// An account and its attributes.
    #[must_use]
    pub fn account(self, account: &str, attributes: &[(&str, &str)]) -> Self {
        let attribute = |(name, value): &(&str, &str)| (make::field(name), make::label(value));
        let account = Account {
            source: self.source.clone(),
            account: make::account(account),
            version: self.version(),
            name: None,
            attributes: attributes.iter().map(attribute).collect(),
        };
        self.push(Payload::from(account))
    }

    /// A stage.
    #[must_use]
    pub fn stage(self, stage: &str, pipeline: &str, position: u16, outcome: StageOutcome) -> Self {
        let stage = Stage {
            source: self.source.clone(),
            stage: make::stage(stage),
            version: self.version(),
            pipeline: Some(make::pipeline(pipeline)),
            name: None,
            position,
            outcome,
            probability: None,
            forecast_category: None,
        };
        self.push(Payload::from(stage))
    }

    /// A rate into US dollars from a date on.
    #[must_use]
    pub fn rate(self, currency: &str, date: &str, rate: &str) -> Self {
        let rate = ExchangeRate {
            source: self.source.clone(),
            currency: make::currency(currency),
            home: make::currency("USD"),
            date: make::date(date),
            version: self.version(),
            rate: make::decimal(rate),
        };
        self.push(Payload::from(rate))
    }

    /// A money quota over `from` to `to`.
    #[must_use]
    pub fn quota(self, holder: QuotaHolder, [from, to]: [&str; 2], minor: i64, currency: &str) -> Self {
        let id = format!("quota-{}", self.position());
        let quota = Quota {
            source: self.source.clone(),
            quota: make::quota(&id),
            version: self.version(),
            deleted: false,
            holder,
            period: make::range(from, to),
            target: QuotaTarget::Money { minor, currency: make::currency(currency) },
        };
        self.push(Payload::from(quota))
    }

    /// An activity of a person for a deal.
    #[must_use]
    pub fn activity(self, kind: ActivityKind, owner: &str, deal: Option<&str>) -> Self {
        let id = format!("activity-{}", self.position());
        let activity = Activity {
            source: self.source.clone(),
            event_id: make::event(&id),
            revision: 0,
            deleted: false,
            occurred_at: self.clock,
            kind,
            owner: Some(make::person(owner)),
            deal: deal.map(make::deal),
            change_source: ChangeSource::User,
        };
        self.push(Payload::from(activity))
    }

    /// A metric point without dimensions.
    #[must_use]
    pub fn metric(self, metric_type: &str, value: &str) -> Self {
        let id = format!("point-{}", self.position());
        let point = MetricPoint {
            source: self.source.clone(),
            event_id: make::event(&id),
            revision: 0,
            deleted: false,
            time: self.clock,
            metric_type: make::label(metric_type),
            value: make::decimal(value),
            dimensions: FieldMap::new(),
            metadata: FieldMap::new(),
        };
        self.push(Payload::from(point))
    }

    /// Settings change.
    #[must_use]
    pub fn settings(self, change: impl FnOnce(&mut SettingsChange)) -> Self {
        let mut settings = SettingsChange::empty(self.version());
        change(&mut settings);
        self.push(Payload::from(settings))
    }

    fn position(&self) -> u64 {
        self.entries.len() as u64 + 1
    }

    fn version(&self) -> Version {
        Version::stated(i64::try_from(self.position()).expect("an example is short"))
    }
}
