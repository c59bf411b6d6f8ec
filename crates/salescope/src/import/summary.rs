//! What an import did, as counts that add up: read = imported + unchanged + rejected, for every table.

use crate::output::{Align, table};
use salescope_connectors::csv::{Batch, Kind, Reconciled, Reject, Unknown};
use serde::{Serialize, Serializer, ser::SerializeMap};
use std::borrow::Cow;
use std::path::PathBuf;

/// Most names of each list that the text shows; the JSON has all.
const NAMES_SHOWN_MAX: usize = 20;

/// What became of a table's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Rows {
    #[serde(skip)]
    name: String,
    file: Option<String>,
    #[serde(serialize_with = "kind_name")]
    kind: Kind,
    read: u64,
    imported: u64,
    unchanged: u64,
    rejected: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's serialize_with hands a reference")]
fn kind_name<S: Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

/// What an import did, or would do.
#[derive(Debug)]
pub(crate) struct Summary {
    dry_run: bool,
    tables: Vec<Rows>,
    absent: Vec<String>,
    reconciled: Vec<Reconciled>,
    unknown: Vec<Unknown>,
    /// Where the rejected rows were written.
    pub(crate) rejected_file: Option<PathBuf>,
}

impl Summary {
    /// The summary of a batch none of whose statements has been journaled yet.
    pub(super) fn new(batch: &Batch, dry_run: bool) -> Self {
        let rows = batch.tables.iter().map(|table| Rows {
            name: table.name.clone(),
            file: table.file.clone(),
            kind: table.kind,
            read: table.read,
            imported: 0,
            unchanged: 0,
            rejected: table.rejected,
        });
        Self {
            dry_run,
            tables: rows.collect(),
            absent: batch.absent.clone(),
            reconciled: batch.reconciled.clone(),
            unknown: batch.unknown.clone(),
            rejected_file: None,
        }
    }

    /// A statement of a table is an entry now.
    pub(super) fn imported(&mut self, table: usize) {
        self.tables[table].imported += 1;
    }

    /// A statement of a table was no news.
    pub(super) fn unchanged(&mut self, table: usize) {
        self.tables[table].unchanged += 1;
    }

    /// The journal refused a statement of a table.
    pub(super) fn rejected(
        &mut self,
        table: usize,
        line: u64,
        code: Cow<'static, str>,
        reason: String,
    ) -> Reject {
        let rows = &mut self.tables[table];
        rows.rejected += 1;
        let file = rows.file.clone().unwrap_or_default();
        Reject { table, file, line, column: String::new(), code, reason, row: Vec::<&str>::new().into() }
    }

    /// The rows of all tables of deals.
    fn deals(&self) -> [u64; 4] {
        let deals = self.tables.iter().filter(|rows| rows.kind == Kind::Deals);
        deals.fold([0; 4], |[read, imported, unchanged, rejected], rows| {
            [read + rows.read, imported + rows.imported, unchanged + rows.unchanged, rejected + rows.rejected]
        })
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        let mut text =
            if self.dry_run { "dry run: nothing was changed\n\n".to_owned() } else { String::new() };
        let mut header = vec![("table", Align::Left), ("kind", Align::Left)];
        header.extend(["read", "imported", "unchanged", "rejected"].map(|name| (name, Align::Right)));
        let row = |rows: &Rows| {
            let counts =
                [rows.read, rows.imported, rows.unchanged, rows.rejected].map(|count| count.to_string());
            [rows.name.clone(), rows.kind.name().to_owned()].into_iter().chain(counts).collect()
        };
        text += &table(&header, &self.tables.iter().map(row).collect::<Vec<_>>());
        let [read, imported, unchanged, rejected] = self.deals();
        text += &format!(
            "\ndeals: {read} read = {imported} imported + {unchanged} unchanged + {rejected} rejected\n"
        );
        if !self.absent.is_empty() {
            text += &format!("\nnot there, and left out: {}\n", self.absent.join(", "));
        }
        text += &list("names read as those of their own table", &self.reconciled, |name| {
            let Reconciled { table, column, from, to, rows } = name;
            format!("{table}.{column}: {from:?} is {to:?} ({rows} rows)")
        });
        text += &list("names that their own table does not have, kept as they are", &self.unknown, |name| {
            let Unknown { table, column, name, reference, rows } = name;
            format!("{table}.{column}: {name:?} is not among the {reference} ({rows} rows)")
        });
        if let Some(file) = &self.rejected_file {
            text += &format!("\nrejected rows, with line and reason: {}\n", file.display());
        }
        text
    }
}

fn list<T>(title: &str, items: &[T], line: impl Fn(&T) -> String) -> String {
    if items.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{title}:\n");
    for item in items.iter().take(NAMES_SHOWN_MAX) {
        text += &format!("  {}\n", line(item));
    }
    if items.len() > NAMES_SHOWN_MAX {
        text += &format!("  and {} more; --json lists them all\n", items.len() - NAMES_SHOWN_MAX);
    }
    text
}

struct Tables<'a>(&'a [Rows]);

impl Serialize for Tables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for rows in self.0 {
            map.serialize_entry(&rows.name, rows)?;
        }
        map.end()
    }
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [read, imported, unchanged, rejected] = self.deals();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("read", &read)?;
        map.serialize_entry("imported", &imported)?;
        map.serialize_entry("unchanged", &unchanged)?;
        map.serialize_entry("rejected", &rejected)?;
        map.serialize_entry("rejected_file", &self.rejected_file)?;
        map.serialize_entry("reconciled", &self.reconciled)?;
        map.serialize_entry("unknown", &self.unknown)?;
        map.serialize_entry("absent", &self.absent)?;
        map.serialize_entry("tables", &Tables(&self.tables))?;
        map.serialize_entry("dry_run", &self.dry_run)?;
        map.end()
    }
}
