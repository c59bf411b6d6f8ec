//! Randomness: the only place in the program that draws it. Everything else takes it as an argument.

use crate::problem::problem;
use anyhow::Result;
use rand::TryRng;
use rand::rngs::SysRng;

/// Bytes from the operating system, fit for keys.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let drawn = SysRng.try_fill_bytes(&mut bytes);
    drawn.map_err(|error| problem("no_randomness", format!("the system gave no random bytes: {error}")))?;
    Ok(bytes)
}
