//! The kinds of tables beside deals.

use super::{read, rejects, statements};
use salescope_domain::{DealEventKind, Payload, QuotaHolder, QuotaTarget, Status};

const STAGES: &str = "pipelines: [{pipeline: new, stages: [{stage: Lead, outcome: open}, {stage: Offer, outcome: open}, {stage: Won, outcome: won}]}]";

#[test]
fn stage_history_is_journaled_oldest_first_before_the_deals_and_the_first_stage_may_be_the_creation() {
    let yaml = format!(
        "{STAGES}\ntables:\n- {{file: d.csv, kind: deals, columns: {{deal: id, stage: stage, created_on: created}}}}\n- {{file: h.csv, kind: stage_history, columns: {{deal: id, stage: stage, entered_at: at}}}}"
    );
    let batch = read(
        &yaml,
        &[
            ("d.csv", "id,stage,created\nA,Won,2026-01-05\nB,Lead,2025-12-01\n"),
            (
                "h.csv",
                "id,stage,at\nA,Won,2026-02-03 10:00\nA,Lead,2026-01-05 00:30\nA,Offer,2026-02-03 10:00\n\
                 B,Lead,2026-01-07 08:00\nA,Lead,2026-01-05 00:30\nB,Gone,2026-01-07 08:00\n",
            ),
        ],
    );
    assert_eq!(rejects(&batch), [(6, "id", "duplicate_key"), (7, "stage", "unknown_stage")]);
    let told: Vec<String> = statements(batch)
        .into_iter()
        .filter_map(|statement| match statement.payload {
            Payload::Deal(event) => Some(event),
            _ => None,
        })
        .map(|event| {
            let (stage, status) = (event.set.stage.value().unwrap(), event.set.status.value().unwrap());
            let created = if event.kind == DealEventKind::DealCreated { " created" } else { "" };
            let closed = if *status == Status::Won { " closed" } else { "" };
            format!("{} {stage} {}{created}{closed}", event.deal, event.version.sequence)
        })
        .collect();
    // A's creation is on the day that the deals' table states in the organisation's zone; B's first stage is later.
    let expected =
        ["A Lead 0 created", "B Lead 0", "A Won 0 closed", "A Offer 1", "A Won 0 closed", "B Lead 0"];
    assert_eq!(told, expected);
}

