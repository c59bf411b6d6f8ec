//! Near names made one: what a table says is matched to the names of its reference table, and every change is listed.

use super::config::Kind;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A name that was read as another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reconciled {
    /// The table that says it.
    pub table: String,
    /// The column that says it.
    pub column: String,
    /// As it stands there.
    pub from: String,
    /// As it was read: the reference table's name.
    pub to: String,
    /// In how many rows.
    pub rows: u64,
}

/// A name that the reference table does not have; it was kept as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unknown {
    /// The table that says it.
    pub table: String,
    /// The column that says it.
    pub column: String,
    /// As it stands there.
    pub name: String,
    /// The kind of reference table that it was looked up in.
    pub reference: &'static str,
    /// In how many rows.
    pub rows: u64,
}

/// The names of the reference tables.
#[derive(Default)]
pub(super) struct References {
    known: BTreeMap<Kind, BTreeSet<String>>,
    /// Names by what is left of them when case, blanks and punctuation are gone; nothing where several names are alike.
    alike: BTreeMap<(Kind, String), Option<String>>,
}

impl References {
    /// Adds a name of a reference table.
    pub(super) fn add(&mut self, kind: Kind, name: &str) {
        if self.known.entry(kind).or_default().insert(name.to_owned()) {
            let alike = self.alike.entry((kind, skeleton(name)));
            alike.and_modify(|alike| *alike = None).or_insert_with(|| Some(name.to_owned()));
        }
    }

    fn find(&self, kind: Kind, name: &str) -> Found<'_> {
        match self.known.get(&kind) {
            None => Found::Exact,
            Some(known) if known.contains(name) => Found::Exact,
            Some(_) => match skeleton(name) {
                bare if bare.is_empty() => Found::Not,
                bare => match self.alike.get(&(kind, bare)) {
                    Some(Some(to)) => Found::Near(to),
                    _ => Found::Not,
                },
            },
        }
    }
}

enum Found<'a> {
    /// As it is, or there is no reference table to look in.
    Exact,
    Near(&'a str),
    Not,
}

/// Letters and digits, in lower case.
fn skeleton(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Names of one table's row on their way in; what is found is counted once the row is known to be good.
pub(super) struct Reconciler<'a> {
    references: &'a References,
    row: Vec<(Kind, String, String, Option<String>)>,
    changed: BTreeMap<(String, String, String, String), u64>,
    unknown: BTreeMap<(String, String, String, Kind), u64>,
}

impl<'a> Reconciler<'a> {
    pub(super) fn new(references: &'a References) -> Self {
        Self { references, row: Vec::new(), changed: BTreeMap::new(), unknown: BTreeMap::new() }
    }

    /// The name that `name` in `column` stands for.
    pub(super) fn name(&mut self, kind: Kind, column: &str, name: &str) -> String {
        let to = match self.references.find(kind, name) {
            Found::Exact => return name.to_owned(),
            Found::Near(to) => Some(to.to_owned()),
            Found::Not => None,
        };
        self.row.push((kind, column.to_owned(), name.to_owned(), to.clone()));
        to.unwrap_or_else(|| name.to_owned())
    }

    /// Ends a row of `table`: what was found in it counts when the row was good.
    pub(super) fn end_row(&mut self, table: &str, good: bool) {
        for (kind, column, from, to) in self.row.drain(..).filter(|_| good) {
            let table = table.to_owned();
            *match to {
                Some(to) => self.changed.entry((table, column, from, to)).or_default(),
                None => self.unknown.entry((table, column, from, kind)).or_default(),
            } += 1;
        }
    }

    /// What was found.
    pub(super) fn finish(self) -> (Vec<Reconciled>, Vec<Unknown>) {
        let changed = self.changed.into_iter().map(|((table, column, from, to), rows)| Reconciled {
            table,
            column,
            from,
            to,
            rows,
        });
        let unknown = self.unknown.into_iter().map(|((table, column, name, kind), rows)| Unknown {
            table,
            column,
            name,
            reference: kind.name(),
            rows,
        });
        (changed.collect(), unknown.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(names: &[&str]) -> References {
        let mut references = References::default();
        names.iter().for_each(|name| references.add(Kind::Products, name));
        references
    }

    #[test]
    fn a_name_is_matched_when_exactly_one_known_name_is_alike() {
        let references = references(&["GTX Pro", "GTX Plus Pro", "MG-1", "MG 1", "Caf\u{e9}"]);
        let mut reconciler = Reconciler::new(&references);
        let mut name = |name| reconciler.name(Kind::Products, "product", name);
        assert_eq!(name("GTX Pro"), "GTX Pro");
        assert_eq!(name("GTXPro"), "GTX Pro");
        assert_eq!(name("gtx_plus-pro"), "GTX Plus Pro");
        assert_eq!(name("CAF\u{c9}"), "Caf\u{e9}");
        assert_eq!(name("MG1"), "MG1");
        assert_eq!(name("---"), "---");
        reconciler.end_row("deals", true);
        let (changed, unknown) = reconciler.finish();
        assert_eq!(changed.len(), 3);
        assert_eq!(unknown.iter().map(|unknown| unknown.name.as_str()).collect::<Vec<_>>(), ["---", "MG1"]);
    }

    #[test]
    fn rows_are_counted_only_when_they_went_in_and_without_a_reference_table_nothing_is_unknown() {
        let references = references(&["GTX Pro"]);
        let mut reconciler = Reconciler::new(&references);
        for good in [true, false, true] {
            reconciler.name(Kind::Products, "product", "GTXPro");
            reconciler.name(Kind::Accounts, "account", "Anyone");
            reconciler.end_row("deals", good);
        }
        let (changed, unknown) = reconciler.finish();
        assert_eq!((changed[0].rows, changed[0].to.as_str()), (2, "GTX Pro"));
        assert_eq!(unknown, []);
    }
}
