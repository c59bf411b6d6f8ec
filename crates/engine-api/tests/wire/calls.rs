//! Every call of the engine, and what came of each, written out.

use crate::values;
use futures::StreamExt;
use salescope_domain::{DealId, Grain, Label, PersonId};
use salescope_engine_api::{DealsAsked, Engine, EngineResult, NewKey, Parties, Slice, Submission};
use salescope_testkit::histories;
use std::fmt::Debug;

fn told<T: Debug>(call: &str, result: &EngineResult<T>) -> String {
    format!("{call}: {result:?}")
}

/// Makes every call, some of them twice with other arguments.
pub(crate) async fn every_call(engine: &dyn Engine) -> Vec<String> {
    let org = &values::org();
    let mut said = vec![
        told("ready", &engine.ready().await),
        told(
            "create_orgs",
            &engine.create_orgs(vec![values::new_org("new"), values::new_org("there")]).await,
        ),
        told("orgs", &engine.orgs(None, 10).await),
        told("orgs after", &engine.orgs(Some(org), usize::MAX).await),
        told("org", &engine.org(org).await),
    ];
    said.push(told("export_org", &export(engine).await));
    said.push(told("erase_org", &engine.erase_org(org).await));
    said.extend(statements(engine).await);
    said.extend(questions(engine).await);
    said.extend(objects(engine).await);
    said.extend(upkeep(engine).await);
    said
}

/// The chunks of an export, each by its first byte and its length.
async fn export(engine: &dyn Engine) -> EngineResult<Vec<EngineResult<(u8, usize)>>> {
    let chunks = engine.export_org(&values::org()).await?;
    Ok(chunks.map(|chunk| chunk.map(|bytes| (bytes[0], bytes.len()))).collect().await)
}

async fn statements(engine: &dyn Engine) -> Vec<String> {
    let org = &values::org();
    let submissions: Vec<Submission> =
        histories::random(3).into_iter().map(|entry| Submission::live(entry.payload)).collect();
    let slice = Slice { submissions, bytes: 1 << 40, dry_run: true };
    let person = |id: &str, name: &str| (id.to_owned(), name.to_owned());
    let parties = Parties {
        source: values::source(),
        people: vec![person("ann@example.com", "Ann \u{2603}"), person("bo", "")],
        teams: vec![person("West", "West")],
    };
    vec![
        told("ingest", &engine.ingest(org, slice).await),
        told("ingest nothing", &engine.ingest(org, Slice::default()).await),
        told("resolve", &engine.resolve(org, parties.clone()).await),
        told("lookup", &engine.lookup(org, parties).await),
        told("names", &engine.names(org).await),
        told("erase_person", &engine.erase_person(org, &PersonId::new("p1").unwrap()).await),
    ]
}

async fn questions(engine: &dyn Engine) -> Vec<String> {
    let org = &values::org();
    let query = values::query;
    let mut said = vec![
        told("query", &engine.query(org, query()).await),
        told("answers", &engine.answers(org, vec![query(), query(), query()]).await),
        told("compare", &engine.compare(org, query()).await),
        told("explain", &engine.explain(org, query(), None).await),
        told("explain since", &engine.explain(org, query(), Some(values::time())).await),
        told("catalogue", &engine.catalogue(org).await),
        told("dimensions", &engine.dimensions(org).await),
        told("add_kpi", &engine.add_kpi(org, "id: \u{e4}\n".to_owned()).await),
        told("add_kpi again", &engine.add_kpi(org, String::new()).await),
    ];
    for grain in [Grain::Hour, Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year] {
        said.push(told("series", &engine.series(org, query(), grain).await));
    }
    let positions = match engine.subscribe(org).await {
        Ok(positions) => Ok(positions.take(3).collect::<Vec<_>>().await),
        Err(error) => Err(error),
    };
    said.push(told("subscribe", &positions));
    let answers = match engine.watch(org, values::live_question()).await {
        Ok(answers) => Ok(answers.collect::<Vec<_>>().await),
        Err(error) => Err(error),
    };
    said.push(told("watch", &answers));
    said
}

async fn objects(engine: &dyn Engine) -> Vec<String> {
    let org = &values::org();
    let deal = |id: &str| DealId::new(id).unwrap();
    let asked = DealsAsked { filter: values::deal_filter(), after: Some("c1".to_owned()), limit: 50 };
    vec![
        told("deal", &engine.deal(org, &values::source(), &deal("A1")).await),
        told("deal", &engine.deal(org, &values::source(), &deal("unknown")).await),
        told("deals", &engine.deals(org, DealsAsked::default()).await),
        told("deals after", &engine.deals(org, asked).await),
        told("people", &engine.people(org).await),
        told("teams", &engine.teams(org).await),
        told("stages", &engine.stages(org).await),
        told("quotas", &engine.quotas(org).await),
        told("rates", &engine.rates(org).await),
        told("dead_letters", &engine.dead_letters(org).await),
        told("retry_dead_letter", &engine.retry_dead_letter(org, 1).await),
        told("retry_dead_letter", &engine.retry_dead_letter(org, 2).await),
        told("drop_dead_letter", &engine.drop_dead_letter(org, 2).await),
    ]
}

async fn upkeep(engine: &dyn Engine) -> Vec<String> {
    let org = &values::org();
    let key = NewKey { org: org.clone(), name: Label::new("CRM sync").unwrap(), hash: [7; 32] };
    vec![
        told("entries", &engine.entries(org, 5, 100).await),
        told("stats", &engine.stats(org).await),
        told("history_start", &engine.history_start(org).await),
        told("cut_history", &engine.cut_history(org, values::time(), true).await),
        told("cut_history", &engine.cut_history(org, values::time().plus_ms(1), false).await),
        told("verify_kept", &engine.verify_kept(org, values::time(), 90).await),
        told("create_key", &engine.create_key(key).await),
        told("find_key", &engine.find_key(&[1; 32]).await),
        told("find_key", &engine.find_key(&[2; 32]).await),
        told("keys", &engine.keys(org).await),
        told("revoke_key", &engine.revoke_key(org, 1).await),
        told("revoke_key", &engine.revoke_key(org, u64::MAX).await),
    ]
}
