//! `/api/v1/people` and `/api/v1/teams`. Names live outside the journal and can be erased; ids stay.

use crate::app::App;
use crate::auth::Authorised;
use crate::problem::{Outcome, Problem};
use crate::rest::input::{self, wrong};
use crate::rest::labels::Labels;
use crate::rest::params::Params;
use crate::rest::path::Part;
use crate::rest::position::Position;
use crate::rest::statement::{Stated, state};
use crate::rest::version::{StatedVersion, version};
use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use http::{Request, StatusCode};
use salescope_domain::{Label, OrgId, Payload, PersonId, SourceId, Team, TeamId};
use salescope_engine_api::Parties;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// A person, as a source states it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonBody {
    /// Display name; absent leaves it as it is.
    #[serde(default)]
    name: Option<String>,
    /// The person's team, as the source calls it.
    #[serde(default)]
    team: Option<String>,
    /// The person's own region, else the team's counts.
    #[serde(default)]
    region: Option<String>,
    /// Whether the person still works there; default true.
    #[serde(default)]
    active: Option<bool>,
    /// Number or time of the change; absent: read now.
    #[serde(default)]
    version: Option<StatedVersion>,
}

/// A team, as a source states it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TeamBody {
    /// Display name; absent leaves it as it is.
    #[serde(default)]
    name: Option<String>,
    /// The team's region.
    #[serde(default)]
    region: Option<String>,
    /// Number or time of the change; absent: read now.
    #[serde(default)]
    version: Option<StatedVersion>,
}

/// What became of the statement of a person or a team.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartyStated {
    /// The id under which answers speak of them.
    id: String,
    /// What became of it.
    #[serde(flatten)]
    stated: Stated,
}

/// A person or a team as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Party {
    /// The id under which answers speak of them.
    id: String,
    /// Display name, unless erased or never told.
    name: Option<String>,
    /// Id of the person's team.
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<String>,
    /// Region.
    region: Option<String>,
}

/// People or teams.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartyList {
    /// Where the state stood.
    position: Position,
    /// By id.
    items: Vec<Party>,
}

/// States a person.
#[utoipa::path(
    put,
    path = "/api/v1/people/{id}",
    tag = "people",
    params(
        ("id" = String, Path, description = "The person, as the source calls them"),
        ("source" = Option<String>, Query, description = "The connected system; default api"),
    ),
    request_body = PersonBody,
    responses((status = 200, description = "It is stored, or was no news.", body = PartyStated))
)]
pub(crate) async fn put_person(
    granted: Authorised,
    State(app): State<Arc<App>>,
    part: Part,
    RawQuery(query): RawQuery,
    request: Request<Body>,
) -> Outcome<Json<PartyStated>> {
    let source = source(&app, query.as_deref())?;
    let body: PersonBody = input::json(&app, request).await?;
    let region = label(body.region, "/region")?;
    let (org, external_id) = (granted.org(), part.0);
    let team = match &body.team {
        Some(team) => Some(team_id(&app, org, &source, team, None).await?),
        None => None,
    };
    let name = name(&app, org, &source, &external_id, body.name, false).await?;
    let parties = Parties { source: source.clone(), people: vec![(external_id, name)], teams: Vec::new() };
    let found = app.engine.resolve(org, parties).await?.people.pop().flatten();
    let person: PersonId = found.ok_or_else(|| Problem::internal("a person was given no id"))?;
    let payload = Payload::from(salescope_domain::Person {
        source,
        person: person.clone(),
        version: version(body.version, app.now()),
        team,
        region,
        active: body.active.unwrap_or(true),
    });
    Ok(Json(PartyStated { id: person.to_string(), stated: state(&app, org, payload).await? }))
}

/// People as they are now.
#[utoipa::path(get, path = "/api/v1/people", tag = "people", responses((status = 200, description = "The people.", body = PartyList)))]
pub(crate) async fn people(granted: Authorised, State(app): State<Arc<App>>) -> Outcome<Json<PartyList>> {
    let labels = Labels::of(&app, granted.org()).await?;
    let views = app.engine.people(granted.org()).await?;
    let named = labels.people().iter().map(|(id, name)| (id.to_string(), Some(name.clone())));
    let mut items: BTreeMap<String, Party> = named.map(|(id, name)| (id.clone(), nobody(id, name))).collect();
    for view in views.answer {
        let id = view.person.to_string();
        let party = items.entry(id.clone()).or_insert_with(|| nobody(id, None));
        party.team = view.team.map(|team| team.to_string());
        party.region = view.region.map(|region| region.to_string());
    }
    Ok(Json(PartyList { position: views.position.into(), items: items.into_values().collect() }))
}

