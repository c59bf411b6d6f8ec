//! The REST API, file by file as its addresses are. Before an engine in memory; the real one is tried from outside.

#![allow(clippy::unwrap_used, reason = "the helpers of tests fail as tests do")]

mod access_log;
mod common;
mod connections;
mod dead_letters;
mod deals;
mod document;
mod ingest;
mod ingest_refusals;
mod kpis;
mod operation;
mod organisation;
mod pages;
mod people;
mod quotas;
mod stages;
