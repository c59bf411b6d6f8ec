//! Splitting a deal by its product lines.

use super::World;
use super::money::Amount;
use smallvec::{SmallVec, smallvec};

/// Product labels, each with its part of an amount.
pub(crate) type ProductPieces = SmallVec<[(u32, Amount); 2]>;

impl World<'_> {
    /// The product labels of a line set with their parts of an amount; label 0 takes what the lines leave over.
    pub(crate) fn product_pieces(&self, lines: u32, amount: Amount) -> ProductPieces {
        let lines = self.state.sets.lines.get(lines);
        if lines.is_empty() {
            return smallvec![(0, amount)];
        }
        if let [line] = lines.as_slice()
            && line.total.is_none()
        {
            return smallvec![(self.product_label(line.product), amount)];
        }
        let total = match amount {
            Amount::Fixed { minor, .. } | Amount::Floating { minor, .. } | Amount::Home(minor) => Some(minor),
            Amount::Absent | Amount::Untold | Amount::NoRate(_) => None,
        };
        let mut pieces: SmallVec<[(u32, i64); 2]> = SmallVec::new();
        for line in lines {
            let label = self.product_label(line.product);
            let own = match (line.total, lines.len()) {
                (None, 1) => total.unwrap_or(0),
                (own, _) => own.unwrap_or(0),
            };
            match pieces.iter_mut().find(|(known, _)| *known == label) {
                Some((_, sum)) => *sum += own,
                None => pieces.push((label, own)),
            }
        }
        pieces.sort_unstable_by(|(a, _), (b, _)| {
            (*a == 0).cmp(&(*b == 0)).then_with(|| self.state.texts.text(*a).cmp(self.state.texts.text(*b)))
        });
        let Some(total) = total else {
            return pieces.into_iter().map(|(label, _)| (label, amount)).collect();
        };
        let rest = total - pieces.iter().map(|(_, own)| own).sum::<i64>();
        if rest != 0 && !crate::sabotage::on("product_remainder_lost") {
            match pieces.last_mut() {
                Some((0, sum)) => *sum += rest,
                _ => pieces.push((0, rest)),
            }
        }
        let raw: SmallVec<[i64; 2]> = pieces.iter().map(|(_, own)| *own).collect();
        pieces.iter().map(|(label, _)| *label).zip(self.split(amount, &raw)).collect()
    }
}
