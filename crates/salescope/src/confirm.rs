//! Asking before what cannot be taken back.
//!
//! Invariant: without `--yes`, nothing is taken for a yes but the word that was asked for, typed on a terminal.

use crate::problem::{problem, usage};
use anyhow::{Context, Result};
use std::io::{self, BufRead, IsTerminal, Write};

/// Goes on where `yes` was given on the command line, or where the user types `word`; is a problem otherwise. `what` is what
/// is about to happen, as a sentence without its full stop.
pub(crate) fn confirm(what: &str, word: &str, yes: bool) -> Result<()> {
    if yes {
        return Ok(());
    }
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(usage(format!("{what}: add --yes if that is meant")));
    }
    let mut terminal = io::stderr().lock();
    // Nothing can be done where the terminal is gone; then there is no answer either.
    let _ = write!(terminal, "{what}. Type {word} to go on: ").and_then(|()| terminal.flush());
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer).context("the terminal could not be read")?;
    if answer.trim() == word {
        Ok(())
    } else {
        Err(problem("not_confirmed", "nothing was done: the answer was another one"))
    }
}
