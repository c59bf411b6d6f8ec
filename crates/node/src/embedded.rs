//! The node of one process: it owns the data directory and every shard.

use crate::engine::LocalEngine;
use crate::erasure;
use crate::keys::Keys;
use crate::live::{Live, Means};
use crate::options::NodeOptions;
use crate::parties::Parties;
use crate::questions::Questions;
use crate::retention::{Retention, Verifier};
use crate::upkeep::Upkeep;
use salescope_actors::{Clock, System};
use salescope_engine_api::{Engine, EngineError};
use salescope_store::{SqliteStore, StoreError};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{Mutex, watch};

/// A node that is open.
pub struct Embedded {
    engine: Arc<LocalEngine>,
    store: Arc<SqliteStore>,
    system: System,
    upkeep: Upkeep,
}

/// Why a node cannot be opened or closed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data directory.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The actors.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl Embedded {
    /// Opens the data directory `dir`, creates what is missing, and starts the actors. `verifier` is asked before history is
    /// cut off.
    ///
    /// # Errors
    /// When another process holds the directory, its content is damaged or of a newer version, or it cannot be used.
    pub async fn open(
        dir: &Path,
        options: NodeOptions,
        clock: Arc<dyn Clock>,
        verifier: Arc<dyn Verifier>,
    ) -> Result<Self, OpenError> {
        let store = SqliteStore::open_with(dir, options.store.clone()).await?;
        Self::start(store, options, clock, verifier).await
    }

    /// As [`Self::open`], where there is a data directory already.
    ///
    /// # Errors
    /// As [`Self::open`], and when there is none.
    pub async fn open_existing(
        dir: &Path,
        options: NodeOptions,
        clock: Arc<dyn Clock>,
        verifier: Arc<dyn Verifier>,
    ) -> Result<Self, OpenError> {
        let store = SqliteStore::open_existing_with(dir, options.store.clone()).await?;
        Self::start(store, options, clock, verifier).await
    }

    async fn start(
        store: SqliteStore,
        options: NodeOptions,
        clock: Arc<dyn Clock>,
        verifier: Arc<dyn Verifier>,
    ) -> Result<Self, OpenError> {
        let store = Arc::new(store);
        erasure::tell_pending(&store);
        let keys = Arc::new(Keys::load(&store).await?);
        let questions = Arc::new(Questions::new(&options.actors));
        let actor_options = options.actors.clone();
        let system =
            System::start(Arc::clone(&store), Arc::clone(&clock), options.actors, store.fatal().clone())
                .await?;
        let retention = Arc::new(Retention {
            store: Arc::clone(&store),
            actors: system.handle(),
            questions: Arc::clone(&questions),
            verifier,
            clock: Arc::clone(&clock),
            actor_options,
            options: options.upkeep.retention.clone(),
            turn: Mutex::default(),
            committing: Mutex::default(),
        });
        let live = Live::new(Means {
            actors: system.handle(),
            questions: Arc::clone(&questions),
            clock: Arc::clone(&clock),
            options: options.upkeep.live.clone(),
        });
        let upkeep = Upkeep::start(Arc::clone(&store), &options.upkeep, Arc::clone(&retention));
        let engine = Arc::new(LocalEngine {
            parties: Arc::new(Parties::new(Arc::clone(&store), options.upkeep.parties_cached_max)),
            store: Arc::clone(&store),
            actors: system.handle(),
            fatal: store.fatal().clone(),
            questions,
            retention,
            live,
            resting: Arc::default(),
            keys,
            clock,
            limits: options.upkeep,
        });
        Ok(Self { engine, store, system, upkeep })
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> Arc<dyn Engine> {
        self.engine.clone()
    }

    /// Turns to a reason once the disk has failed in a way that only a new process can mend: whoever sees it ends this one.
    #[must_use]
    pub fn fatal(&self) -> watch::Receiver<Option<String>> {
        self.store.fatal().watch()
    }

    /// Puts every organisation to sleep, which saves it, and closes the data directory. Callers that still hold the engine
    /// are refused.
    ///
    /// # Errors
    /// When a file cannot be closed. Nothing that was answered is lost by it.
    pub async fn close(self) -> Result<(), OpenError> {
        let Self { engine, store, system, upkeep } = self;
        engine.live.stop().await;
        upkeep.stop().await;
        system.stop().await;
        drop(engine);
        // Where somebody still holds the engine, the files are closed when the last one lets go.
        if let Some(store) = Arc::into_inner(store) {
            store.close().await?;
        }
        Ok(())
    }
}