#[test]
fn quotas_rates_activities_and_stages_become_their_payloads() {
    let yaml = "tables:
- {file: q.csv, kind: quotas, columns: {person: rep, team: team, first_day: from, last_day: to, amount: target}, constants: {currency: EUR}}
- {file: r.csv, kind: rates, columns: {currency: from, date: day, rate: rate}, constants: {home: USD}}
- {file: a.csv, kind: activities, columns: {activity: id, occurred_at: at, kind: {column: type, map: {Mail: email}}, owner: rep, deal: deal}}
- {file: s.csv, kind: stages, columns: {stage: id, position: pos, outcome: means}, constants: {pipeline: new}}
- {file: p.csv, kind: people, columns: {person: id, name: name, active: active}}";
    let batch = read(
        yaml,
        &[
            (
                "q.csv",
                "rep,team,from,to,target\nu1,,2026-01-01,2026-03-31,1000\n,North,2026-01-01,2026-03-31,5000\n,,2026-01-01,2026-12-31,9\n,,2026-01-01,2026-06-30,9\nu1,,2026-04-01,2026-03-01,9\n",
            ),
            ("r.csv", "from,day,rate\nEUR,2026-01-01,1.0825\nEUR,2026-01-01,1.09\nJPY,2026-01-01,0\n"),
            ("a.csv", "id,at,type,rep,deal\n1,2026-01-05 10:00,Mail,u1,A\n2,2027-01-05,call,u1,A\n"),
            ("s.csv", "id,pos,means\nLead,1,open\nDone,70000,won\nGone,3,elsewhere\n"),
            ("p.csv", "id,name,active\nu1,Ann Lee,no\n"),
        ],
    );
    let expected = [
        (5, "quota", "duplicate_key"),
        (6, "to", "empty_period"),
        (3, "from", "duplicate_key"),
        (4, "rate", "invalid_rate"),
        (3, "at", "time_in_future"),
        (3, "pos", "invalid_number"),
        (4, "means", "unknown_word"),
    ];
    assert_eq!(rejects(&batch), expected);
    let named: Vec<_> = batch.people().into_iter().map(|who| (who.external_id, who.name)).collect();
    assert_eq!(named, [("u1".to_owned(), Some("Ann Lee".to_owned()))]);
    let mut told = Vec::new();
    for statement in statements(batch) {
        told.push(match statement.payload {
            Payload::Quota(quota) => {
                let holder = match &quota.holder {
                    QuotaHolder::Person(person) => person.to_string(),
                    QuotaHolder::Team(team) => team.to_string(),
                    QuotaHolder::Organisation => "all".to_owned(),
                };
                let QuotaTarget::Money { minor, currency } = quota.target else { panic!("{quota:?}") };
                format!("{} {holder} to {} {minor} {currency}", quota.quota, quota.period.to)
            }
            Payload::Rate(rate) => format!("{} {} {}", rate.currency, rate.home, rate.rate),
            Payload::Activity(activity) => {
                format!("{:?} {} {}", activity.kind, activity.owner.unwrap(), activity.occurred_at)
            }
            Payload::Stage(stage) => format!("{} {:?}", stage.stage, stage.pipeline.map(|id| id.to_string())),
            Payload::Person(person) => format!("{} {}", person.person, person.active),
            other => panic!("{other:?}"),
        });
    }
    let expected = [
        "Lead Some(\"new\")",
        "p-u1 false",
        "EUR USD 1.0825",
        "p-u1@2026-01-01 p-u1 to 2026-04-01 100000 EUR",
        "t-North@2026-01-01 t-North to 2026-04-01 500000 EUR",
        "organisation@2026-01-01 all to 2027-01-01 900 EUR",
        "Email p-u1 2026-01-05T09:00:00Z",
    ];
    assert_eq!(told, expected);
}

#[test]
fn owners_are_matched_to_the_table_of_people_and_a_known_name_wins_over_a_mention() {
    let yaml = "tables:
- {file: d.csv, kind: deals, columns: {deal: id, owner: rep}}
- {file: p.csv, kind: people, columns: {person: name}}";
    let batch = read(yaml, &[("d.csv", "id,rep\nA,ann  LEE\nB,Cy Dorn\nC,\n"), ("p.csv", "name\nAnn Lee\n")]);
    assert_eq!((batch.reconciled[0].from.as_str(), batch.reconciled[0].to.as_str()), ("ann  LEE", "Ann Lee"));
    assert_eq!(batch.unknown[0].name, "Cy Dorn");
    let named: Vec<_> = batch.people().into_iter().map(|who| (who.external_id, who.name)).collect();
    assert_eq!(named, [("Ann Lee".to_owned(), Some("Ann Lee".to_owned())), ("Cy Dorn".to_owned(), None)]);
}

#[test]
fn a_history_says_what_was_recorded_then_and_the_deals_owner_stands_in_where_it_has_none() {
    let yaml = format!(
        "{STAGES}\ntables:\n- {{file: d.csv, kind: deals, columns: {{deal: id, owner: rep}}}}\n- {{file: h.csv, kind: stage_history, columns: {{deal: id, stage: stage, entered_at: at, amount: amt, close_date: due}}, constants: {{currency: USD}}}}"
    );
    let history =
        "id,stage,at,amt,due\nA,Lead,2026-01-05 10:00,100,2026-03-31\nA,Offer,2026-01-09 10:00,80,\n";
    let batch = read(&yaml, &[("d.csv", "id,rep\nA,Ann\n"), ("h.csv", history)]);
    let told: Vec<_> = super::deals(batch)
        .into_iter()
        .map(|event| {
            let owner = event.set.owner.value().map(ToString::to_string);
            (
                event.set.amount_minor.value().copied(),
                event.set.close_date.value().map(ToString::to_string),
                owner,
            )
        })
        .collect();
    let ann = || Some("p-Ann".to_owned());
    let due = Some("2026-03-31".to_owned());
    assert_eq!(told, [(Some(10_000), due, ann()), (Some(8_000), None, None), (None, None, ann())]);
}
