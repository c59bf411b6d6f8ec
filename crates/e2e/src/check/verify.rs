//! L4, by the product's own proof: `verify`, which recomputes every figure from the journal.

use super::Found;
use crate::program::Program;
use crate::violation::Promise;
use anyhow::{Result, bail};
use serde::Deserialize;

#[derive(Deserialize)]
struct Verdict {
    equal: bool,
}

/// Runs `verify` with so many questions.
///
/// # Errors
/// When it cannot be run. A difference is what it is asked for.
pub async fn verify(program: &Program, org: &str, queries: u32, found: &mut Found) -> Result<()> {
    let queries = queries.to_string();
    let output = program.run(&["verify", "--org", org, "--queries", &queries], "").await?;
    let Ok(Verdict { equal }) = serde_json::from_slice(&output.stdout) else {
        bail!("verify did not come to a verdict: {}", String::from_utf8_lossy(&output.stderr).trim());
    };
    if !equal {
        found.add(Promise::Verify, || String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Ok(())
}
