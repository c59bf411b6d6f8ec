//! An organisation's settings: what figures depend on beside the facts. They are journaled like any fact.

use crate::{Calendar, CalendarHistory, Currency, Date, KpiId, Label, Version, Zone};
use serde::{Deserialize, Serialize};

/// How foreign amounts are converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FxPolicy {
    /// Closed deals at their close date's rate, open deals at the rate of the day that is asked about.
    #[default]
    AsOfClose,
    /// Everything at the rates of one date.
    Constant(Date),
    /// The source's own converted amount.
    Crm,
}

/// Who is credited with a closed deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credit {
    /// Whoever owned it when it closed.
    #[default]
    OwnerAtClose,
    /// Whoever owns it now.
    CurrentOwner,
}

/// One change of settings; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    /// Which statement this is (an organisation counts its own).
    pub version: Version,
    /// Display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Label>,
    /// The currency that figures are told in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The zone that turns instants into dates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<Zone>,
    /// A calendar and the first date on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<(Date, Calendar)>,
    /// Conversion of foreign amounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fx_policy: Option<FxPolicy>,
    /// Credit for closed deals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Credit>,
    /// More activities than this of one person in one minute are a bulk edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bulk_per_minute: Option<u32>,
}

/// The settings in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgSettings {
    /// Display name.
    pub name: Option<Label>,
    /// The currency that figures are told in.
    pub currency: Currency,
    /// The zone that turns instants into dates.
    pub time_zone: Zone,
    /// Fiscal calendars.
    pub calendars: CalendarHistory,
    /// Conversion of foreign amounts.
    pub fx_policy: FxPolicy,
    /// Credit for closed deals.
    pub credit: Credit,
    /// More activities than this of one person in one minute are a bulk edit.
    pub bulk_per_minute: u32,
}

/// Default of [`OrgSettings::bulk_per_minute`]: more than a person can log by hand.
pub const BULK_PER_MINUTE_DEFAULT: u32 = 30;

impl Default for OrgSettings {
    fn default() -> Self {
        Self {
            name: None,
            currency: Currency::USD,
            time_zone: Zone::utc(),
            calendars: CalendarHistory::new(Calendar::default()),
            fx_policy: FxPolicy::default(),
            credit: Credit::default(),
            bulk_per_minute: BULK_PER_MINUTE_DEFAULT,
        }
    }
}

impl SettingsChange {
    /// A change that touches nothing yet.
    #[must_use]
    pub fn empty(version: Version) -> Self {
        Self {
            version,
            name: None,
            currency: None,
            time_zone: None,
            calendar: None,
            fx_policy: None,
            credit: None,
            bulk_per_minute: None,
        }
    }
}

impl OrgSettings {
    /// Carries a change out.
    pub fn apply(&mut self, change: &SettingsChange) {
        let SettingsChange {
            version: _,
            name,
            currency,
            time_zone,
            calendar,
            fx_policy,
            credit,
            bulk_per_minute,
        } = change;
        if let Some(name) = name {
            self.name = Some(name.clone());
        }
        if let Some((from, calendar)) = calendar {
            self.calendars.change(*from, *calendar);
        }
        if let Some(zone) = time_zone {
            self.time_zone = zone.clone();
        }
        self.currency = currency.unwrap_or(self.currency);
        self.fx_policy = fx_policy.unwrap_or(self.fx_policy);
        self.credit = credit.unwrap_or(self.credit);
        self.bulk_per_minute = bulk_per_minute.unwrap_or(self.bulk_per_minute);
    }
}

/// A KPI definition that a user added, changed or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KpiDefinitionEntry {
    /// The definition's id.
    pub kpi: KpiId,
    /// Which statement this is (an organisation counts its own).
    pub version: Version,
    /// The definition file, checked before it was journaled; absent when the KPI is removed.
    #[serde(default)]
    pub yaml: Option<String>,
}
