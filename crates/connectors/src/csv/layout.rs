//! Where one file holds the fields of its table: columns by name become positions in its header row.

use super::config::{Column, Scalar, Table};
use super::{ImportError, fields};
use salescope_domain::FieldName;
use std::collections::BTreeMap;

/// Where a field's text comes from.
pub(super) struct Place {
    /// Position in the row, and how the column is read.
    pub(super) column: Option<(usize, Column)>,
    /// What stands for an empty cell, or for all where there is no column.
    pub(super) constant: Option<String>,
}

/// A table's fields in a file.
pub(super) struct Layout {
    places: BTreeMap<&'static str, Place>,
    /// Own fields of deals, or attributes of accounts and products.
    pub(super) own: Vec<(FieldName, Place)>,
}

impl Layout {
    /// Finds the table's columns in the header row. An attribute of a preset may be absent: `lenient` leaves it out.
    pub(super) fn new(table: &Table, headers: &[String], lenient: bool) -> Result<Self, ImportError> {
        let mut places = BTreeMap::new();
        for field in fields::of(table.kind) {
            let column = table.columns.get(field.name);
            let column = column.map(|column| place(table, headers, column)).transpose()?;
            let constant = table.constants.get(field.name).map(|Scalar(text)| text.clone());
            if column.is_some() || constant.is_some() {
                places.insert(field.name, Place { column, constant });
            }
        }
        let mut own = Vec::new();
        for (name, column) in table.own_fields.iter().chain(&table.attributes) {
            match place(table, headers, column) {
                Ok(column) => own.push((name.clone(), Place { column: Some(column), constant: None })),
                Err(ImportError::ColumnMissing { .. }) if lenient => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self { places, own })
    }

    /// Where a field is, if the table states it.
    pub(super) fn place(&self, field: &str) -> Option<&Place> {
        self.places.get(field)
    }

    /// The column to blame for a field; the field's own name where a constant fills it.
    pub(super) fn column_of(&self, field: &str) -> String {
        let column = self.place(field).and_then(|place| place.column.as_ref());
        column.map_or_else(|| field.to_owned(), |(_, column)| column.column.clone())
    }
}

fn place(table: &Table, headers: &[String], column: &Column) -> Result<(usize, Column), ImportError> {
    let file = || table.file.clone();
    let name = column.column.trim();
    let mut positions = (0..headers.len()).filter(|at| headers[*at] == name);
    match (positions.next(), positions.next()) {
        (Some(at), None) => Ok((at, column.clone())),
        (Some(_), Some(_)) => Err(ImportError::DuplicateHeader { file: file(), column: name.to_owned() }),
        (None, _) => {
            Err(ImportError::ColumnMissing { file: file(), column: name.to_owned(), found: headers.to_vec() })
        }
    }
}
