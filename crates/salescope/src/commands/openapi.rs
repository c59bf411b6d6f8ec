//! `openapi`: the document that describes the HTTP API.

use super::Invocation;
use crate::exit::Exit;
use anyhow::Result;

/// Prints it. It is JSON already, with `--json` and without.
pub(super) fn run(invocation: &Invocation) -> Result<Exit> {
    invocation.output.text(&salescope_gateway::openapi())?;
    Ok(Exit::Done)
}
