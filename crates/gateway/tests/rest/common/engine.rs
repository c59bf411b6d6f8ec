//! An engine in memory: it records what it is given and answers by script. What is news it decides as the real one does.

use async_trait::async_trait;
use futures::stream::{self, BoxStream};
use parking_lot::Mutex;
use salescope_domain::deal_view::{DealPage, DealView};
use salescope_domain::directory_view::{PersonView, QuotaView, RateView, StageView, TeamView};
use salescope_domain::{
    Answer, Comparison, DealId, Definition, Explanation, Grain, Identity, Instant, KpiId, Label,
    LiveQuestion, OrgId, OrgSettings, Payload, PersonId, Query, Series, SourceId, TeamId,
};
use salescope_engine_api::{
    ApiKey, CutReport, DeadLetter, DealsAsked, Engine, EngineError, EngineResult, EntryPage, ExportStream,
    HistoryStart, Ingested, JournalStats, KeptVerified, KeyHash, LiveStream, Names, NewKey, NewOrg, OrgInfo,
    OrgPage, Outcome, Parties, Position, Positioned, ResolvedParties, Slice, hash_key,
};
use std::collections::{BTreeMap, HashMap};

/// The organisation that [`KEY`] opens.
pub(crate) const ORG: &str = "acme";
/// A key that is valid.
pub(crate) const KEY: &str = "ssk_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[derive(Default)]
pub(crate) struct State {
    pub(crate) entries: Vec<Payload>,
    pub(crate) last: HashMap<String, (i64, u32)>,
    pub(crate) people: BTreeMap<String, PersonId>,
    pub(crate) teams: BTreeMap<String, TeamId>,
    pub(crate) names: Names,
    pub(crate) erased: Vec<PersonId>,
    /// What every call answers instead, while there is one.
    pub(crate) failure: Option<EngineError>,
    /// Whether the next ingest panics, or is never answered.
    pub(crate) panics: bool,
    pub(crate) hangs: bool,
    pub(crate) key_lookups: u64,
    pub(crate) resolves: u64,
    pub(crate) slices: Vec<u64>,
    pub(crate) queries: Vec<Query>,
    pub(crate) asked: Vec<DealsAsked>,
    pub(crate) answer: Option<Answer>,
    pub(crate) series: Option<Series>,
    pub(crate) comparison: Option<Comparison>,
    pub(crate) explanation: Option<Explanation>,
    pub(crate) deals: Vec<DealView>,
    pub(crate) dead_letters: Vec<DeadLetter>,
    pub(crate) settings: OrgSettings,
    pub(crate) definitions: Vec<Definition>,
    pub(crate) yaml: Vec<String>,
    pub(crate) quotas: Vec<QuotaView>,
    pub(crate) rates: Vec<RateView>,
    pub(crate) stages: Vec<StageView>,
}

/// The engine.
#[derive(Default)]
pub(crate) struct TestEngine(pub(crate) Mutex<State>);

impl TestEngine {
    fn ask<T>(&self, org: &OrgId, answer: impl FnOnce(&mut State) -> T) -> EngineResult<T> {
        let mut state = self.0.lock();
        if let Some(failure) = &state.failure {
            return Err(failure.clone());
        }
        if org.as_str() != ORG {
            return Err(EngineError::UnknownOrg { org: org.clone() });
        }
        Ok(answer(&mut state))
    }

    fn at<T>(&self, org: &OrgId, answer: impl FnOnce(&mut State) -> T) -> EngineResult<Positioned<T>> {
        self.ask(org, |state| {
            let position = Position { epoch: 1, tenant_seq: state.entries.len() as u64 };
            Positioned { position, answer: answer(state) }
        })
    }
}

fn scripted<T: Clone>(script: Option<&T>) -> EngineResult<T> {
    script
        .cloned()
        .ok_or(EngineError::Question { code: "unknown_kpi".into(), detail: "there is no such KPI".into() })
}

