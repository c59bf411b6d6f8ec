#![doc = include_str!("../README.md")]

pub mod check;
pub mod http;
pub mod ledger;
pub mod load;
pub mod program;
pub mod report;
pub mod rounds;
pub mod server;
pub mod stream;
pub mod violation;
