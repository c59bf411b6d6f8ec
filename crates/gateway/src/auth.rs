//! Who asks, and for which organisation.
//!
//! Invariant: [`Authorised`] comes from a valid key alone, and a handler gets an organisation's id from nowhere else. A
//! refusal never tells what was wrong with a key.

use crate::app::App;
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use quick_cache::sync::Cache;
use salescope_domain::{Label, OrgId};
use salescope_engine_api::{KeyHash, hash_key};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::Instant;

/// Whoever holds a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Principal {
    /// The key's number.
    pub(crate) key_id: u64,
    /// What the key is for.
    pub(crate) name: Label,
}

#[derive(Debug)]
struct Grant {
    org: OrgId,
    principal: Principal,
}

/// The organisation that a request's key opens, and who asks.
#[derive(Debug, Clone)]
pub(crate) struct Authorised(Arc<Grant>);

impl Authorised {
    /// Whose data it is about.
    pub(crate) fn org(&self) -> &OrgId {
        &self.0.org
    }

    /// Who asks.
    pub(crate) fn principal(&self) -> &Principal {
        &self.0.principal
    }

    /// Checks a request's key.
    pub(crate) async fn of(app: &App, headers: &HeaderMap) -> Outcome<Self> {
        match bearer(headers) {
            Some(key) => Self::by_key(app, key).await,
            None => Err(refused(app)),
        }
    }

    /// Checks a key.
    pub(crate) async fn by_key(app: &App, key: &str) -> Outcome<Self> {
        if key.len() > KEY_BYTES_MAX {
            return Err(refused(app));
        }
        let hash = hash_key(key);
        if let Some(known) = app.keys.get(&hash) {
            return Ok(known);
        }
        let key = app.engine.find_key(&hash).await?.ok_or_else(|| refused(app))?;
        let principal = Principal { key_id: key.id, name: key.name };
        let granted = Self(Arc::new(Grant { org: key.org, principal }));
        app.keys.put(hash, granted.clone());
        Ok(granted)
    }
}

/// The refusal of whoever has no valid key.
pub(crate) fn refused(app: &App) -> Problem {
    app.metrics.auth_failed();
    Problem::new(Code::Unauthenticated, "send a valid key as: Authorization: Bearer KEY")
}

/// Where the edge learns who asked: it hands this to whoever answers, who fills it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asker(Arc<OnceLock<Authorised>>);

impl Asker {
    /// Who asks. A second telling changes nothing: one request has one key.
    pub(crate) fn tell(&self, granted: &Authorised) {
        let _ = self.0.set(granted.clone());
    }

    /// Who asked, where a key was asked for and valid.
    pub(crate) fn told(&self) -> Option<&Authorised> {
        self.0.get()
    }
}

impl FromRequestParts<Arc<App>> for Authorised {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Outcome<Self> {
        let granted = Self::of(app, &parts.headers).await?;
        if let Some(asker) = parts.extensions.get::<Asker>() {
            asker.tell(&granted);
        }
        Ok(granted)
    }
}

/// Longest key that is looked at, in bytes; ours take 68.
const KEY_BYTES_MAX: usize = 128;

/// The key that a request states.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut stated = headers.get_all(AUTHORIZATION).iter();
    let value = stated.next()?.to_str().ok()?;
    if stated.next().is_some() {
        return None;
    }
    let (scheme, key) = value.split_once(' ')?;
    let key = key.trim();
    let is_key = scheme.eq_ignore_ascii_case("bearer") && !key.is_empty() && key.len() <= KEY_BYTES_MAX;
    is_key.then_some(key)
}

/// Keys that were valid a moment ago.
pub(crate) struct Keys {
    cache: Cache<KeyHash, (Authorised, Instant), quick_cache::UnitWeighter, foldhash::fast::RandomState>,
    kept: Duration,
}

impl Keys {
    pub(crate) fn new(max: usize, kept: Duration) -> Self {
        let cache = Cache::with(
            max,
            max as u64,
            quick_cache::UnitWeighter,
            foldhash::fast::RandomState::default(),
            quick_cache::sync::DefaultLifecycle::default(),
        );
        Self { cache, kept }
    }

    fn get(&self, hash: &KeyHash) -> Option<Authorised> {
        let (granted, since) = self.cache.get(hash)?;
        (since.elapsed() < self.kept).then_some(granted)
    }

    fn put(&self, hash: KeyHash, granted: Authorised) {
        self.cache.insert(hash, (granted, Instant::now()));
    }
}
