//! The server's configuration: the default file, which is compiled in, then a file, then single values.
//!
//! Invariant: every value stands in `default.yaml`, with its unit in its name and its reason beside it; what has no name there
//! is an error.

mod limits;

use crate::problem::usage;
use anyhow::{Context, Result};
use limits::{Actors, Store, Upkeep};
use salescope_gateway::{AccessLog, GatewayLimits};
use salescope_node::NodeOptions;
use serde::Deserialize;
use serde_norway::{Mapping, Value};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

/// The default configuration, with comments.
pub(crate) const DEFAULT: &str = include_str!("default.yaml");

/// Largest configuration file, in bytes: the default has some 10 KB.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// How lines of the log look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    /// Levels, in the form of tracing's filters.
    pub(crate) filter: String,
    pub(crate) format: LogFormat,
    /// Which requests get a line.
    pub(crate) access: AccessLog,
}

/// The configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) log: Log,
    pub(crate) gateway: GatewayLimits,
    actors: Actors,
    store: Store,
    upkeep: Upkeep,
}

impl Config {
    /// The default, changed by the file and then by the values, `NAME=VALUE` each.
    pub(crate) fn load(file: Option<&Path>, values: &[String]) -> Result<Self> {
        let mut config: Value =
            serde_norway::from_str(DEFAULT).context("the default configuration is no YAML")?;
        if let Some(path) = file {
            let reading = || format!("could not read the configuration file {}", path.display());
            let bytes = fs::metadata(path).with_context(reading)?.len();
            if bytes > FILE_BYTES_MAX {
                return Err(usage(format!("{} is larger than {FILE_BYTES_MAX} bytes", path.display())));
            }
            let text = fs::read_to_string(path).with_context(reading)?;
            let own: Value = serde_norway::from_str(&text)
                .map_err(|error| usage(format!("{} is no configuration: {error}", path.display())))?;
            // A file of comments alone is null.
            if !own.is_null() {
                merge(&mut config, own, "").map_err(|error| usage(format!("{}: {error}", path.display())))?;
            }
        }
        for value in values {
            let own = assignment(value)?;
            merge(&mut config, own, "").map_err(|error| usage(format!("--set {value}: {error}")))?;
        }
        let config: Self = serde_norway::from_value(config)
            .map_err(|error| usage(format!("the configuration cannot be used: {error}")))?;
        config.upkeep.check()?;
        Ok(config)
    }

    /// What the node is given.
    pub(crate) fn node(&self) -> NodeOptions {
        NodeOptions {
            actors: self.actors.options(),
            store: self.store.options(),
            upkeep: self.upkeep.options(),
        }
    }
}

/// `a.b=1` as the document `{a: {b: 1}}`.
fn assignment(text: &str) -> Result<Value> {
    let wrong = || usage(format!("--set {text}: write it as NAME=VALUE, such as actors.shards=4"));
    let (name, value) = text.split_once('=').ok_or_else(wrong)?;
    let mut value: Value = serde_norway::from_str(value).map_err(|_| wrong())?;
    for part in name.trim().rsplit('.') {
        value = Value::Mapping(Mapping::from_iter([(Value::from(part), value)]));
    }
    Ok(value)
}

/// Puts what `own` says in place of what `config` says; refuses names that `config` does not have.
fn merge(config: &mut Value, own: Value, within: &str) -> Result<(), String> {
    let (Value::Mapping(config), Value::Mapping(own)) = (&mut *config, &own) else {
        if own.is_mapping() || config.is_mapping() {
            let name = within.trim_end_matches('.');
            let place = if name.is_empty() { "it".to_owned() } else { name.to_owned() };
            let is = if own.is_mapping() { "one value, not a section" } else { "a section, not one value" };
            return Err(format!("{place} is {is}"));
        }
        *config = own;
        return Ok(());
    };
    for (name, value) in own {
        let text = name.as_str().unwrap_or_default();
        let Some(before) = config.get_mut(name) else {
            let known: Vec<&str> = config.keys().filter_map(Value::as_str).collect();
            return Err(format!("there is no {within}{text}; there is {}", known.join(", ")));
        };
        merge(before, value.clone(), &format!("{within}{text}."))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use salescope_node::{ActorOptions, UpkeepOptions};
    use salescope_store::StoreOptions;

    fn refusal(file: Option<&str>, values: &[&str]) -> String {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("salescope.yaml");
        fs::write(&path, file.unwrap_or_default()).unwrap();
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        Config::load(Some(&path), &values).unwrap_err().to_string()
    }

    #[test]
    fn the_default_file_says_what_each_part_takes_for_its_default() {
        let config = Config::load(None, &[]).unwrap();
        assert_eq!(config.gateway, GatewayLimits::default());
        assert_eq!(config.actors.options(), ActorOptions::default());
        assert_eq!(config.store.options(), StoreOptions::default());
        assert_eq!(config.upkeep.options(), UpkeepOptions::default());
    }

    #[test]
    fn a_file_changes_what_it_names_and_a_value_changes_that_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("salescope.yaml");
        fs::write(&path, "listen: 0.0.0.0:80\nactors:\n  shards: 2\n  loads_max: 9\n").unwrap();
        let values = ["actors.shards=3".to_owned(), "log.format=json".to_owned()];
        let config = Config::load(Some(&path), &values).unwrap();
        assert_eq!(config.listen.to_string(), "0.0.0.0:80");
        let actors = config.node().actors;
        assert_eq!((actors.shards, actors.loads_max), (3, 9));
        assert_eq!(config.log.format, LogFormat::Json);
        assert_eq!(config.node().store, StoreOptions::default());
    }

    #[test]
    fn what_has_no_name_or_the_wrong_form_is_refused_by_name() {
        assert!(
            refusal(Some("actors:\n  shard: 2\n"), &[]).contains("there is no actors.shard; there is shards")
        );
        assert!(refusal(None, &["speed=9"]).contains("there is no speed; there is listen"));
        assert!(refusal(None, &["actors=9"]).contains("actors is a section"));
        assert!(refusal(None, &["listen.port=9"]).contains("listen is one value"));
        assert!(refusal(None, &["actors.shards"]).contains("NAME=VALUE"));
        assert!(refusal(None, &["actors.shards=many"]).contains("cannot be used"));
        assert!(refusal(Some("[1"), &[]).contains("is no configuration"));
        assert!(refusal(None, &["upkeep.history_keep_days=6"]).contains("the least is 7"));
    }
}
