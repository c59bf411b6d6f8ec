//! `admin create-org`: an organisation with its settings, which are journaled like everything else.

use super::Invocation;
use super::settings::Basics;
use crate::cli::org_id;
use crate::exit::Exit;
use crate::problem::{problem, usage};
use anyhow::{Context, Result};
use clap::Args;
use salescope_domain::{Currency, Label, OrgId};
use salescope_engine_api::{Engine, EngineError, NewOrg};
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
    #[command(flatten)]
    basics: Basics,
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

pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, options: Options) -> Result<Exit> {
    let Options { name, basics, slug: short } = options;
    let name = Label::new(&name).map_err(|error| usage(format!("the organisation's name {error}")))?;
    let org = match short {
        Some(short) => short,
        None => slug(name.as_str())?,
    };
    let new = NewOrg { org: org.clone(), settings: basics.settings(name.clone()) };
    let created = engine.create_orgs(vec![new]).await?.pop().context("the engine gave no answer")?;
    if matches!(created, Err(EngineError::OrgExists { .. })) {
        let detail = format!("the organisation {org} exists already: choose another name, or give a --slug");
        return Err(problem("organisation_exists", detail));
    }
    created?;
    let created = Created {
        org: &org,
        name: &name,
        currency: basics.currency,
        time_zone: basics.time_zone.name(),
        fiscal_start: basics.fiscal_start,
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
