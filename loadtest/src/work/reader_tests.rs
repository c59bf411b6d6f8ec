//! What is sent, read by the product's own reader.

use super::{Batch, DealState, DealStatus, FACT_TYPES, Fleet, FleetOptions, ItemOutcome, Statement};
use salescope_connectors::canonical::{Defaults, Ids, read_all};
use salescope_domain::{
    Currency, Date, DealEventKind, Decimal, Instant, Payload, PersonId, SourceId, TeamId, Zone,
};

/// Gives everybody the id that they go by.
struct SameIds;

impl Ids for SameIds {
    fn person(&self, external_id: &str) -> Option<PersonId> {
        PersonId::new(external_id).ok()
    }

    fn team(&self, external_id: &str) -> Option<TeamId> {
        TeamId::new(external_id).ok()
    }
}

#[test]
fn the_products_reader_takes_every_event_for_what_the_ledger_says_of_it() {
    let now = Instant::from_ms(1_800_000_000_000);
    let today = Date::from_days(20_833);
    let mix = "deals=1,additive=1".parse().unwrap();
    let mut fleet = Fleet::new(3, FleetOptions { seed: 9, tag: 1, zipf: 1.0, per_request: 500, mix, today });
    let (zone, source) = (Zone::utc(), SourceId::new("api").unwrap());
    let defaults = Defaults { currency: Currency::USD, zone: &zone, source: &source, now };
    let mut batch = Batch::default();
    for _ in 0..6 {
        fleet.fill(&mut batch, now);
        let body = std::str::from_utf8(&batch.body).unwrap();
        let mut drafts = Vec::new();
        read_all(body, 1000, 1000, |draft| drafts.push(draft)).unwrap();
        assert_eq!(drafts.len(), 500);
        for (draft, statement) in drafts.into_iter().zip(&batch.statements) {
            let draft = draft.unwrap();
            assert_eq!(draft.unknown_members().count(), 0);
            assert_states(&draft.build(&SameIds, &defaults).unwrap(), *statement, today);
        }
        fleet.settle(&batch, std::iter::repeat(ItemOutcome::Accepted));
    }
}

fn assert_states(payload: &Payload, statement: Statement, today: Date) {
    match (payload, statement) {
        (Payload::Deal(event), Statement::Deal(_, DealState(version, status, cents))) => {
            let expected = match event.kind {
                DealEventKind::DealClosedWon => DealStatus::Won,
                DealEventKind::DealClosedLost => DealStatus::Lost,
                DealEventKind::DealCreated | DealEventKind::StageChanged => DealStatus::Open,
                other => panic!("no {other:?} is sent"),
            };
            assert_eq!(status, expected);
            assert_eq!(event.version, salescope_domain::Version::stated(version.into()));
            assert_eq!(event.set.amount_minor.value(), Some(&i64::from(cents)));
            assert_eq!(event.set.close_date.value() == Some(&today), status != DealStatus::Open);
        }
        (Payload::Metric(point), Statement::Fact(kind, hundredths)) => {
            assert_eq!(point.metric_type.as_str(), FACT_TYPES[usize::from(kind)]);
            let expected: Decimal = crate::decimal::text_of(hundredths.into()).parse().unwrap();
            assert_eq!(point.value, expected);
        }
        (payload, statement) => panic!("{statement:?} is read as {payload:?}"),
    }
}
