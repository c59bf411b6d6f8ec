//! Mappings that ship with the program, chosen by header rows whatever the files are called.

use super::config::{Encoding, Mapping};
use super::sheet::Sheet;
use super::{ImportError, text};

/// How much of a file is enough to see its header row, in bytes.
pub const HEAD_BYTES: usize = 64 << 10;

struct Preset {
    /// For messages.
    name: &'static str,
    yaml: &'static str,
    /// For each table of the mapping, in its order: the columns that its header row must have.
    headers: &'static [&'static [&'static str]],
}

/// A hardware seller's CRM: opportunities with agents, accounts and products.
const OPPORTUNITIES: Preset = Preset {
    name: "opportunities",
    yaml: include_str!("presets/opportunities.yaml"),
    headers: &[
        &[
            "opportunity_id",
            "sales_agent",
            "product",
            "account",
            "deal_stage",
            "engage_date",
            "close_date",
            "close_value",
        ],
        &["sales_agent", "manager", "regional_office"],
        &["account", "sector"],
        &["product", "series"],
    ],
};

/// The mapping for files with these names and beginnings (the first [`HEAD_BYTES`] of each), and the preset's name.
///
/// # Errors
/// When no file has the header row of a preset's deals, or two files have that of one table.
pub fn detect(heads: &[(String, Vec<u8>)]) -> Result<(Mapping, &'static str), ImportError> {
    let headers: Vec<(&str, Vec<String>)> =
        heads.iter().filter_map(|(file, head)| Some((file.as_str(), header(file, head)?))).collect();
    let mut mapping = OPPORTUNITIES.mapping();
    for (table, wanted) in mapping.tables.iter_mut().zip(OPPORTUNITIES.headers) {
        let lacks = |found: &[String]| -> Vec<String> {
            let missing = wanted.iter().filter(|column| !found.iter().any(|found| found == *column));
            missing.map(|column| (*column).to_owned()).collect()
        };
        let mut fits = headers.iter().filter(|(_, found)| lacks(found).is_empty());
        match (fits.next(), fits.next()) {
            (Some((file, _)), None) => table.file = (*file).to_owned(),
            (Some((first, _)), Some((second, _))) => {
                let table = table.label().to_owned();
                let (first, second) = ((*first).to_owned(), (*second).to_owned());
                return Err(ImportError::AmbiguousLayout { table, first, second });
            }
            (None, _) if table.optional => {}
            (None, _) => {
                let nearest = headers.iter().map(|(file, found)| ((*file).to_owned(), lacks(found)));
                let nearest = nearest.filter(|(_, lacks)| lacks.len() * 2 < wanted.len());
                return Err(ImportError::UnknownLayout {
                    nearest: nearest.min_by_key(|(_, lacks)| lacks.len()),
                });
            }
        }
    }
    Ok((mapping, OPPORTUNITIES.name))
}

impl Preset {
    fn mapping(&self) -> Mapping {
        let mut mapping =
            Mapping::parse(self.yaml).expect("a preset is a sound mapping file: a test reads each");
        mapping.is_preset = true;
        mapping
    }
}

/// The column names of a file, if it is text with a header row.
fn header(file: &str, head: &[u8]) -> Option<Vec<String>> {
    // The cut may split a character: the first line is whole all the same.
    let end = head.iter().position(|byte| *byte == b'\n').map_or(head.len(), |at| at + 1);
    let decode = |bytes| text::decode(file, bytes, Encoding::Utf8).ok();
    let text = decode(&head[..end]).or_else(|| decode(head))?;
    Some(Sheet::new(file, text, None).ok()?.headers)
}
