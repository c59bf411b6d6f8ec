//! Random histories and questions: the oracle never panics, and keeps to what holds of every answer.

use salescope_domain::{Answer, Dimension, Instant};
use salescope_oracle::answer;
use salescope_testkit::{Rng, histories, make, queries};

#[test]
fn three_hundred_random_questions_are_answered() {
    for seed in 0..300 {
        let entries = histories::random(seed);
        let query = queries::random(seed, &entries);
        let answer = answer(&entries, &query);
        let keys: Vec<_> = answer.groups.iter().map(|group| &group.key).collect();
        if query.group_by.is_empty() && query.kpi.as_str() != "leaderboard" {
            assert_eq!(keys.len(), 1, "seed {seed}");
        }
        if query.kpi.as_str() != "leaderboard" {
            assert!(keys.is_sorted(), "seed {seed}");
        }
    }
}

/// A part in hundredths; the waterfall's tests ask in dollars.
fn cents(answer: &Answer, part: &str) -> Option<i64> {
    let group = &answer.groups[0];
    let text = if part == "end" { group.value.as_ref() } else { group.parts[part].as_ref() };
    text.map(|text| text.replace('.', "").parse().expect("money is a decimal"))
}

#[test]
fn a_waterfall_balances_to_the_cent() {
    let steps = [
        "start",
        "new",
        "reopened",
        "pulled_in",
        "increased",
        "decreased",
        "transferred_in",
        "transferred_out",
        "won",
        "lost",
        "pushed_out",
        "removed",
        "currency",
    ];
    let mut balanced = 0;
    for seed in 0..300 {
        let entries = histories::random(seed);
        let query = queries::about(&mut Rng::new(seed), "pipeline_waterfall", &entries);
        let mut query = salescope_domain::Query { group_by: Vec::new(), ..query };
        query.filters.remove(&Dimension::Product);
        let answer = answer(&entries, &query);
        let sum: Option<i64> = steps.iter().map(|step| cents(&answer, step)).sum();
        if let Some((sum, end)) = sum.zip(cents(&answer, "end")) {
            assert_eq!(sum, end, "seed {seed}");
            balanced += i64::from(end != 0);
        }
    }
    assert!(balanced > 50, "only {balanced} waterfalls had something in them");
}

#[test]
fn entries_that_are_known_later_change_nothing_as_known() {
    for seed in 0..200 {
        let entries = histories::random(seed);
        let mut query = queries::random(seed, &entries);
        let cut = entries[entries.len() / 2].observed_at;
        query.as_known = Some(cut.plus_ms(-1));
        // Without backfills what is known at a time is what was in the journal by then.
        if entries.iter().any(|entry| entry.known_at != entry.observed_at) {
            continue;
        }
        let known: Vec<_> = entries.iter().filter(|entry| entry.known_at < cut).cloned().collect();
        assert_eq!(answer(&entries, &query), answer(&known, &query), "seed {seed}");
    }
}

#[test]
fn a_journal_delivered_twice_says_the_same() {
    for seed in 0..200 {
        let entries = histories::random(seed);
        let mut query = queries::random(seed, &entries);
        query.as_known = None;
        query.now = make::instant("2026-09-01T00:00:00Z");
        let last = entries.last().map_or(Instant::MIN, |entry| entry.observed_at);
        let stated = entries.iter().filter(|entry| {
            // Versions that do not come from the source may be repeated: the later arrival wins.
            let text = format!("{:?}", entry.payload);
            !text.contains("basis: Timed") && !text.contains("basis: Snapshot")
        });
        let mut twice = entries.clone();
        for (seq, entry) in (entries.len() as u64 + 1..).zip(stated) {
            let mut again = entry.clone();
            (again.tenant_seq, again.known_at, again.observed_at) = (seq, last, last);
            twice.push(again);
        }
        assert_eq!(answer(&twice, &query), answer(&entries, &query), "seed {seed}");
    }
}
