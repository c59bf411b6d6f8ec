//! The options that say what an organisation begins with, and its first settings.

use clap::Args;
use salescope_domain::{Calendar, Currency, Date, Label, SettingsChange, Version, Zone};

/// What an organisation's figures are told in, and when.
#[derive(Debug, Args)]
pub(crate) struct Basics {
    /// The currency that figures are told in
    #[arg(long, value_name = "CODE", default_value = "USD")]
    pub(crate) currency: Currency,
    /// The zone in which times become dates, by its IANA name
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = Zone::new)]
    pub(crate) time_zone: Zone,
    /// The month in which the fiscal year begins, 1 to 12
    #[arg(long, value_name = "MONTH", default_value = "1", value_parser = clap::value_parser!(u8).range(1..=12))]
    pub(crate) fiscal_start: u8,
}

impl Basics {
    /// The first settings of an organisation of this name.
    pub(crate) fn settings(&self, name: Label) -> SettingsChange {
        // No fact is older: dates before 1970 are refused.
        let first_date = Date::from_days(0);
        let calendar = Calendar { start_month: self.fiscal_start, ..Calendar::default() };
        SettingsChange {
            name: Some(name),
            currency: Some(self.currency),
            time_zone: Some(self.time_zone.clone()),
            calendar: Some((first_date, calendar)),
            ..SettingsChange::empty(Version::stated(1))
        }
    }
}
