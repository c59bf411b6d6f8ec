//! The typed parts of messages, from and to engine-api's types.

use super::body::{self, Malformed};
use super::proto::{self, outcome};
use crate::{
    ApiKey, EngineError, Ingested, KeyHash, Names, NewKey, NewOrg, Outcome, Parties, Position, Positioned,
};
use crate::{Rejected, ResolvedParties, Slice, Submission};
use salescope_domain::{Answer, Grain, Instant, Label, OrgId, PersonId, SourceId, TeamId};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

pub(super) fn org(text: &str) -> Result<OrgId, Malformed> {
    body::id("the organisation", OrgId::new, text)
}

pub(super) fn source(text: &str) -> Result<SourceId, Malformed> {
    body::id("the source", SourceId::new, text)
}

pub(super) fn person(text: &str) -> Result<PersonId, Malformed> {
    body::id("the person", PersonId::new, text)
}

fn team(text: &str) -> Result<TeamId, Malformed> {
    body::id("the team", TeamId::new, text)
}

impl From<Position> for proto::Position {
    fn from(Position { epoch, tenant_seq }: Position) -> Self {
        Self { epoch, tenant_seq }
    }
}

impl From<proto::Position> for Position {
    fn from(proto::Position { epoch, tenant_seq }: proto::Position) -> Self {
        Self { epoch, tenant_seq }
    }
}

pub(super) fn send_grain(grain: Grain) -> proto::Grain {
    match grain {
        Grain::Hour => proto::Grain::Hour,
        Grain::Day => proto::Grain::Day,
        Grain::Week => proto::Grain::Week,
        Grain::Month => proto::Grain::Month,
        Grain::Quarter => proto::Grain::Quarter,
        Grain::Year => proto::Grain::Year,
    }
}

pub(super) fn grain(grain: proto::Grain) -> Result<Grain, Malformed> {
    match grain {
        proto::Grain::Hour => Ok(Grain::Hour),
        proto::Grain::Day => Ok(Grain::Day),
        proto::Grain::Week => Ok(Grain::Week),
        proto::Grain::Month => Ok(Grain::Month),
        proto::Grain::Quarter => Ok(Grain::Quarter),
        proto::Grain::Year => Ok(Grain::Year),
        proto::Grain::Unspecified => Err(Malformed::missing("the grain")),
    }
}

/// An answer with the position that has to be there.
pub(super) fn positioned<T>(
    position: Option<proto::Position>,
    answer: T,
) -> Result<Positioned<T>, Malformed> {
    let position = position.ok_or_else(|| Malformed::missing("the position"))?.into();
    Ok(Positioned { position, answer })
}

/// A positioned body.
pub(super) fn answer<T: Serialize>(
    what: &'static str,
    positioned: &Positioned<T>,
) -> Result<proto::AnswerResponse, Malformed> {
    let answer = body::encode(what, &positioned.answer)?;
    Ok(proto::AnswerResponse { position: Some(positioned.position.into()), answer })
}

/// What a positioned body says.
pub(super) fn read_answer<T: DeserializeOwned>(
    what: &'static str,
    response: &proto::AnswerResponse,
) -> Result<Positioned<T>, Malformed> {
    positioned(response.position, body::decode(what, &response.answer)?)
}

pub(super) fn new_orgs(orgs: Vec<proto::NewOrg>) -> Result<Vec<NewOrg>, Malformed> {
    let new = |new: proto::NewOrg| {
        Ok(NewOrg { org: org(&new.org)?, settings: body::decode("the settings", &new.settings)? })
    };
    orgs.into_iter().map(new).collect()
}

pub(super) fn send_new_orgs(orgs: &[NewOrg]) -> Result<Vec<proto::NewOrg>, Malformed> {
    let new = |new: &NewOrg| {
        let settings = body::encode("the settings", &new.settings)?;
        Ok(proto::NewOrg { org: new.org.to_string(), settings })
    };
    orgs.iter().map(new).collect()
}

