//! How often each kind of event is sent.

use anyhow::{Context, Result, bail, ensure};
use rand::{Rng, RngExt};
use std::fmt;
use std::str::FromStr;

/// Weights of the kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mix {
    /// Statements about deals.
    deals: u32,
    /// Additive facts.
    additive: u32,
}

impl Mix {
    /// Whether the next event is about a deal.
    pub(super) fn draws_a_deal(self, random: &mut impl Rng) -> bool {
        random.random_range(0..self.deals + self.additive) < self.deals
    }
}

impl FromStr for Mix {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut mix = Self { deals: 0, additive: 0 };
        for part in text.split(',') {
            let (kind, weight) = part.split_once('=').context("a mix is deals=WEIGHT,additive=WEIGHT")?;
            let weight: u16 = weight.parse().with_context(|| format!("{weight} is no weight"))?;
            match kind {
                "deals" => mix.deals = weight.into(),
                "additive" => mix.additive = weight.into(),
                _ => bail!("there is no kind of event {kind}: deals, additive"),
            }
        }
        ensure!(mix.deals + mix.additive > 0, "a mix has a weight above zero");
        Ok(mix)
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "deals={},additive={}", self.deals, self.additive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mix_is_read_as_it_is_printed_and_refused_without_weight() {
        let mix: Mix = "additive=3,deals=1".parse().unwrap();
        assert_eq!(mix.to_string(), "deals=1,additive=3");
        assert_eq!(mix.to_string().parse::<Mix>().unwrap(), mix);
        for text in ["", "deals", "deals=0", "deals=-1", "metrics=1"] {
            assert!(text.parse::<Mix>().is_err(), "{text}");
        }
    }
}
