//! Numbers for people and teams who are new. Whoever writes does so for all who wait: a sync of the disk serves them all.
//!
//! Invariant: an external id has one number, for good; a number is answered only when its row is on the disk.

use super::{Scope, known};
use crate::StoreError;
use crate::error::While;
use crate::sqlite::transaction::{self, WriteConnection};
use crate::sqlite::{ROWS_PER_STATEMENT, SqliteStore};
use parking_lot::Mutex;
use salescope_domain::{IdError, Label, SourceId};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

const RESOLVE: &str = "resolve names";

/// Calls that wait for the connection.
pub(in crate::sqlite) type Resolves = Mutex<VecDeque<Waiting>>;

/// A call, and where its answer goes.
#[derive(Debug)]
pub(in crate::sqlite) struct Waiting {
    call: Arc<Call>,
    answer: oneshot::Sender<Result<Vec<i64>, StoreError>>,
}

#[derive(Debug)]
struct Call {
    scope: Scope,
    parties: Vec<Party>,
}

/// A party as it is called.
#[derive(Debug)]
struct Party {
    external_id: String,
    name: String,
}

impl SqliteStore {
    pub(super) async fn resolve(
        &self,
        scope: Scope,
        parties: &[(&str, &str)],
    ) -> Result<Vec<i64>, StoreError> {
        self.check_count(parties.len())?;
        let checked =
            parties.iter().enumerate().map(|(index, party)| check_party(&scope.source, index, *party));
        let parties = checked.collect::<Result<Vec<_>, _>>()?;
        let call = Arc::new(Call { scope, parties });
        let mut answered = self.wait_for(&call);
        loop {
            let mut connection = self.directory.lock().await;
            match answered.try_recv() {
                Ok(answer) => return answer,
                Err(TryRecvError::Empty) => self.resolve_batch(&mut connection).await,
                // Whoever wrote for us went away in the middle. Done or not: asking again gives the same numbers.
                Err(TryRecvError::Closed) => answered = self.wait_for(&call),
            }
        }
    }

    fn wait_for(&self, call: &Arc<Call>) -> oneshot::Receiver<Result<Vec<i64>, StoreError>> {
        let (answer, answered) = oneshot::channel();
        self.resolves.lock().push_back(Waiting { call: Arc::clone(call), answer });
        answered
    }

    /// Takes those that have waited longest, and answers them.
    async fn resolve_batch(&self, connection: &mut WriteConnection) {
        let batch = self.take_resolves();
        let resolved = self.resolve_all(connection, &batch).await;
        let mut answers = match resolved {
            Ok(numbers) => numbers.into_iter().map(Ok).collect(),
            Err(error) if batch.len() == 1 => vec![Err(error)],
            Err(error) => {
                let reason = crate::error::with_causes(&error);
                let shared = || Err(StoreError::Shared { doing: RESOLVE, reason: reason.clone() });
                batch.iter().map(|_| shared()).collect::<Vec<_>>()
            }
        };
        for (Waiting { answer, .. }, told) in batch.into_iter().zip(answers.drain(..)) {
            // Nobody may be waiting any more; the numbers are given out all the same.
            answer.send(told).ok();
        }
    }

    /// The calls that go into one transaction. Those of organisations that are gone are answered at once.
    fn take_resolves(&self) -> Vec<Waiting> {
        let mut waiting = self.resolves.lock();
        let (mut batch, mut names) = (Vec::new(), 0);
        while let Some(next) = waiting.pop_front() {
            names += next.call.parties.len();
            if !batch.is_empty() && names > self.options.names_per_call_max {
                waiting.push_front(next);
                break;
            }
            match self.check_org(&next.call.scope.org) {
                Ok(()) => batch.push(next),
                Err(error) => drop(next.answer.send(Err(error))),
            }
        }
        batch
    }

    async fn resolve_all(
        &self,
        connection: &mut WriteConnection,
        batch: &[Waiting],
    ) -> Result<Vec<Vec<i64>>, StoreError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let mut transaction = connection.begin_write().await.doing(RESOLVE)?;
        let mut numbers = Vec::with_capacity(batch.len());
        for Waiting { call, .. } in batch {
            numbers.push(resolve_one(&mut transaction, &call.scope, &call.parties).await?);
        }
        transaction::commit(transaction, &self.fatal, RESOLVE).await?;
        Ok(numbers)
    }
}

async fn resolve_one(
    connection: &mut SqliteConnection,
    scope: &Scope,
    parties: &[Party],
) -> Result<Vec<i64>, StoreError> {
    let external_ids = parties.iter().map(|party| party.external_id.as_str());
    let mut known = known(connection, scope, external_ids).await?;
    let mut last = last_number(connection, scope).await?;
    let mut numbers = Vec::with_capacity(parties.len());
    let mut changed = BTreeMap::new();
    for party in parties {
        let number = match known.get_mut(&party.external_id) {
            None => {
                last += 1;
                known.insert(party.external_id.clone(), (last, party.name.clone()));
                changed.insert(last, party);
                last
            }
            Some((number, name)) => {
                let number = *number;
                if !party.name.is_empty() && party.name != *name {
                    name.clone_from(&party.name);
                    changed.insert(number, party);
                }
                number
            }
        };
        numbers.push(number);
    }
    upsert(connection, scope, &changed).await?;
    Ok(numbers)
}

/// Trims and checks an external id and a name.
fn check_party(
    source: &SourceId,
    index: usize,
    (external_id, name): (&str, &str),
) -> Result<Party, StoreError> {
    let invalid = |field| {
        move |reason: IdError| StoreError::InvalidName { source_id: source.clone(), index, field, reason }
    };
    let external_id = Label::new(external_id).map_err(invalid("external id"))?.as_str().to_owned();
    let name = match Label::new(name) {
        Ok(name) => name.as_str().to_owned(),
        Err(IdError::Empty) => String::new(),
        Err(reason) => return Err(invalid("name")(reason)),
    };
    Ok(Party { external_id, name })
}

/// The highest number given out, across sources and erased ones.
async fn last_number(connection: &mut SqliteConnection, scope: &Scope) -> Result<i64, StoreError> {
    sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM party WHERE org_id = ?1 AND kind = ?2")
        .bind(scope.org.as_str())
        .bind(scope.kind.as_str())
        .fetch_one(connection)
        .await
        .doing(RESOLVE)
}

async fn upsert(
    connection: &mut SqliteConnection,
    scope: &Scope,
    parties: &BTreeMap<i64, &Party>,
) -> Result<(), StoreError> {
    let parties: Vec<_> = parties.iter().collect();
    for chunk in parties.chunks(ROWS_PER_STATEMENT) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO party (org_id, kind, number, source, external_id, name) ",
        );
        query.push_values(chunk, |mut row, (number, party)| {
            row.push_bind(scope.org.as_str()).push_bind(scope.kind.as_str()).push_bind(**number);
            row.push_bind(scope.source.as_str()).push_bind(&party.external_id).push_bind(&party.name);
        });
        query.push(" ON CONFLICT (org_id, kind, number) DO UPDATE SET name = excluded.name");
        query.build().execute(&mut *connection).await.doing(RESOLVE)?;
    }
    Ok(())
}
