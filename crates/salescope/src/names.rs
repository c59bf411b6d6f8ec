//! Display names of people and teams: what answers print and filters take, while the engine speaks in ids.

use crate::problem::problem;
use anyhow::Result;
use salescope_domain::query::NONE;
use salescope_domain::{Answer, Change, Dimension, Group};
use salescope_engine_api::Names;
use std::collections::{BTreeMap, BTreeSet};

/// Most near names that a problem lists.
const NEAR_MAX: usize = 5;

/// Ids and what they print as, both ways.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    owners: Both,
    teams: Both,
}

#[derive(Debug, Default)]
struct Both {
    by_id: BTreeMap<String, String>,
    ids: BTreeMap<String, Vec<String>>,
}

impl Both {
    fn new(names: impl Iterator<Item = (String, String)>) -> Self {
        let (mut by_id, mut ids) = (BTreeMap::new(), BTreeMap::<String, Vec<String>>::new());
        for (id, name) in names {
            ids.entry(name.clone()).or_default().push(id.clone());
            by_id.insert(id, name);
        }
        // Of those who share a name, each prints with the id; so does a name that could be taken for another's id.
        for (name, sharers) in &ids {
            if sharers.len() > 1 || by_id.contains_key(name) || name == NONE {
                sharers.iter().for_each(|id| {
                    by_id.insert(id.clone(), format!("{name} ({id})"));
                });
            }
        }
        Self { by_id, ids }
    }

    fn id_of(&self, dimension: &Dimension, text: &str) -> Result<String> {
        if text == NONE || self.by_id.contains_key(text) {
            return Ok(text.to_owned());
        }
        if let Some((id, _)) = self.by_id.iter().find(|(_, label)| *label == text) {
            return Ok(id.clone());
        }
        if let Some(sharers) = self.ids.get(text) {
            let labels: Vec<&str> = sharers.iter().map(|id| self.by_id[id].as_str()).collect();
            let detail = format!("several of {dimension} are called {text:?}: write {}", labels.join(" or "));
            return Err(problem("ambiguous_name", detail));
        }
        let near = near(text, self.by_id.values());
        let hint = if near.is_empty() {
            format!("group by {dimension} to see what there is")
        } else {
            format!("did you mean {}?", near.join(" or "))
        };
        Err(problem("unknown_name", format!("no {dimension} is called {text:?}; {hint}")))
    }
}

/// Names that have a word in common with `text`, or begin alike.
fn near<'a>(text: &str, names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let words =
        |text: &str| text.to_lowercase().split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
    let asked = words(text);
    let start: String = text.to_lowercase().chars().take(3).collect();
    let alike = |name: &&String| !words(name).is_disjoint(&asked) || name.to_lowercase().starts_with(&start);
    names.filter(alike).take(NEAR_MAX).map(String::as_str).collect()
}

impl Labels {
    /// The labels of a directory's names.
    pub(crate) fn new(names: &Names) -> Self {
        let people = names.people.iter().map(|(id, name)| (id.to_string(), name.clone()));
        let teams = names.teams.iter().map(|(id, name)| (id.to_string(), name.clone()));
        Self { owners: Both::new(people), teams: Both::new(teams) }
    }

    fn of(&self, dimension: &Dimension) -> Option<&Both> {
        match dimension {
            Dimension::Owner => Some(&self.owners),
            Dimension::Team => Some(&self.teams),
            _ => None,
        }
    }

    /// What an engine's value of a dimension prints as.
    fn label<'a>(&'a self, dimension: &Dimension, value: &'a str) -> &'a str {
        self.of(dimension).and_then(|both| both.by_id.get(value)).map_or(value, String::as_str)
    }

    /// The engine's value of what was written for a dimension.
    pub(crate) fn value(&self, dimension: &Dimension, text: &str) -> Result<String> {
        self.of(dimension).map_or_else(|| Ok(text.to_owned()), |both| both.id_of(dimension, text))
    }

