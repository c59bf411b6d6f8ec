//! Exports as CSV files: [`Mapping`] or [`preset::detect`], then [`Batch::read`], then [`Batch::statements`].
//!
//! Invariant: every row of every table is either a statement or a [`Reject`]; nothing is dropped or changed silently.

mod batch;
mod cells;
mod config;
mod deals;
mod draft;
mod error;
mod facts;
mod fields;
mod history;
mod identity;
mod layout;
mod objects;
pub mod preset;
mod reconcile;
mod reject;
mod row;
mod sheet;
mod text;

#[cfg(test)]
mod tests;

pub use batch::{Batch, Context, SourceFile, Statement, TableReport};
pub use config::{DateOrder, Encoding, Kind, Locale, Mapping, Table};
pub use draft::{Ids, Named};
pub use error::ImportError;
pub use reconcile::{Reconciled, Unknown};
pub use reject::{Reject, write_rejects};
pub use sheet::{COLUMNS_MAX, FIELD_BYTES_MAX, ROWS_MAX};
pub use text::FILE_BYTES_MAX;