/// Erases a person: name and external ids are blanked for good. Figures stay, under the id.
#[utoipa::path(
    delete,
    path = "/api/v1/people/{id}",
    tag = "people",
    params(("id" = String, Path, description = "The person's id, as answers show it")),
    responses((status = 204, description = "It is done."), (status = 404, description = "There is no such person."))
)]
pub(crate) async fn erase(
    granted: Authorised,
    State(app): State<Arc<App>>,
    part: Part,
) -> Outcome<StatusCode> {
    let person = part.id(PersonId::new)?;
    app.engine.erase_person(granted.org(), &person).await?;
    app.parties.forget_person(granted.org(), &person);
    tracing::info!(org = %granted.org(), %person, key = granted.principal().key_id, "person erased");
    Ok(StatusCode::NO_CONTENT)
}

/// States a team.
#[utoipa::path(
    put,
    path = "/api/v1/teams/{external_id}",
    tag = "people",
    params(
        ("external_id" = String, Path, description = "The team, as the source calls it"),
        ("source" = Option<String>, Query, description = "The connected system; default api"),
    ),
    request_body = TeamBody,
    responses((status = 200, description = "It is stored, or was no news.", body = PartyStated))
)]
pub(crate) async fn put_team(
    granted: Authorised,
    State(app): State<Arc<App>>,
    part: Part,
    RawQuery(query): RawQuery,
    request: Request<Body>,
) -> Outcome<Json<PartyStated>> {
    let source = source(&app, query.as_deref())?;
    let body: TeamBody = input::json(&app, request).await?;
    let region = label(body.region, "/region")?;
    let org = granted.org();
    let team = team_id(&app, org, &source, &part.0, body.name).await?;
    let version = version(body.version, app.now());
    let payload = Payload::from(Team { source, team: team.clone(), version, region });
    Ok(Json(PartyStated { id: team.to_string(), stated: state(&app, org, payload).await? }))
}

/// Teams as they are now.
#[utoipa::path(get, path = "/api/v1/teams", tag = "people", responses((status = 200, description = "The teams.", body = PartyList)))]
pub(crate) async fn teams(granted: Authorised, State(app): State<Arc<App>>) -> Outcome<Json<PartyList>> {
    let labels = Labels::of(&app, granted.org()).await?;
    let views = app.engine.teams(granted.org()).await?;
    let named = labels.teams().iter().map(|(id, name)| (id.to_string(), Some(name.clone())));
    let mut items: BTreeMap<String, Party> = named.map(|(id, name)| (id.clone(), nobody(id, name))).collect();
    for view in views.answer {
        let id = view.team.to_string();
        items.entry(id.clone()).or_insert_with(|| nobody(id, None)).region =
            view.region.map(|region| region.to_string());
    }
    Ok(Json(PartyList { position: views.position.into(), items: items.into_values().collect() }))
}

fn nobody(id: String, name: Option<String>) -> Party {
    Party { id, name, team: None, region: None }
}

/// The source that the query string names.
pub(crate) fn source(app: &App, query: Option<&str>) -> Outcome<SourceId> {
    let mut params = Params::of(query)?;
    let source = params.source()?;
    params.end()?;
    Ok(source.unwrap_or_else(|| app.default_source.clone()))
}

pub(crate) fn label(text: Option<String>, pointer: &'static str) -> Outcome<Option<Label>> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    Label::new(&text).map(Some).map_err(|error| wrong(pointer, error.to_string()))
}

/// The stated name; what a source calls somebody new who has none; empty, which changes nothing, for others.
async fn name(
    app: &App,
    org: &OrgId,
    source: &SourceId,
    external_id: &str,
    stated: Option<String>,
    is_team: bool,
) -> Outcome<String> {
    if let Some(name) = stated {
        return Ok(name.trim().to_owned());
    }
    let asked = vec![(external_id.to_owned(), String::new())];
    let (people, teams) = if is_team { (Vec::new(), asked) } else { (asked, Vec::new()) };
    let known = app.engine.lookup(org, Parties { source: source.clone(), people, teams }).await?;
    let is_known = known.people.iter().any(Option::is_some) || known.teams.iter().any(Option::is_some);
    Ok(if is_known { String::new() } else { external_id.to_owned() })
}

/// The id of a team; it gets one where it has none.
pub(crate) async fn team_id(
    app: &App,
    org: &OrgId,
    source: &SourceId,
    external_id: &str,
    stated_name: Option<String>,
) -> Outcome<TeamId> {
    let name = name(app, org, source, external_id, stated_name, true).await?;
    let teams = vec![(external_id.to_owned(), name)];
    let parties = Parties { source: source.clone(), people: Vec::new(), teams };
    let found = app.engine.resolve(org, parties).await?.teams.pop().flatten();
    found.ok_or_else(|| Problem::internal("a team was given no id"))
}

/// The id of a person; they get one where they have none.
pub(crate) async fn person_id(
    app: &App,
    org: &OrgId,
    source: &SourceId,
    external_id: &str,
) -> Outcome<PersonId> {
    let name = name(app, org, source, external_id, None, false).await?;
    let people = vec![(external_id.to_owned(), name)];
    let parties = Parties { source: source.clone(), people, teams: Vec::new() };
    let found = app.engine.resolve(org, parties).await?.people.pop().flatten();
    found.ok_or_else(|| Problem::internal("a person was given no id"))
}