    /// Puts names in place of ids, and groups in the order of what is printed (a leaderboard's within their rank).
    pub(crate) fn print_groups(&self, groups: &mut [Group]) {
        for group in &mut *groups {
            for (dimension, value) in &mut group.key {
                *value = self.label(dimension, value).to_owned();
            }
        }
        let ranked = groups.iter().any(|group| group.parts.contains_key("rank"));
        let rank = |group: &Group| -> u64 {
            let rank = group.parts.get("rank").and_then(Option::as_deref).and_then(|rank| rank.parse().ok());
            if ranked { rank.unwrap_or(u64::MAX) } else { 0 }
        };
        groups.sort_by(|a, b| (rank(a), &a.key).cmp(&(rank(b), &b.key)));
    }

    /// As [`Self::print_groups`], for the changes of a comparison.
    pub(crate) fn print_changes(&self, changes: &mut [Change]) {
        for change in &mut *changes {
            for (dimension, value) in &mut change.key {
                *value = self.label(dimension, value).to_owned();
            }
        }
        changes.sort_by(|a, b| a.key.cmp(&b.key));
    }

    /// As [`Self::print_groups`], for an answer.
    pub(crate) fn print_answer(&self, mut answer: Answer) -> Answer {
        self.print_groups(&mut answer.groups);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salescope_domain::PersonId;

    fn labels(people: &[(&str, &str)]) -> Labels {
        let person = |(id, name): &(&str, &str)| (PersonId::new(id).unwrap(), (*name).to_owned());
        let people = people.iter().map(person).collect();
        Labels::new(&Names { people, ..Names::default() })
    }

    #[test]
    fn names_print_alone_unless_they_are_shared_and_are_read_back() {
        let labels =
            labels(&[("p1", "Ann Lee"), ("p2", "Bo"), ("p3", "Ann Lee"), ("p4", "none"), ("p5", "p2")]);
        let owner = Dimension::Owner;
        for (id, label) in [
            ("p1", "Ann Lee (p1)"),
            ("p2", "Bo"),
            ("p3", "Ann Lee (p3)"),
            ("p4", "none (p4)"),
            ("p5", "p2 (p5)"),
            ("p9", "p9"),
        ] {
            assert_eq!(labels.label(&owner, id), label);
            if id != "p9" {
                assert_eq!(labels.value(&owner, label).unwrap(), id);
                assert_eq!(labels.value(&owner, id).unwrap(), id);
            }
        }
        assert_eq!(labels.value(&owner, "none").unwrap(), "none");
        assert!(
            labels.value(&owner, "Ann Lee").unwrap_err().to_string().contains("Ann Lee (p1) or Ann Lee (p3)")
        );
        assert!(
            labels.value(&owner, "Ann Leigh").unwrap_err().to_string().contains("did you mean Ann Lee (p1)")
        );
        assert_eq!(labels.value(&Dimension::Region, "West").unwrap(), "West");
    }

    #[test]
    fn groups_stand_in_the_order_of_their_names_and_ranked_ones_within_their_rank() {
        let labels = labels(&[("p1", "Zoe"), ("p2", "Ann"), ("p3", "Moe")]);
        let group = |id: &str, rank: Option<&str>| Group {
            key: [(Dimension::Owner, id.to_owned())].into(),
            value: None,
            unit: "USD".to_owned(),
            n: 0,
            parts: rank.map(|rank| ("rank".to_owned(), Some(rank.to_owned()))).into_iter().collect(),
            notes: BTreeSet::new(),
        };
        let printed = |mut groups: Vec<Group>| {
            labels.print_groups(&mut groups);
            groups.iter().map(|group| group.key[&Dimension::Owner].clone()).collect::<Vec<_>>()
        };
        assert_eq!(
            printed(vec![group("p1", None), group("p2", None), group("p3", None)]),
            ["Ann", "Moe", "Zoe"]
        );
        assert_eq!(
            printed(vec![group("p1", Some("1")), group("p3", Some("1")), group("p2", None)]),
            ["Moe", "Zoe", "Ann"]
        );
    }
}