fn flat<T>(answer: EngineResult<Positioned<EngineResult<T>>>) -> EngineResult<Positioned<T>> {
    let Positioned { position, answer } = answer?;
    Ok(Positioned { position, answer: answer? })
}

impl State {
    fn take(&mut self, payload: Payload) -> Outcome {
        let (key, order) = match payload.identity() {
            Identity::Object { kind, source, id, version } => {
                (format!("{kind}/{source}/{id}"), version.order())
            }
            Identity::Fact { kind, source, event_id, revision } => {
                (format!("{kind}/{source}/{event_id}"), (i64::from(revision), 0))
            }
            Identity::Control => (String::new(), (0, 0)),
        };
        if self.last.get(&key).is_some_and(|last| *last >= order) {
            return Outcome::Unchanged;
        }
        self.last.insert(key, order);
        self.entries.push(payload);
        Outcome::Appended { tenant_seq: self.entries.len() as u64 }
    }
}

#[async_trait]
impl Engine for TestEngine {
    async fn ready(&self) -> EngineResult<()> {
        self.ask(&org(), |_| ())
    }

    async fn create_orgs(&self, orgs: Vec<NewOrg>) -> EngineResult<Vec<EngineResult<()>>> {
        Ok(orgs.into_iter().map(|new| Err(EngineError::OrgExists { org: new.org })).collect())
    }

    async fn orgs(&self, _: Option<&OrgId>, _: usize) -> EngineResult<OrgPage> {
        Ok(OrgPage { orgs: vec![org()], more: false })
    }

    async fn org(&self, org: &OrgId) -> EngineResult<OrgInfo> {
        self.ask(org, |state| OrgInfo {
            org: org.clone(),
            settings: state.settings.clone(),
            created_at: Instant::from_ms(0),
            tenant_seq: state.entries.len() as u64,
            deals: state.deals.len() as u64,
            state_bytes: 0,
        })
    }

    async fn export_org(&self, org: &OrgId) -> EngineResult<ExportStream> {
        self.ask(org, |_| -> ExportStream { Box::pin(stream::empty()) })
    }

    async fn erase_org(&self, org: &OrgId) -> EngineResult<()> {
        self.ask(org, |_| ())
    }

    async fn ingest(&self, org: &OrgId, slice: Slice) -> EngineResult<Ingested> {
        let hangs = std::mem::take(&mut self.0.lock().hangs);
        if hangs {
            std::future::pending::<()>().await;
        }
        self.ask(org, |state| {
            assert!(!std::mem::take(&mut state.panics), "told to");
            state.slices.push(slice.bytes);
            let outcomes =
                slice.submissions.into_iter().map(|submission| state.take(submission.payload)).collect();
            Ingested { outcomes, tenant_seq: state.entries.len() as u64 }
        })
    }

    async fn resolve(&self, org: &OrgId, parties: Parties) -> EngineResult<ResolvedParties> {
        self.ask(org, |state| {
            state.resolves += 1;
            let mut people = Vec::new();
            for (external_id, name) in parties.people {
                let next = PersonId::new(&format!("p{}", state.people.len() + 1)).unwrap();
                let id =
                    state.people.entry(format!("{}/{external_id}", parties.source)).or_insert(next).clone();
                if !name.is_empty() {
                    state.names.people.insert(id.clone(), name);
                }
                people.push(Some(id));
            }
            let mut teams = Vec::new();
            for (external_id, name) in parties.teams {
                let next = TeamId::new(&format!("t{}", state.teams.len() + 1)).unwrap();
                let id =
                    state.teams.entry(format!("{}/{external_id}", parties.source)).or_insert(next).clone();
                if !name.is_empty() {
                    state.names.teams.insert(id.clone(), name);
                }
                teams.push(Some(id));
            }
            ResolvedParties { people, teams }
        })
    }

    async fn lookup(&self, org: &OrgId, parties: Parties) -> EngineResult<ResolvedParties> {
        self.ask(org, |state| {
            let key = |id: &String| format!("{}/{id}", parties.source);
            ResolvedParties {
                people: parties.people.iter().map(|(id, _)| state.people.get(&key(id)).cloned()).collect(),
                teams: parties.teams.iter().map(|(id, _)| state.teams.get(&key(id)).cloned()).collect(),
            }
        })
    }

