//! `admin create-key`, `list-keys` and `revoke-key`: what lets a program speak for an organisation.

use super::Invocation;
use crate::cli::Org;
use crate::exit::Exit;
use crate::output::{Align, table};
use crate::problem::{problem, usage};
use crate::random;
use anyhow::Result;
use clap::Args;
use salescope_domain::{Label, OrgId};
use salescope_engine_api::{ApiKey, Engine, NewKey, generate_key};
use serde::Serialize;

/// Make an API key; it is printed once, and only its hash is kept
#[derive(Debug, Args)]
pub(crate) struct Create {
    #[command(flatten)]
    org: Org,
    /// What it is for, to tell it from others
    #[arg(long, value_name = "NAME", default_value = "API")]
    name: String,
}

/// List an organisation's API keys, without the keys themselves
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    org: Org,
}

/// Make an API key void
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The key's number, as list-keys shows it
    #[arg(value_name = "ID")]
    id: u64,
    #[command(flatten)]
    org: Org,
}

#[derive(Serialize)]
struct Created<'a> {
    key: &'a str,
    id: u64,
    org: &'a OrgId,
    name: &'a Label,
}

#[derive(Serialize)]
struct Listed<'a> {
    keys: Vec<Key<'a>>,
}

#[derive(Serialize)]
struct Key<'a> {
    id: u64,
    name: &'a Label,
    created_at: String,
}

#[derive(Serialize)]
struct Revoked<'a> {
    id: u64,
    org: &'a OrgId,
    revoked: bool,
}

/// Makes a key for `org`: the key itself, and what the engine keeps of it.
pub(super) async fn new_key(engine: &dyn Engine, org: &OrgId, name: &Label) -> Result<(String, ApiKey)> {
    let (key, hash) = generate_key(random::bytes()?);
    let kept = engine.create_key(NewKey { org: org.clone(), name: name.clone(), hash }).await?;
    Ok((key, kept))
}

pub(super) async fn create(invocation: &Invocation, engine: &dyn Engine, options: Create) -> Result<Exit> {
    let name = Label::new(&options.name).map_err(|error| usage(format!("the key's name {error}")))?;
    let (key, kept) = new_key(engine, &options.org.org, &name).await?;
    let created = Created { key: &key, id: kept.id, org: &kept.org, name: &kept.name };
    invocation.output.show(&created, || key.clone())?;
    Ok(Exit::Done)
}

pub(super) async fn list(invocation: &Invocation, engine: &dyn Engine, options: List) -> Result<Exit> {
    let keys = engine.keys(&options.org.org).await?;
    let shown = |key: &'_ ApiKey| (key.id.to_string(), key.name.to_string(), key.created_at.to_string());
    let rows: Vec<Vec<String>> = keys.iter().map(shown).map(|(id, name, at)| vec![id, name, at]).collect();
    let keys = keys
        .iter()
        .map(|key| Key { id: key.id, name: &key.name, created_at: key.created_at.to_string() })
        .collect();
    invocation.output.show(&Listed { keys }, || {
        table(&[("id", Align::Right), ("name", Align::Left), ("created", Align::Left)], &rows)
    })?;
    Ok(Exit::Done)
}

pub(super) async fn revoke(invocation: &Invocation, engine: &dyn Engine, options: Revoke) -> Result<Exit> {
    let Revoke { id, org: Org { org } } = options;
    if !engine.revoke_key(&org, id).await? {
        let detail =
            format!("organisation {org} has no key {id}: salescope admin list-keys --org {org} lists them");
        return Err(problem("unknown_key", detail));
    }
    let revoked = Revoked { id, org: &org, revoked: true };
    invocation.output.show(&revoked, || format!("key {id} of {org} is void"))?;
    Ok(Exit::Done)
}