pub(super) fn slice(request: proto::IngestRequest) -> Result<Slice, Malformed> {
    let submission = |submission: proto::Submission| {
        let payload = body::decode("a submission", &submission.payload)?;
        Ok(Submission { payload, known_at: submission.known_at_ms.map(Instant::from_ms) })
    };
    let submissions = request.submissions.into_iter().map(submission).collect::<Result<_, _>>()?;
    Ok(Slice { submissions, bytes: request.bytes, dry_run: request.dry_run })
}

pub(super) fn send_slice(org: &OrgId, slice: &Slice) -> Result<proto::IngestRequest, Malformed> {
    let submission = |submission: &Submission| {
        let payload = body::encode("a submission", &submission.payload)?;
        Ok(proto::Submission { payload, known_at_ms: submission.known_at.map(Instant::ms) })
    };
    let submissions = slice.submissions.iter().map(submission).collect::<Result<_, _>>()?;
    Ok(proto::IngestRequest { org: org.to_string(), submissions, bytes: slice.bytes, dry_run: slice.dry_run })
}

pub(super) fn send_ingested(ingested: Ingested) -> proto::IngestResponse {
    let outcome = |outcome| {
        let outcome = match outcome {
            Outcome::Appended { tenant_seq } => outcome::Outcome::Appended(proto::Appended { tenant_seq }),
            Outcome::Unchanged => outcome::Outcome::Unchanged(proto::Unchanged {}),
            Outcome::Rejected(rejected) => {
                let Rejected { code, path, message } = *rejected;
                let (code, path) = (code.into_owned(), path.into_owned());
                outcome::Outcome::Rejected(proto::Rejected { code, path, message })
            }
        };
        proto::Outcome { outcome: Some(outcome) }
    };
    let outcomes = ingested.outcomes.into_iter().map(outcome).collect();
    proto::IngestResponse { outcomes, tenant_seq: ingested.tenant_seq }
}

pub(super) fn ingested(response: proto::IngestResponse) -> Result<Ingested, Malformed> {
    let outcome = |outcome: proto::Outcome| match outcome.outcome {
        Some(outcome::Outcome::Appended(proto::Appended { tenant_seq })) => {
            Ok(Outcome::Appended { tenant_seq })
        }
        Some(outcome::Outcome::Unchanged(proto::Unchanged {})) => Ok(Outcome::Unchanged),
        Some(outcome::Outcome::Rejected(proto::Rejected { code, path, message })) => {
            Ok(Rejected { code: code.into(), path: path.into(), message }.into())
        }
        None => Err(Malformed::missing("an outcome")),
    };
    let outcomes = response.outcomes.into_iter().map(outcome).collect::<Result<_, _>>()?;
    Ok(Ingested { outcomes, tenant_seq: response.tenant_seq })
}

pub(super) fn parties(request: proto::PartiesRequest) -> Result<(OrgId, Parties), Malformed> {
    let pairs = |parties: Vec<proto::Party>| -> Vec<(String, String)> {
        parties.into_iter().map(|party| (party.external_id, party.name)).collect()
    };
    let source = source(&request.source)?;
    let parties = Parties { source, people: pairs(request.people), teams: pairs(request.teams) };
    Ok((org(&request.org)?, parties))
}

pub(super) fn send_parties(org: &OrgId, parties: Parties) -> proto::PartiesRequest {
    let list = |pairs: Vec<(String, String)>| {
        pairs.into_iter().map(|(external_id, name)| proto::Party { external_id, name }).collect()
    };
    let Parties { source, people, teams } = parties;
    proto::PartiesRequest {
        org: org.to_string(),
        source: source.to_string(),
        people: list(people),
        teams: list(teams),
    }
}

pub(super) fn send_resolved(resolved: &ResolvedParties) -> proto::PartiesResponse {
    fn ids<T: ToString>(ids: &[Option<T>]) -> Vec<proto::PartyId> {
        ids.iter().map(|id| proto::PartyId { id: id.as_ref().map(ToString::to_string) }).collect()
    }
    proto::PartiesResponse { people: ids(&resolved.people), teams: ids(&resolved.teams) }
}