    async fn names(&self, org: &OrgId) -> EngineResult<Names> {
        self.ask(org, |state| state.names.clone())
    }

    async fn erase_person(&self, org: &OrgId, person: &PersonId) -> EngineResult<()> {
        self.ask(org, |state| {
            if !state.people.values().any(|known| known == person) {
                return Err(EngineError::UnknownPerson { org: org.clone(), person: person.clone() });
            }
            state.people.retain(|_, known| known != person);
            state.names.people.remove(person);
            state.erased.push(person.clone());
            Ok(())
        })?
    }

    async fn query(&self, org: &OrgId, query: Query) -> EngineResult<Positioned<Answer>> {
        flat(self.at(org, |state| {
            state.queries.push(query);
            scripted(state.answer.as_ref())
        }))
    }

    async fn answers(
        &self,
        org: &OrgId,
        queries: Vec<Query>,
    ) -> EngineResult<Positioned<Vec<EngineResult<Answer>>>> {
        self.at(org, |state| queries.iter().map(|_| scripted(state.answer.as_ref())).collect())
    }

    async fn series(&self, org: &OrgId, query: Query, _: Grain) -> EngineResult<Positioned<Series>> {
        flat(self.at(org, |state| {
            state.queries.push(query);
            scripted(state.series.as_ref())
        }))
    }

    async fn compare(&self, org: &OrgId, query: Query) -> EngineResult<Positioned<Comparison>> {
        flat(self.at(org, |state| {
            state.queries.push(query);
            scripted(state.comparison.as_ref())
        }))
    }

    async fn explain(
        &self,
        org: &OrgId,
        query: Query,
        _: Option<Instant>,
    ) -> EngineResult<Positioned<Explanation>> {
        flat(self.at(org, |state| {
            state.queries.push(query);
            scripted(state.explanation.as_ref())
        }))
    }

    async fn catalogue(&self, org: &OrgId) -> EngineResult<Vec<Definition>> {
        self.ask(org, |state| state.definitions.clone())
    }

    async fn dimensions(&self, org: &OrgId) -> EngineResult<Vec<String>> {
        self.ask(org, |_| vec!["owner".to_owned()])
    }

    async fn add_kpi(&self, org: &OrgId, yaml: String) -> EngineResult<(KpiId, Option<u64>)> {
        self.ask(org, |state| {
            if !yaml.starts_with("id: ") {
                return Err(EngineError::InvalidDefinition { detail: "has no id".into() });
            }
            state.yaml.push(yaml);
            Ok((KpiId::new("mine").unwrap(), Some(7)))
        })?
    }

