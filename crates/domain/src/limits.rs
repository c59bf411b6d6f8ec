//! What a payload must keep to before it may enter the journal: ranges of times, dates and numbers.
//!
//! Shapes (ids, decimals, currencies, dates) are checked when they are parsed; this is the rest. A refusal names a stable
//! code and a JSON pointer into the payload.

use crate::{
    Date, DealEvent, Decimal, FxPolicy, Instant, Patch, Payload, QuotaTarget, SettingsChange, Version,
    instant::DAY_MS, version::Basis,
};

/// How far ahead of our clock a time may be, in milliseconds: 24 hours.
pub const AHEAD_MS_MAX: i64 = DAY_MS;
/// How far ahead of our clock a date may be, in days: 50 years.
pub const AHEAD_DAYS_MAX: i32 = 18_263;
/// Most product lines of a deal.
pub const PRODUCT_LINES_MAX: usize = 200;
/// Most own fields of a deal, attributes of an account or dimensions of a metric point.
pub const FIELDS_MAX: usize = 200;
/// Most digits after the point of a probability.
pub const PROBABILITY_DIGITS: u8 = 6;

/// Why a payload may not enter the journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct Refusal {
    /// Stable code.
    pub code: &'static str,
    /// JSON pointer into the payload.
    pub path: &'static str,
    /// What is wrong.
    pub message: String,
}

fn refuse(code: &'static str, path: &'static str, message: impl Into<String>) -> Result<(), Refusal> {
    Err(Refusal { code, path, message: message.into() })
}

fn check_time(at: Instant, now: Instant, path: &'static str) -> Result<(), Refusal> {
    if at.ms() < 0 {
        return refuse("time_before_1970", path, format!("{at} is before 1970"));
    }
    if at > now.plus_ms(AHEAD_MS_MAX) {
        return refuse("time_in_future", path, format!("{at} is more than 24 hours ahead of our clock"));
    }
    Ok(())
}

fn check_date(date: Date, now: Instant, path: &'static str) -> Result<(), Refusal> {
    if date.days() < 0 {
        return refuse("date_before_1970", path, format!("{date} is before 1970"));
    }
    let today = now.ms().div_euclid(DAY_MS);
    if i64::from(date.days()) > today + i64::from(AHEAD_DAYS_MAX) {
        return refuse("date_in_future", path, format!("{date} is more than 50 years ahead of our clock"));
    }
    Ok(())
}

fn check_probability(value: Decimal, path: &'static str) -> Result<(), Refusal> {
    let in_range = value.to_units(PROBABILITY_DIGITS).is_some_and(|units| (0..=1_000_000).contains(&units));
    if in_range {
        return Ok(());
    }
    refuse("invalid_probability", path, format!("{value} is not between 0 and 1 with at most 6 decimals"))
}

fn check_count(count: usize, max: usize, path: &'static str) -> Result<(), Refusal> {
    if count <= max {
        return Ok(());
    }
    refuse("too_many", path, format!("holds {count} items; the most is {max}"))
}

fn check_version(version: Version, now: Instant) -> Result<(), Refusal> {
    match version.basis {
        Basis::Stated => Ok(()),
        Basis::Timed | Basis::Snapshot => {
            check_time(Instant::from_ms(version.number), now, "/version/number")
        }
    }
}

fn check_settings(change: &SettingsChange, now: Instant) -> Result<(), Refusal> {
    if let Some(FxPolicy::Constant(date)) = change.fx_policy {
        check_date(date, now, "/fx_policy/constant")?;
    }
    let Some((from, calendar)) = change.calendar else { return Ok(()) };
    check_date(from, now, "/calendar/0")?;
    if (1..=12).contains(&calendar.start_month) {
        return Ok(());
    }
    refuse("invalid_month", "/calendar/1/start_month", "a month is a number from 1 to 12")
}

fn check_deal(event: &DealEvent, now: Instant) -> Result<(), Refusal> {
    let set = &event.set;
    check_version(event.version, now)?;
    check_time(event.occurred_at, now, "/occurred_at")?;
    if let Patch::Set(date) = set.close_date {
        check_date(date, now, "/set/close_date")?;
    }
    if let Patch::Set(date) = set.created_on {
        check_date(date, now, "/set/created_on")?;
    }
    if let Patch::Set(value) = set.probability {
        check_probability(value, "/set/probability")?;
    }
    if set.amount_minor.value().is_some() && set.currency.value().is_none() {
        return refuse("currency_missing", "/set/currency", "an amount needs its currency in the same event");
    }
    if let Patch::Set(lines) = &set.products {
        check_count(lines.len(), PRODUCT_LINES_MAX, "/set/products")?;
    }
    check_count(set.custom.len(), FIELDS_MAX, "/set/custom")
}

