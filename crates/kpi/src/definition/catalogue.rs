//! The definitions that an organisation can ask for.

use super::{BUILT_IN, parse_definition};
use salescope_domain::Definition;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The built-in KPIs by id, read once: a server holds a catalogue for each organisation that is awake.
static BUILT_IN_DEFINITIONS: LazyLock<BTreeMap<&str, Definition>> = LazyLock::new(|| {
    let definition = |(name, yaml): &(&'static str, &str)| {
        let definition = parse_definition(yaml).unwrap_or_else(|error| panic!("built-in {name}: {error}"));
        (*name, definition)
    };
    BUILT_IN.iter().map(definition).collect()
});

/// The definitions in force: the built-in ones and the organisation's own, whose ids are others.
#[derive(Debug, Clone, Default)]
pub(crate) struct Catalogue {
    own: BTreeMap<String, Definition>,
}

impl Catalogue {
    /// The built-in KPIs.
    pub(crate) fn built_in() -> Self {
        Self::default()
    }

    /// All definitions, by id.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Definition> {
        let mut all: Vec<&Definition> = BUILT_IN_DEFINITIONS.values().chain(self.own.values()).collect();
        all.sort_by_key(|definition| definition.id.as_str());
        all.into_iter()
    }

    /// The definition of an id.
    pub(crate) fn get(&self, id: &str) -> Option<&Definition> {
        BUILT_IN_DEFINITIONS.get(id).or_else(|| self.own.get(id))
    }

    /// Adds or replaces a definition of the organisation's own, unchecked.
    pub(crate) fn insert(&mut self, definition: Definition) {
        self.own.insert(definition.id.as_str().to_owned(), definition);
    }

    /// Whether the id is that of a built-in KPI.
    pub(crate) fn is_built_in(id: &str) -> bool {
        BUILT_IN_DEFINITIONS.contains_key(id)
    }
}