pub(super) fn resolved(response: &proto::PartiesResponse) -> Result<ResolvedParties, Malformed> {
    fn ids<T>(
        ids: &[proto::PartyId],
        read: impl Fn(&str) -> Result<T, Malformed>,
    ) -> Result<Vec<Option<T>>, Malformed> {
        ids.iter().map(|party| party.id.as_deref().map(&read).transpose()).collect()
    }
    Ok(ResolvedParties { people: ids(&response.people, person)?, teams: ids(&response.teams, team)? })
}

pub(super) fn send_names(names: Names) -> proto::NamesResponse {
    fn texts<T: ToString>(names: BTreeMap<T, String>) -> BTreeMap<String, String> {
        names.into_iter().map(|(id, name)| (id.to_string(), name)).collect()
    }
    proto::NamesResponse { people: texts(names.people), teams: texts(names.teams) }
}

pub(super) fn names(response: proto::NamesResponse) -> Result<Names, Malformed> {
    fn ids<T: Ord>(
        names: BTreeMap<String, String>,
        read: impl Fn(&str) -> Result<T, Malformed>,
    ) -> Result<BTreeMap<T, String>, Malformed> {
        names.into_iter().map(|(id, name)| Ok((read(&id)?, name))).collect()
    }
    Ok(Names { people: ids(response.people, person)?, teams: ids(response.teams, team)? })
}

pub(super) fn send_answers(
    positioned: &Positioned<Vec<Result<Answer, EngineError>>>,
) -> Result<proto::AnswersResponse, Malformed> {
    let answered = |answer: &Result<Answer, EngineError>| {
        let answered = match answer {
            Ok(answer) => proto::answered::Answered::Answer(body::encode("an answer", answer)?),
            Err(error) => proto::answered::Answered::Error(body::encode("an error", error)?),
        };
        Ok(proto::Answered { answered: Some(answered) })
    };
    let answers = positioned.answer.iter().map(answered).collect::<Result<_, _>>()?;
    Ok(proto::AnswersResponse { position: Some(positioned.position.into()), answers })
}

pub(super) fn answers(
    response: &proto::AnswersResponse,
) -> Result<Positioned<Vec<Result<Answer, EngineError>>>, Malformed> {
    let answer = |answered: &proto::Answered| match &answered.answered {
        Some(proto::answered::Answered::Answer(answer)) => Ok(Ok(body::decode("an answer", answer)?)),
        Some(proto::answered::Answered::Error(error)) => Ok(Err(body::decode("an error", error)?)),
        None => Err(Malformed::missing("an answer")),
    };
    let answers = response.answers.iter().map(answer).collect::<Result<_, _>>()?;
    positioned(response.position, answers)
}

pub(super) fn key_hash(bytes: &[u8]) -> Result<KeyHash, Malformed> {
    bytes
        .try_into()
        .map_err(|_| Malformed::new("the key's hash", format_args!("it has {} bytes", bytes.len())))
}

pub(super) fn new_key(request: &proto::CreateKeyRequest) -> Result<NewKey, Malformed> {
    let name = body::id("the key's name", Label::new, &request.name)?;
    Ok(NewKey { org: org(&request.org)?, name, hash: key_hash(&request.hash)? })
}

pub(super) fn send_key(key: &ApiKey) -> proto::ApiKey {
    proto::ApiKey {
        id: key.id,
        org: key.org.to_string(),
        name: key.name.to_string(),
        created_at_ms: key.created_at.ms(),
    }
}

pub(super) fn key(key: &proto::ApiKey) -> Result<ApiKey, Malformed> {
    Ok(ApiKey {
        id: key.id,
        org: org(&key.org)?,
        name: body::id("the key's name", Label::new, &key.name)?,
        created_at: Instant::from_ms(key.created_at_ms),
    })
}
