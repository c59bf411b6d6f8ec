//! What was sent and what was answered: the file that is synced, and the book in memory that checks read.

mod book;
mod file;

pub use book::{Book, Fate};
pub use file::{Ledger, Record};
