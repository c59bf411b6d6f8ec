//! `admin create-org`: an organisation with its settings, which are journaled like everything else.

use super::Invocation;
use crate::cli::org_id;
use crate::exit::Exit;
use crate::problem::{problem, usage};
use anyhow::Result;
use clap::Args;
use salescope_domain::{Calendar, Currency, Date, Label, OrgId, Payload, SettingsChange, Version, Zone};
use salescope_store::{Journal, SqliteStore, StoreError, Submission};
use serde::Serialize;

/// Create an organisation; prints the short name that other commands take as --org
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  salescope admin create-org 'Acme Corp' --currency EUR --time-zone Europe/Berlin --fiscal-start 4
  acme-corp")]
pub(crate) struct Options {
    /// The organisation's name
    #[arg(value_name = "NAME")]
    name: String,
    /// The currency that figures are told in
    #[arg(long, value_name = "CODE", default_value = "USD")]
    currency: Currency,
    /// The zone in which times become dates, by its IANA name
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = Zone::new)]
    time_zone: Zone,
    /// The month in which the fiscal year begins, 1 to 12
    #[arg(long, value_name = "MONTH", default_value = "1", value_parser = clap::value_parser!(u8).range(1..=12))]
    fiscal_start: u8,
    /// The short name, where the one made from the name will not do
    #[arg(long, value_name = "SLUG", value_parser = org_id)]
    slug: Option<OrgId>,
}

#[derive(Serialize)]
struct Created<'a> {
    org: &'a OrgId,
    name: &'a Label,
    currency: Currency,
    time_zone: &'a str,
    fiscal_start: u8,
}

pub(super) async fn run(invocation: &Invocation, options: Options) -> Result<Exit> {
    let name =
        Label::new(&options.name).map_err(|error| usage(format!("the organisation's name {error}")))?;
    let org = match options.slug {
        Some(slug) => slug,
        None => slug(name.as_str())?,
    };
    let store = SqliteStore::open(&invocation.data_dir).await?;
    match store.create_org(&org, invocation.now).await {
        // Where an earlier attempt ended before the settings were in, they still can be.
        Err(StoreError::OrgExists { .. }) if store.stats(&org).await?.entries == 0 => {}
        Err(StoreError::OrgExists { .. }) => {
            let detail =
                format!("the organisation {org} exists already: choose another name, or give a --slug");
            return Err(problem("organisation_exists", detail));
        }
        created => created?,
    }
    // No fact is older: dates before 1970 are refused.
    let first_date = Date::from_days(0);
    let calendar = Calendar { start_month: options.fiscal_start, ..Calendar::default() };
    let change = SettingsChange {
        name: Some(name.clone()),
        currency: Some(options.currency),
        time_zone: Some(options.time_zone.clone()),
        calendar: Some((first_date, calendar)),
        ..SettingsChange::empty(Version::stated(1))
    };
    store.append(&org, vec![Submission::live(Payload::Settings(change))], invocation.now).await?;
    store.close().await?;
    let created = Created {
        org: &org,
        name: &name,
        currency: options.currency,
        time_zone: options.time_zone.name(),
        fiscal_start: options.fiscal_start,
    };
    invocation.output.show(&created, || org.to_string())?;
    Ok(Exit::Done)
}

/// Letters and digits in lower case, everything else as single hyphens.
fn slug(name: &str) -> Result<OrgId> {
    let mut slug = String::new();
    for c in name.chars() {
        if c.is_alphanumeric() {
            slug.extend(c.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    OrgId::new(slug.trim_end_matches('-'))
        .map_err(|_| usage(format!("{name:?} has no letter or digit to make a short name of: give a --slug")))
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_short_name_is_made_of_letters_digits_and_single_hyphens() {
        for (name, short) in
            [("Acme Corp", "acme-corp"), ("  A & B  (EU) ", "a-b-eu"), ("\u{c4}rzte 24", "\u{e4}rzte-24")]
        {
            assert_eq!(slug(name).unwrap().as_str(), short);
        }
        assert!(slug("&!").is_err());
    }
}
