//! Short constructors for tests: texts to ids, dates, instants and numbers. They panic on malformed text.

use salescope_domain::{
    AccountId, Currency, Date, DateRange, DealId, Decimal, EventId, FieldName, Instant, KpiId, Label,
    PersonId, PipelineId, ProductId, QuotaId, SourceId, StageId, TeamId,
};

macro_rules! ids {
    ($($(#[$doc:meta])* $function:ident $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// # Panics
        /// When the text is not an id.
        #[must_use]
        pub fn $function(text: &str) -> $name {
            $name::new(text).expect("a test's id is well formed")
        }
    )*};
}

ids! {
    /// A source.
    source SourceId;
    /// A deal.
    deal DealId;
    /// A person.
    person PersonId;
    /// A team.
    team TeamId;
    /// An account.
    account AccountId;
    /// A product.
    product ProductId;
    /// A stage.
    stage StageId;
    /// A pipeline.
    pipeline PipelineId;
    /// An event.
    event EventId;
    /// A quota.
    quota QuotaId;
    /// A KPI.
    kpi KpiId;
    /// A label.
    label Label;
    /// An own field.
    field FieldName;
}

macro_rules! parsed {
    ($($(#[$doc:meta])* $function:ident $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// # Panics
        /// When the text is malformed.
        #[must_use]
        pub fn $function(text: &str) -> $name {
            text.parse().expect("a test's value is well formed")
        }
    )*};
}

parsed! {
    /// A date, as in `2026-01-05`.
    date Date;
    /// An instant, as in `2026-01-05T10:00:00Z`.
    instant Instant;
    /// A decimal, as in `0.25`.
    decimal Decimal;
    /// A currency, as in `EUR`.
    currency Currency;
}

/// An instant of a text that may be a bare date (then noon UTC).
///
/// # Panics
/// When the text is neither.
#[must_use]
pub fn moment(text: &str) -> Instant {
    if text.len() == 10 { instant(&format!("{text}T12:00:00Z")) } else { instant(text) }
}

/// The dates `from <= date < to`.
///
/// # Panics
/// When the texts are no dates or the range is empty.
#[must_use]
pub fn range(from: &str, to: &str) -> DateRange {
    DateRange::new(date(from), date(to)).expect("a test's range is not empty")
}
