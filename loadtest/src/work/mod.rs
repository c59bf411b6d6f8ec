//! What is sent: organisations chosen by Zipf's law, deal changes and additive facts made from a seed, and the ledger of
//! what the server must hold afterwards. Pure: nothing here knows a socket.

mod event;
mod fleet;
mod ledger;
mod mix;
mod org;
#[cfg(test)]
mod reader_tests;
mod zipf;

pub(crate) use event::{FACT_TYPES, Stamp};
pub(crate) use fleet::{Batch, Fleet, FleetOptions};
pub(crate) use ledger::{DealState, DealStatus, FactSum, Ledger, LedgerHead, OrgLedger};
pub(crate) use mix::Mix;
pub(crate) use org::{ItemOutcome, OrgWork, Statement};
