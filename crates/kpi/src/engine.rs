//! The engine: one organisation's state and the KPIs over it.
//!
//! Invariants: no I/O, no clock, no async; equal journals give equal engines; a figure equals the oracle's recomputation from
//! the journal.

use crate::definition::{Catalogue, DefinitionError, parse_definition};
use crate::query::{self, QueryError};
use crate::recent::Recent;
use crate::state::{Changes, State};
use crate::view::{View, Watch};
use salescope_domain::{
    Answer, Comparison, Definition, Dimension, Entry, EventId, Explanation, Grain, Instant, OrgSettings,
    Query, Series, SourceId,
};

/// Kinds of additive facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FactKind {
    /// Activities.
    Activity,
    /// Metric points.
    Metric,
}

/// One organisation's KPI engine.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) state: State,
    pub(crate) catalogue: Catalogue,
    /// Kept while the engine is followed.
    recent: Option<Recent>,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    /// An engine at position 0.
    #[must_use]
    pub fn new() -> Self {
        Self { state: State::default(), catalogue: Catalogue::built_in(), recent: None }
    }

    pub(crate) fn from_state(state: State) -> Self {
        let mut engine = Self { state, catalogue: Catalogue::built_in(), recent: None };
        engine.load_definitions();
        engine
    }

    /// Folds a slice of the journal in; entries come in the order of their `tenant_seq`.
    pub fn apply(&mut self, slice: &[Entry]) -> Changes {
        let before = self.state.position;
        let changes = self.state.apply(slice);
        if let Some(recent) = self.recent.as_mut().filter(|_| !slice.is_empty()) {
            recent.push(before, &changes);
        }
        if changes.definitions {
            self.load_definitions();
        }
        changes
    }

    /// The organisation's own KPIs as its journal has them now.
    fn load_definitions(&mut self) {
        self.catalogue = Catalogue::built_in();
        for (number, known) in self.state.definitions.all_at(i64::MAX) {
            let yaml = known.and_then(|known| known.value.as_deref());
            let id = self.state.texts.text(self.state.definitions.label(number));
            // What the journal holds was checked when it came in; an entry that says otherwise changes nothing.
            if let Some(Ok(definition)) = yaml.map(parse_definition)
                && definition.id.as_str() == id
                && !Catalogue::is_built_in(id)
            {
                self.catalogue.insert(definition);
            }
        }
    }

    /// The `tenant_seq` of the last entry.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.state.position
    }

    /// Answers a question.
    ///
    /// # Errors
    /// When it names something that does not exist, or sets what cannot be.
    pub fn query(&self, query: &Query) -> Result<Answer, QueryError> {
        query::answer(&self.state, &self.catalogue, query)
    }

    /// A KPI over the buckets of a range.
    ///
    /// # Errors
    /// As [`Self::query`]; and when there would be too many buckets, or hours of facts that have none.
    pub fn series(&self, query: &Query, grain: Grain) -> Result<Series, QueryError> {
        query::series::series(&self.state, &self.catalogue, query, grain)
    }

    /// A KPI in a range and in the period before it, at the same elapsed point.
    ///
    /// # Errors
    /// As [`Self::query`].
    pub fn compare(&self, query: &Query) -> Result<Comparison, QueryError> {
        query::series::compare(&self.state, &self.catalogue, query)
    }

    /// Why a figure without groups is what it is; `since` asks what changed it since then.
    ///
    /// # Errors
    /// As [`Self::query`]; and when the question groups.
    pub fn explain(&self, query: &Query, since: Option<Instant>) -> Result<Explanation, QueryError> {
        query::explain::explain(&self.state, &self.catalogue, query, since)
    }

    /// Builds a view of what is watched: one pass over all deals, which can run on a copy of the engine.
    ///
    /// # Errors
    /// As [`Self::query`].
    pub fn watch(&self, watch: &Watch, now: Instant) -> Result<View, QueryError> {
        View::new(self, watch, now)
    }

    /// Keeps what slices change from now on, or no longer, so that views can [`View::follow`].
    pub fn be_followed(&mut self, followed: bool) {
        self.recent = followed.then(|| self.recent.take().unwrap_or_default());
    }

    /// Whether what slices change is kept.
    #[must_use]
    pub fn is_followed(&self) -> bool {
        self.recent.is_some()
    }

    /// What changed after `position`, as one slice; `None` where that is not known.
    pub(crate) fn changes_since(&self, position: u64) -> Option<Changes> {
        self.recent.as_ref()?.since(position)
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> OrgSettings {
        self.state.current.clone()
    }

    /// All KPIs: the built-in ones and the organisation's own.
    #[must_use]
    pub fn catalogue(&self) -> Vec<Definition> {
        self.catalogue.all().cloned().collect()
    }

    /// Checks a definition file of the organisation's own.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn check_definition(&self, yaml: &str) -> Result<Definition, DefinitionError> {
        let definition = parse_definition(yaml)?;
        self.catalogue.check(&definition)?;
        Ok(definition)
    }

    /// The dimensions that the organisation's facts have: the built-in ones and its own fields.
    #[must_use]
    pub fn dimensions(&self) -> Vec<Dimension> {
        let built_in = salescope_domain::query::BUILT_IN.iter().map(|(_, dimension)| dimension.clone());
        built_in.chain(query::own_fields(&self.state).into_iter().map(Dimension::Own)).collect()
    }

    /// The last revision of an additive fact that was taken in, also of one that was retracted: what tells a repeated fact
    /// from a new one, for good.
    #[must_use]
    pub fn fact_revision(&self, kind: FactKind, source: &SourceId, event_id: &EventId) -> Option<u32> {
        let space = self.state.texts.find(0, source.as_str())?;
        match kind {
            FactKind::Activity => self.state.activities.revision(space, event_id.as_str()),
            FactKind::Metric => self.state.points.revision(space, event_id.as_str()),
        }
    }

    /// Deals known, merged and deleted ones included.
    #[must_use]
    pub fn deal_count(&self) -> usize {
        self.state.deals.len()
    }

    /// Bytes that the state takes in memory: all that grows with the journal. Cheap to ask.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.state.bytes()
    }
}
