//! The REST API, file by file as its addresses are. Before an engine in memory; the real one is tried from outside.

mod common;
mod connections;
mod ingest;
mod ingest_refusals;
mod operation;
