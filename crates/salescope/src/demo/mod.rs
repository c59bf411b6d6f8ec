//! A made-up sales organisation, told to a server as an integrator would tell a real one: through its HTTP API.
//!
//! `company` says who and what there is, `plan` how one deal goes from its first day to its last, `history` what all of them have
//! said so far, `live` what they say next; these are functions of a seed and a time. `client` and `run` send it.
//!
//! Each day's deals depend on the seed and that day alone: telling the history again tomorrow repeats all of it and adds a day,
//! and what is repeated is no news to the server.

mod client;
mod company;
mod event;
mod history;
mod live;
mod plan;
#[cfg(test)]
mod reader_tests;
mod run;

pub(crate) use run::{CHANGES_PER_SECOND, CHANGES_PER_SECOND_MAX, Target, run};
