//! The program from outside: its commands on small exports that the tests write themselves.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod admin;
mod asking;
mod both_ways;
mod cutting;
mod damage;
mod edges;
mod http;
mod importing;
mod live;
mod live_client;
mod organisations;
mod run;
mod serving;
mod verifying;
