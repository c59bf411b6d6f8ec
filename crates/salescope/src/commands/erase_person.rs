//! `admin erase-person`: forgets who somebody is. What they did stays counted, under an id that tells nothing.

use super::Invocation;
use crate::cli::Org;
use crate::exit::Exit;
use crate::names::Labels;
use crate::problem::usage;
use anyhow::Result;
use clap::Args;
use salescope_domain::{Dimension, PersonId};
use salescope_engine_api::Engine;
use serde::Serialize;

/// Erase a person's name and the ids that sources know them by, for good
///
/// The journal never holds them; it speaks of the person as an id such as p12, under which their figures stay.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The person's name or id
    #[arg(value_name = "PERSON")]
    person: String,
    #[command(flatten)]
    org: Org,
}

#[derive(Serialize)]
struct Erased<'a> {
    erased: &'a PersonId,
}

pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, options: Options) -> Result<Exit> {
    let org = &options.org.org;
    // Somebody without a name has an id all the same, which the labels do not know.
    let id = match PersonId::new(&options.person) {
        Ok(id) if is_id(&id) => id.to_string(),
        _ => Labels::new(&engine.names(org).await?).value(&Dimension::Owner, &options.person)?,
    };
    let person = PersonId::new(&id).map_err(|error| usage(format!("the person's id {error}")))?;
    engine.erase_person(org, &person).await?;
    invocation.output.show(&Erased { erased: &person }, || format!("{person} has no name any more"))?;
    Ok(Exit::Done)
}

/// Whether it looks like an id of the directory: `p` and a number.
fn is_id(person: &PersonId) -> bool {
    let number = person.as_str().strip_prefix('p');
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_told_from_a_name() {
        let looks_like_one = |text: &str| is_id(&PersonId::new(text).unwrap());
        assert!(looks_like_one("p1") && looks_like_one("p120"));
        assert!(!looks_like_one("p") && !looks_like_one("pat") && !looks_like_one("Ann Lee"));
    }
}
