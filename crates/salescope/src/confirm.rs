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
    ask(what, word, &mut stdin.lock(), &mut io::stderr().lock())
}

fn ask(what: &str, word: &str, typed: &mut impl BufRead, shown: &mut impl Write) -> Result<()> {
    // Nothing can be done where the terminal is gone; then there is no answer either.
    let _ = write!(shown, "{what}. Type {word} to go on: ").and_then(|()| shown.flush());
    let mut answer = String::new();
    typed.read_line(&mut answer).context("the terminal could not be read")?;
    if answer.trim() == word {
        Ok(())
    } else {
        Err(problem("not_confirmed", "nothing was done: the answer was another one"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_word_itself_is_a_yes() {
        let answer = |typed: &str| {
            let mut shown = Vec::new();
            let asked = ask("this erases acme", "acme", &mut typed.as_bytes(), &mut shown);
            assert_eq!(String::from_utf8(shown).unwrap(), "this erases acme. Type acme to go on: ");
            asked.is_ok()
        };
        assert!(answer("acme\n") && answer(" acme \r\n"));
        for other in ["", "\n", "y\n", "yes\n", "ACME\n", "acme2\n", "acm"] {
            assert!(!answer(other), "{other:?}");
        }
    }
}
