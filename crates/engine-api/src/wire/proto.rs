//! The messages, client and server that the build makes of the proto file.

#![allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic, reason = "made by tonic, not by us")]

tonic::include_proto!("salescope.engine.v1");
