//! One change of a deal in an example history, written as a sentence.

use crate::make;
use salescope_domain::{
    ChangeSource, DealEvent, DealEventKind, DealFields, ForecastCategory, HomeAmount, Instant, Patch,
    ProductLine, Quality, SourceId, Status, Version,
};

/// A change of a deal. What is not said stays as it was.
#[derive(Debug, Clone)]
pub struct DealStep {
    kind: DealEventKind,
    quality: Quality,
    version: Option<Version>,
    occurred_at: Option<Instant>,
    set: DealFields,
}

impl DealStep {
    /// A change of this kind.
    #[must_use]
    pub fn new(kind: DealEventKind) -> Self {
        let set = DealFields::default();
        Self { kind, quality: Quality::ExactMs, version: None, occurred_at: None, set }
    }

    /// The deal came to be.
    #[must_use]
    pub fn created() -> Self {
        Self::new(DealEventKind::DealCreated)
    }

    /// Fields changed.
    #[must_use]
    pub fn updated() -> Self {
        Self::new(DealEventKind::DealUpdated)
    }

    /// The deal was read as it stood: nothing is known of before.
    #[must_use]
    pub fn snapshot(status: Status) -> Self {
        let step = Self { quality: Quality::Observed, ..Self::updated() };
        step.set(|fields| fields.status = Patch::Set(status))
    }

    /// It moved to a stage.
    #[must_use]
    pub fn moved_to(stage: &str) -> Self {
        Self::new(DealEventKind::StageChanged).stage(stage)
    }

    /// It was won.
    #[must_use]
    pub fn won() -> Self {
        Self::new(DealEventKind::DealClosedWon)
    }

    /// It was lost.
    #[must_use]
    pub fn lost() -> Self {
        Self::new(DealEventKind::DealClosedLost)
    }

    /// It was opened again.
    #[must_use]
    pub fn reopened() -> Self {
        Self::new(DealEventKind::DealReopened)
    }

    /// It was deleted.
    #[must_use]
    pub fn deleted() -> Self {
        Self::new(DealEventKind::DealDeleted)
    }

    /// Sets fields directly.
    #[must_use]
    pub fn set(mut self, change: impl FnOnce(&mut DealFields)) -> Self {
        change(&mut self.set);
        self
    }

    /// The version that the source states (else the entry's position in the journal).
    #[must_use]
    pub fn version(mut self, number: i64) -> Self {
        self.version = Some(Version::stated(number));
        self
    }

    /// When it happened (else at the history's clock).
    #[must_use]
    pub fn occurred(mut self, text: &str) -> Self {
        self.occurred_at = Some(make::moment(text));
        self
    }

    /// Amount in minor units, and its currency.
    #[must_use]
    pub fn amount(self, minor: i64, currency: &str) -> Self {
        let currency = make::currency(currency);
        self.set(|fields| {
            fields.amount_minor = Patch::Set(minor);
            fields.currency = Patch::Set(currency);
        })
    }

    /// The source's own converted amount.
    #[must_use]
    pub fn home_amount(self, minor: i64, currency: &str) -> Self {
        let currency = make::currency(currency);
        self.set(|fields| fields.amount_home = Patch::Set(HomeAmount { minor, currency }))
    }

    /// Creation date.
    #[must_use]
    pub fn created_on(self, date: &str) -> Self {
        self.set(|fields| fields.created_on = Patch::Set(make::date(date)))
    }

    /// Close date, or due date while it is open.
    #[must_use]
    pub fn due(self, date: &str) -> Self {
        self.set(|fields| fields.close_date = Patch::Set(make::date(date)))
    }

    /// Owner.
    #[must_use]
    pub fn owner(self, person: &str) -> Self {
        self.set(|fields| fields.owner = Patch::Set(make::person(person)))
    }

    /// Stage.
    #[must_use]
    pub fn stage(self, stage: &str) -> Self {
        self.set(|fields| fields.stage = Patch::Set(make::stage(stage)))
    }

    /// Account.
    #[must_use]
    pub fn account(self, account: &str) -> Self {
        self.set(|fields| fields.account = Patch::Set(make::account(account)))
    }

    /// Probability, 0 to 1.
    #[must_use]
    pub fn probability(self, value: &str) -> Self {
        self.set(|fields| fields.probability = Patch::Set(make::decimal(value)))
    }

    /// Forecast category.
    #[must_use]
    pub fn category(self, category: ForecastCategory) -> Self {
        self.set(|fields| fields.forecast_category = Patch::Set(category))
    }

    /// Product lines with their totals.
    #[must_use]
    pub fn lines(self, lines: &[(&str, Option<i64>)]) -> Self {
        let line = |(product, total): &(&str, Option<i64>)| ProductLine {
            product: make::product(product),
            total_minor: *total,
            quantity: None,
        };
        self.set(|fields| fields.products = Patch::Set(lines.iter().map(line).collect()))
    }

    pub(crate) fn event(self, source: &SourceId, deal: &str, position: u64, clock: Instant) -> DealEvent {
        let number = i64::try_from(position).expect("an example is short");
        DealEvent {
            event_id: None,
            kind: self.kind,
            source: source.clone(),
            deal: make::deal(deal),
            version: self.version.unwrap_or(Version::stated(number)),
            occurred_at: self.occurred_at.unwrap_or(clock),
            quality: self.quality,
            actor: None,
            change_source: ChangeSource::User,
            set: self.set,
        }
    }
}
