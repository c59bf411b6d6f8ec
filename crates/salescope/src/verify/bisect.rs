//! Where engine and oracle part: the first entry after which they answer a question differently.

use anyhow::Result;
use salescope_domain::{Answer, Entry, Query};
use salescope_kpi::Engine;

/// What a difference comes from.
#[derive(Debug)]
pub(crate) enum Culprit {
    /// The entry after which the answers differ, and the answers up to it.
    Entry { tenant_seq: u64, engine: Answer, oracle: Answer },
    /// An engine that was fed the whole journal agrees with the oracle: the saved state differs from the journal.
    SavedState,
}

/// Finds the first prefix of the journal over which the question has two answers. Halves the journal again and again: where
/// they part and meet and part again, it is one of the places where they part.
pub(crate) fn first_difference(entries: &[Entry], query: &Query, mut step: impl FnMut()) -> Result<Culprit> {
    let mut answers = |count: usize| -> Result<(Answer, Answer)> {
        step();
        let mut engine = Engine::new();
        engine.apply(&entries[..count]);
        Ok((engine.query(query)?, salescope_oracle::answer(&entries[..count], query)))
    };
    let (mut engine, mut oracle) = answers(entries.len())?;
    if engine == oracle {
        return Ok(Culprit::SavedState);
    }
    let (mut equal, mut differs) = (0, entries.len());
    while differs - equal > 1 {
        let middle = equal + (differs - equal) / 2;
        // A dimension may be unknown to the engine before the first entry that has it: there is no answer to differ.
        match answers(middle) {
            Ok((ours, theirs)) if ours != theirs => {
                differs = middle;
                (engine, oracle) = (ours, theirs);
            }
            _ => equal = middle,
        }
    }
    Ok(Culprit::Entry { tenant_seq: entries[differs - 1].tenant_seq, engine, oracle })
}

#[cfg(test)]
mod tests {
    use super::*;
    use salescope_domain::{KpiId, Patch};
    use salescope_testkit::{DealStep, History, make};

    fn won(history: History, deal: &str) -> History {
        let won = DealStep::won().set(|fields| {
            fields.amount_minor = Patch::Set(700);
            fields.currency = Patch::Set(salescope_domain::Currency::USD);
        });
        history.deal(deal, DealStep::created()).deal(deal, won)
    }

    fn history() -> (Vec<Entry>, Query) {
        let history = won(won(History::new().at("2026-01-05"), "A"), "B");
        let deleted = DealStep::new(salescope_domain::DealEventKind::DealDeleted);
        let entries = won(history.deal("A", deleted), "C").entries();
        let range = make::range("2026-01-01", "2026-04-01");
        (entries, Query::new(KpiId::new("bookings").unwrap(), range, make::moment("2026-09-01")))
    }

    #[test]
    fn the_first_entry_after_which_they_differ_is_found() {
        let (entries, query) = history();
        let work = || first_difference(&entries, &query, || {}).unwrap();
        let culprit = salescope_kpi::sabotage::with("deleted_deal_counted", work);
        let Culprit::Entry { tenant_seq, engine, oracle } = culprit else { panic!("{culprit:?}") };
        assert_eq!(tenant_seq, 5, "the deletion");
        assert_eq!((engine.groups[0].n, oracle.groups[0].n), (2, 1));
    }

    #[test]
    fn a_sound_engine_and_a_wrong_saved_state_point_to_the_saved_state() {
        let (entries, query) = history();
        assert!(matches!(first_difference(&entries, &query, || {}).unwrap(), Culprit::SavedState));
    }
}
