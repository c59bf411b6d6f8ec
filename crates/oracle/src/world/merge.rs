//! Deals and their merges, over the whole journal.

use super::deal::{Deal, DealKey, DealState, DealVersion, Stand};
use salescope_domain::{Date, DealEvent, DealEventKind, DealMerge, Instant, Zone};
use std::collections::BTreeMap;

/// Every deal's versions, and what deals have become by merges.
#[derive(Debug, Default)]
pub(super) struct Deals {
    deals: BTreeMap<DealKey, Vec<DealVersion>>,
    /// Loser to survivor, and from when that is known.
    aliases: BTreeMap<DealKey, (DealKey, Instant)>,
    /// The earliest creation among those merged into a deal.
    floors: BTreeMap<DealKey, Date>,
}

impl Deals {
    /// Adds the version after `event`, unless the deal has become another one.
    pub(super) fn event(&mut self, event: &DealEvent, known_at: Instant, zone: &Zone) {
        let key = (event.source.clone(), event.deal.clone());
        if self.aliases.contains_key(&key) {
            return;
        }
        let floor = self.floors.get(&key).copied();
        let versions = self.deals.entry(key).or_default();
        let last = versions.last();
        let state = DealState::after(last.map(|last| &last.state), event, floor, zone);
        versions.push(DealVersion {
            known: last.map_or(known_at, |last| last.known.max(known_at)),
            occurred: last.map_or(event.occurred_at, |last| last.occurred.max(event.occurred_at)),
            exact_creation: event.kind == DealEventKind::DealCreated && event.quality.is_exact(),
            state,
        });
    }

    /// Merges the roots of the losers into the survivor's root.
    pub(super) fn merge(&mut self, merge: &DealMerge, known_at: Instant) {
        let key = |deal| (merge.source.clone(), deal);
        let survivor = self.root(&key(merge.survivor.clone()));
        let mut losers: Vec<DealKey> = Vec::new();
        for loser in &merge.losers {
            let loser = self.root(&key(loser.clone()));
            if loser != survivor && !losers.contains(&loser) {
                losers.push(loser);
            }
        }
        if losers.is_empty() {
            return;
        }
        let touched: Vec<DealKey> = std::iter::once(survivor.clone()).chain(losers.clone()).collect();
        let last = |deals: &Self, deal| deals.deals.get(deal).and_then(|versions| versions.last()).cloned();
        let heads: Vec<DealVersion> = touched.iter().filter_map(|deal| last(self, deal)).collect();
        let known = heads.iter().map(|head| head.known).max().unwrap_or(known_at).max(known_at);
        let occurred = heads.iter().map(|head| head.occurred).max().unwrap_or(merge.occurred_at);
        let occurred = occurred.max(merge.occurred_at);
        let creations = heads.iter().filter_map(|head| head.state.created_on);
        let floors = touched.iter().filter_map(|deal| self.floors.get(deal).copied());
        let floor = creations.chain(floors).min();
        if let Some(floor) = floor {
            self.floors.insert(survivor.clone(), floor);
        }
        self.restate(&survivor, known, occurred, |state| state.created_on = floor);
        for loser in losers {
            self.restate(&loser, known, occurred, |state| state.stand = Stand::Merged);
            self.aliases.insert(loser, (survivor.clone(), known));
        }
    }

    /// A further version of a deal that has any.
    fn restate(
        &mut self,
        deal: &DealKey,
        known: Instant,
        occurred: Instant,
        change: impl FnOnce(&mut DealState),
    ) {
        let Some(versions) = self.deals.get_mut(deal) else { return };
        let mut state = versions.last().expect("a deal has a version").state.clone();
        change(&mut state);
        versions.push(DealVersion { known, occurred, state, exact_creation: false });
    }

    fn root(&self, deal: &DealKey) -> DealKey {
        let mut deal = deal;
        while let Some((survivor, _)) = self.aliases.get(deal) {
            deal = survivor;
        }
        deal.clone()
    }

    /// The deals that are known at `at`.
    pub(super) fn at(&self, at: Instant) -> BTreeMap<DealKey, Deal> {
        let mut known = BTreeMap::new();
        for (key, versions) in &self.deals {
            let versions: Vec<_> = versions.iter().filter(|version| version.known <= at).cloned().collect();
            if !versions.is_empty() {
                known.insert(key.clone(), Deal { key: key.clone(), versions });
            }
        }
        known
    }

    /// The merges that are known at `at`.
    pub(super) fn aliases_at(&self, at: Instant) -> BTreeMap<DealKey, DealKey> {
        let known = self.aliases.iter().filter(|(_, (_, known))| *known <= at);
        known.map(|(loser, (survivor, _))| (loser.clone(), survivor.clone())).collect()
    }
}