/// Checks `payload` against our clock, `now`.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(payload: &Payload, now: Instant) -> Result<(), Refusal> {
    match payload {
        Payload::Deal(event) => check_deal(event, now),
        Payload::Merge(event) => {
            check_version(event.version, now)?;
            check_time(event.occurred_at, now, "/occurred_at")?;
            check_count(event.losers.len(), FIELDS_MAX, "/losers")
        }
        Payload::Activity(event) => check_time(event.occurred_at, now, "/occurred_at"),
        Payload::Metric(event) => {
            check_count(event.dimensions.len(), FIELDS_MAX, "/dimensions")?;
            check_count(event.metadata.len(), FIELDS_MAX, "/metadata")?;
            check_time(event.time, now, "/time")
        }
        Payload::Stage(event) => match event.probability {
            Some(value) => check_probability(value, "/probability"),
            None => Ok(()),
        },
        Payload::Account(event) => check_count(event.attributes.len(), FIELDS_MAX, "/attributes"),
        Payload::Quota(event) => {
            check_date(event.period.from, now, "/period/from")?;
            check_date(event.period.to, now, "/period/to")?;
            if event.period.from >= event.period.to {
                return refuse("empty_period", "/period", "the period ends before it begins");
            }
            let (QuotaTarget::Money { minor: target, .. } | QuotaTarget::Count(target)) = event.target;
            if target < 0 {
                return refuse("negative_target", "/target", "a target is not negative");
            }
            Ok(())
        }
        Payload::Rate(event) => {
            if event.rate.mantissa() <= 0 {
                return refuse("invalid_rate", "/rate", "a rate is above zero");
            }
            check_date(event.date, now, "/date")
        }
        Payload::Settings(change) => check_settings(change, now),
        Payload::Person(_)
        | Payload::Team(_)
        | Payload::Product(_)
        | Payload::Pipeline(_)
        | Payload::Kpi(_)
        | Payload::Quarantine(_)
        | Payload::Release(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChangeSource, DealEventKind, DealFields, DealId, Quality, SourceId};

    const NOW: &str = "2026-11-23T12:00:00Z";

    fn refusal(occurred_at: &str, set: DealFields) -> Option<&'static str> {
        let event = DealEvent {
            event_id: None,
            kind: DealEventKind::DealUpdated,
            source: SourceId::new("csv").unwrap(),
            deal: DealId::new("1").unwrap(),
            version: Version::stated(1),
            occurred_at: occurred_at.parse().unwrap(),
            quality: Quality::ExactMs,
            actor: None,
            change_source: ChangeSource::User,
            set,
        };
        check(&Payload::from(event), NOW.parse().unwrap()).err().map(|refusal| refusal.code)
    }

    #[test]
    fn absurd_times_dates_and_probabilities_are_refused_with_a_code() {
        let fields = DealFields::default;
        assert_eq!(refusal(NOW, fields()), None);
        assert_eq!(refusal("1960-01-01T00:00:00Z", fields()), Some("time_before_1970"));
        assert_eq!(refusal("2026-11-24T12:00:00.001Z", fields()), Some("time_in_future"));
        let date = |text: &str| DealFields { close_date: Patch::Set(text.parse().unwrap()), ..fields() };
        assert_eq!(refusal(NOW, date("2076-11-01")), None);
        assert_eq!(refusal(NOW, date("2100-01-01")), Some("date_in_future"));
        assert_eq!(refusal(NOW, date("1969-12-31")), Some("date_before_1970"));
        let odds = |text: &str| DealFields { probability: Patch::Set(text.parse().unwrap()), ..fields() };
        assert_eq!(refusal(NOW, odds("0.25")), None);
        assert_eq!(refusal(NOW, odds("1.01")), Some("invalid_probability"));
        assert_eq!(refusal(NOW, odds("0.1234567")), Some("invalid_probability"));
        let amount = DealFields { amount_minor: Patch::Set(5), ..fields() };
        assert_eq!(refusal(NOW, amount), Some("currency_missing"));
    }
}
