//! `/api/v1/organisation`, `/api/v1/settings` and `/api/v1/dimensions`.

use crate::app::App;
use crate::auth::Authorised;
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use crate::rest::deals::view::word;
use crate::rest::input::{self, wrong};
use crate::rest::people::label;
use crate::rest::statement::{Stated, StatementStatus, state};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use http::Request;
use salescope_domain::settings::{Credit, FxPolicy};
use salescope_domain::{
    Calendar, Currency, Date, OrgSettings, Pattern, Payload, SettingsChange, Version, Weekday, Zone,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The settings in force.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Settings {
    /// Display name.
    name: Option<String>,
    /// The currency that figures are told in.
    currency: String,
    /// The zone that turns times into dates.
    time_zone: String,
    /// The fiscal calendar that holds today.
    calendar: CalendarSettings,
    /// `as_of_close`, `crm`, or `{"constant": DATE}`.
    #[schema(value_type = Object)]
    fx_policy: serde_json::Value,
    /// `owner_at_close` or `current_owner`.
    credit: String,
    /// More activities than this of one person in one minute are a bulk edit.
    bulk_per_minute: u32,
}

/// A fiscal calendar.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CalendarSettings {
    /// First date on which it holds.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// Month in which the fiscal year begins, 1 to 12.
    start_month: u8,
    /// `monday` to `sunday`; default monday.
    #[serde(default)]
    #[schema(value_type = String)]
    week_start: Weekday,
    /// `months`, `4-4-5`, `4-5-4` or `5-4-4`; default months.
    #[serde(default)]
    #[schema(value_type = String)]
    pattern: Pattern,
}

/// A change of settings; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsBody {
    /// Display name.
    #[serde(default)]
    name: Option<String>,
    /// The currency that figures are told in.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    currency: Option<Currency>,
    /// An IANA name.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    time_zone: Option<Zone>,
    /// A fiscal calendar from a date on; the past keeps the calendar that it had.
    #[serde(default)]
    calendar: Option<CalendarSettings>,
    /// `as_of_close`, `crm`, or `{"constant": DATE}`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    fx_policy: Option<FxPolicy>,
    /// `owner_at_close` or `current_owner`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    credit: Option<Credit>,
    /// More activities than this of one person in one minute are a bulk edit.
    #[serde(default)]
    bulk_per_minute: Option<u32>,
}

/// What became of a change, and the settings in force now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingsStated {
    /// What became of it.
    #[serde(flatten)]
    stated: Stated,
    /// The settings in force now.
    settings: Settings,
}

/// The organisation that the key opens.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Organisation {
    /// Its short name.
    id: String,
    /// When it was created.
    created_at: String,
    /// Its last entry.
    tenant_seq: u64,
    /// Deals known, merged and deleted ones included.
    deals: u64,
    /// What its state takes in memory.
    state_bytes: u64,
    /// The key that asks.
    key: KeyInfo,
    /// The settings in force.
    settings: Settings,
}

/// A key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyInfo {
    /// Its number.
    id: u64,
    /// What it is for.
    name: String,
}

impl Settings {
    fn new(settings: &OrgSettings, today: Date) -> Self {
        let (Calendar { start_month, week_start, pattern }, held) = settings.calendars.at(today);
        Self {
            name: settings.name.as_ref().map(ToString::to_string),
            currency: settings.currency.to_string(),
            time_zone: settings.time_zone.name().to_owned(),
            calendar: CalendarSettings {
                from: held.from.max(Date::from_days(0)),
                start_month,
                week_start,
                pattern,
            },
            fx_policy: serde_json::to_value(settings.fx_policy).unwrap_or_default(),
            credit: word(&settings.credit),
            bulk_per_minute: settings.bulk_per_minute,
        }
    }
}

impl App {
    fn settings_now(&self, settings: &OrgSettings) -> Settings {
        Settings::new(settings, settings.time_zone.local_date(self.now()))
    }
}

/// The organisation that the key opens.
#[utoipa::path(get, path = "/api/v1/organisation", tag = "organisation", responses((status = 200, description = "The organisation.", body = Organisation)))]
pub(crate) async fn organisation(
    granted: Authorised,
    State(app): State<Arc<App>>,
) -> Outcome<Json<Organisation>> {
    let info = app.engine.org(granted.org()).await?;
    let principal = granted.principal();
    Ok(Json(Organisation {
        id: info.org.to_string(),
        created_at: info.created_at.to_string(),
        tenant_seq: info.tenant_seq,
        deals: info.deals,
        state_bytes: info.state_bytes,
        key: KeyInfo { id: principal.key_id, name: principal.name.to_string() },
        settings: app.settings_now(&info.settings),
    }))
}

/// The settings in force.
#[utoipa::path(get, path = "/api/v1/settings", tag = "organisation", responses((status = 200, description = "The settings.", body = Settings)))]
pub(crate) async fn settings(granted: Authorised, State(app): State<Arc<App>>) -> Outcome<Json<Settings>> {
    let info = app.engine.org(granted.org()).await?;
    Ok(Json(app.settings_now(&info.settings)))
}

/// Changes settings. Figures follow at once, also those of the past where they depend on it.
#[utoipa::path(
    patch,
    path = "/api/v1/settings",
    tag = "organisation",
    request_body = SettingsBody,
    responses((status = 200, description = "It is stored, or was so already.", body = SettingsStated))
)]
pub(crate) async fn change(
    granted: Authorised,
    State(app): State<Arc<App>>,
    request: Request<Body>,
) -> Outcome<Json<SettingsStated>> {
    let body: SettingsBody = input::json(&app, request).await?;
    let org = granted.org();
    if let Some(calendar) = &body.calendar
        && !(1..=12).contains(&calendar.start_month)
    {
        return Err(wrong("/calendar/start_month", "is a number from 1 to 12"));
    }
    let change = SettingsChange {
        name: label(body.name, "/name")?,
        currency: body.currency,
        time_zone: body.time_zone,
        calendar: body.calendar.map(|calendar| {
            let CalendarSettings { from, start_month, week_start, pattern } = calendar;
            (from, Calendar { start_month, week_start, pattern })
        }),
        fx_policy: body.fx_policy,
        credit: body.credit,
        bulk_per_minute: body.bulk_per_minute,
        ..SettingsChange::empty(Version::stated(app.now().ms()))
    };
    let stated = state(&app, org, Payload::from(change.clone())).await?;
    app.contexts.forget(org);
    let settings = app.engine.org(org).await?.settings;
    let mut wanted = settings.clone();
    wanted.apply(&change);
    if stated.status == StatementStatus::Duplicate && wanted != settings {
        let detail =
            "the settings were last changed at a time that our clock has not reached; send this again later";
        return Err(Problem::new(Code::Unavailable, detail).retry_after_ms(app.options.limits.retry_after_ms));
    }
    Ok(Json(SettingsStated { stated, settings: app.settings_now(&settings) }))
}

/// The dimensions that questions may group and filter by.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Dimensions {
    /// The built-in ones, then the organisation's own.
    dimensions: Vec<String>,
}

/// The dimensions that questions may group and filter by.
#[utoipa::path(get, path = "/api/v1/dimensions", tag = "kpis", responses((status = 200, description = "The dimensions.", body = Dimensions)))]
pub(crate) async fn dimensions(
    granted: Authorised,
    State(app): State<Arc<App>>,
) -> Outcome<Json<Dimensions>> {
    Ok(Json(Dimensions { dimensions: app.engine.dimensions(granted.org()).await? }))
}