    async fn subscribe(&self, _: &OrgId) -> EngineResult<BoxStream<'static, Position>> {
        Ok(Box::pin(stream::empty()))
    }

    async fn watch(&self, _: &OrgId, _: LiveQuestion) -> EngineResult<LiveStream> {
        Ok(Box::pin(stream::empty()))
    }

    async fn deal(
        &self,
        org: &OrgId,
        source: &SourceId,
        deal: &DealId,
    ) -> EngineResult<Positioned<Option<DealView>>> {
        self.at(org, |state| {
            state.deals.iter().find(|view| view.source == *source && view.deal == *deal).cloned()
        })
    }

    async fn deals(&self, org: &OrgId, asked: DealsAsked) -> EngineResult<Positioned<DealPage>> {
        self.at(org, |state| {
            let deals = state.deals.iter().take(asked.limit).cloned().collect();
            state.asked.push(asked);
            DealPage { deals, next: None }
        })
    }

    async fn people(&self, org: &OrgId) -> EngineResult<Positioned<Vec<PersonView>>> {
        self.at(org, |state| {
            let view = |(at, entry): (usize, &Payload)| match entry {
                Payload::Person(person) => Some(PersonView {
                    person: person.person.clone(),
                    team: person.team.clone(),
                    region: person.region.clone(),
                    known_at: Instant::from_ms(0),
                    tenant_seq: at as u64 + 1,
                }),
                _ => None,
            };
            state.entries.iter().enumerate().filter_map(view).collect()
        })
    }

    async fn teams(&self, org: &OrgId) -> EngineResult<Positioned<Vec<TeamView>>> {
        self.at(org, |state| {
            let view = |team: &TeamId| TeamView {
                team: team.clone(),
                region: Label::new("EMEA").ok(),
                known_at: Instant::from_ms(0),
                tenant_seq: 1,
            };
            state.teams.values().map(view).collect()
        })
    }

    async fn stages(&self, org: &OrgId) -> EngineResult<Positioned<Vec<StageView>>> {
        self.at(org, |state| state.stages.clone())
    }

    async fn quotas(&self, org: &OrgId) -> EngineResult<Positioned<Vec<QuotaView>>> {
        self.at(org, |state| state.quotas.clone())
    }

    async fn rates(&self, org: &OrgId) -> EngineResult<Positioned<Vec<RateView>>> {
        self.at(org, |state| state.rates.clone())
    }

    async fn dead_letters(&self, org: &OrgId) -> EngineResult<Vec<DeadLetter>> {
        self.ask(org, |state| state.dead_letters.clone())
    }

    async fn retry_dead_letter(&self, org: &OrgId, tenant_seq: u64) -> EngineResult<bool> {
        self.ask(org, |state| {
            let known = state.dead_letters.iter().position(|letter| letter.tenant_seq == tenant_seq);
            let at = known.ok_or(EngineError::UnknownDeadLetter { org: org.clone(), tenant_seq })?;
            state.dead_letters.remove(at);
            Ok(true)
        })?
    }

    async fn drop_dead_letter(&self, org: &OrgId, tenant_seq: u64) -> EngineResult<()> {
        self.retry_dead_letter(org, tenant_seq).await.map(drop)
    }

    async fn entries(&self, _: &OrgId, _: u64, _: usize) -> EngineResult<EntryPage> {
        Ok(EntryPage::default())
    }

    async fn stats(&self, org: &OrgId) -> EngineResult<JournalStats> {
        self.ask(org, |state| {
            let entries = state.entries.len() as u64;
            JournalStats { entries, last_tenant_seq: entries }
        })
    }

    async fn history_start(&self, _: &OrgId) -> EngineResult<HistoryStart> {
        Ok(HistoryStart { first_seq: 1, baseline: None })
    }

    async fn cut_history(&self, _: &OrgId, _: Instant, _: bool) -> EngineResult<CutReport> {
        Err(EngineError::Unavailable { reason: "nothing is cut off here".into() })
    }

    async fn verify_kept(&self, _: &OrgId, _: Instant, _: u64) -> EngineResult<KeptVerified> {
        Err(EngineError::Unavailable { reason: "nothing was cut off here".into() })
    }

    async fn create_key(&self, key: NewKey) -> EngineResult<ApiKey> {
        Ok(ApiKey { id: 2, org: key.org, name: key.name, created_at: Instant::from_ms(0) })
    }

    async fn find_key(&self, hash: &KeyHash) -> EngineResult<Option<ApiKey>> {
        let mut state = self.0.lock();
        state.key_lookups += 1;
        let (name, created_at) = (Label::new("test").unwrap(), Instant::from_ms(0));
        let key = ApiKey { id: 1, org: org(), name, created_at };
        Ok((*hash == hash_key(KEY)).then_some(key))
    }

    async fn keys(&self, _: &OrgId) -> EngineResult<Vec<ApiKey>> {
        Ok(Vec::new())
    }

    async fn revoke_key(&self, _: &OrgId, _: u64) -> EngineResult<bool> {
        Ok(false)
    }
}

pub(crate) fn org() -> OrgId {
    OrgId::new(ORG).unwrap()
}
