#![doc = include_str!("../README.md")]

mod app;
mod auth;
mod body;
mod budget;
mod code;
mod context;
mod edge;
mod health;
mod ingest;
mod live;
mod metrics;
mod openapi;
mod options;
mod pages;
mod parties;
mod problem;
mod request_id;
mod rest;
mod route;
mod serve;
mod turns;
mod unpack;

pub use code::{CODES, Code};
pub use metrics::prometheus_recorder;
pub use openapi::openapi;
pub use options::{AccessLog, Clock, GatewayLimits, GatewayOptions, LiveLimits};
pub use serve::{listen, serve};

use app::App;
use axum::Router;
use edge::Edge;
use salescope_engine_api::Engine;
use std::sync::Arc;

/// The gateway.
#[derive(Clone)]
pub struct Gateway {
    edge: Edge,
}

impl Gateway {
    /// A gateway before `engine`.
    #[must_use]
    pub fn new(engine: Arc<dyn Engine>, options: GatewayOptions) -> Self {
        let app = Arc::new(App::new(engine, options));
        let router = rest::router(app.clone());
        Self { edge: Edge::new(app, router) }
    }

    /// The gateway as a router, to be nested or tried without a socket. [`serve`] is faster.
    pub fn router(self) -> Router {
        Router::new().fallback_service(self.edge)
    }
}
