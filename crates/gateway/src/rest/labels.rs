//! Display names of people and teams beside their ids, and ids for names in filters.

use crate::app::App;
use crate::problem::{Outcome, Problem};
use salescope_domain::query::NONE;
use salescope_domain::{Dimension, IdError, OrgId, PersonId, TeamId};
use salescope_engine_api::Names;
use std::collections::BTreeMap;

/// What an organisation's people and teams are called.
pub(crate) struct Labels(Names);

impl Labels {
    pub(crate) async fn of(app: &App, org: &OrgId) -> Outcome<Self> {
        Ok(Self(app.engine.names(org).await?))
    }

    /// Nobody's.
    pub(crate) fn none() -> Self {
        Self(Names::default())
    }

    pub(crate) fn person(&self, id: &PersonId) -> Option<String> {
        self.0.people.get(id).cloned()
    }

    pub(crate) fn team(&self, id: &TeamId) -> Option<String> {
        self.0.teams.get(id).cloned()
    }

    /// Everybody who has a name.
    pub(crate) fn people(&self) -> &BTreeMap<PersonId, String> {
        &self.0.people
    }

    /// Every team that has a name.
    pub(crate) fn teams(&self) -> &BTreeMap<TeamId, String> {
        &self.0.teams
    }

    /// The names of those ids in a group's key that have one, by dimension.
    pub(crate) fn of_key(&self, key: &BTreeMap<Dimension, String>) -> BTreeMap<String, String> {
        let named = key.iter().filter_map(|(dimension, value)| {
            let name = match dimension {
                Dimension::Owner => self.person(&PersonId::new(value).ok()?),
                Dimension::Team => self.team(&TeamId::new(value).ok()?),
                _ => None,
            };
            Some((dimension.to_string(), name?))
        });
        named.collect()
    }

    /// The ids that a filter's text means: an id itself, or everybody of that name.
    pub(crate) fn ids(&self, dimension: &Dimension, text: &str) -> Outcome<Vec<String>> {
        let found: Vec<String> = match dimension {
            Dimension::Owner => meant(self.0.people.iter().map(|(id, name)| (id.as_str(), name)), text),
            Dimension::Team => meant(self.0.teams.iter().map(|(id, name)| (id.as_str(), name)), text),
            _ => return Ok(vec![text.to_owned()]),
        };
        if !found.is_empty() {
            return Ok(found);
        }
        // Somebody without a name goes by the id alone.
        let looks_like_id =
            text.starts_with(['p', 't']) && text[1..].bytes().all(|byte| byte.is_ascii_digit());
        if text == NONE || looks_like_id {
            return Ok(vec![text.to_owned()]);
        }
        let detail =
            format!("nobody is called {text:?}: filter {dimension} by an id or a name that answers show");
        Err(Problem::parameter("filter", detail))
    }

    /// The one id that a text means.
    pub(crate) fn only<T>(
        &self,
        dimension: &Dimension,
        text: &str,
        make: impl Fn(&str) -> Result<T, IdError>,
    ) -> Outcome<T> {
        let ids = self.ids(dimension, text)?;
        let [id] = ids.as_slice() else {
            let detail = format!("several are called {text:?}: name one of the ids {}", ids.join(", "));
            return Err(Problem::parameter("filter", detail));
        };
        make(id).map_err(|error| Problem::parameter("filter", format!("the id {error}")))
    }
}

fn meant<'n>(names: impl Iterator<Item = (&'n str, &'n String)>, text: &str) -> Vec<String> {
    names.filter(|(id, name)| *id == text || *name == text).map(|(id, _)| id.to_owned()).collect()
}
