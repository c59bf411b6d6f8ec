//! Folding entries into the state.

mod objects;

use super::row::{Row, State as Stand, Times};
use super::sets::{Attrs, Line};
use super::{Alias, DealMeta, State};
use salescope_domain::{
    Date, DealEvent, DealEventKind, DealMerge, Entry, FieldMap, Instant, Label, Patch, Payload, SourceId,
    Status, fold, limits::PROBABILITY_DIGITS,
};

/// What a slice changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Slots of the deals that have new versions, in order, without repeats.
    pub deals: Vec<u32>,
    /// Whether anything changed that figures of other deals depend on: settings, rates, people, teams, stages, accounts,
    /// products, quotas.
    pub world: bool,
    /// Whether activities or metric points changed.
    pub additive: bool,
    /// Whether KPI definitions changed.
    pub definitions: bool,
    /// Position after the slice.
    pub position: u64,
}

/// Entries whose deals are looked up together.
const LOOK_AHEAD: usize = 64;

/// Millionths of a probability that [`salescope_domain::limits`] let through.
fn millionths(value: salescope_domain::Decimal) -> u32 {
    let units = value.to_units(PROBABILITY_DIGITS).unwrap_or(0).clamp(0, 1_000_000);
    u32::try_from(units).unwrap_or(0)
}

impl State {
    /// Folds a slice of the journal, in order.
    pub(crate) fn apply(&mut self, slice: &[Entry]) -> Changes {
        let mut changes = Changes::default();
        for part in slice.chunks(LOOK_AHEAD) {
            let slots = self.look_ahead(part);
            for (entry, slot) in part.iter().zip(slots) {
                self.apply_entry(entry, slot, &mut changes);
                self.position = entry.tenant_seq;
            }
        }
        changes.deals.sort_unstable();
        changes.deals.dedup();
        changes.position = self.position;
        changes
    }

    /// The slots of the deals that these entries change, where they have one already. Deals lie scattered in memory: looking
    /// them up together lets the machine fetch many at once, and the fold then finds them at hand.
    fn look_ahead(&self, entries: &[Entry]) -> [Option<u32>; LOOK_AHEAD] {
        let mut slots = [None; LOOK_AHEAD];
        // Neighbours mostly come from one source.
        let mut last: Option<(&SourceId, Option<u32>)> = None;
        for (entry, slot) in entries.iter().zip(&mut slots) {
            let Payload::Deal(event) = &entry.payload else { continue };
            let (_, space) = match last.filter(|(source, _)| **source == event.source) {
                Some(known) => known,
                None => *last.insert((&event.source, self.texts.find(0, event.source.as_str()))),
            };
            let number = space.and_then(|space| self.deal_ids.find(space, event.deal.as_str()));
            *slot = number.map(|number| number - 1);
        }
        let touched = slots
            .iter()
            .flatten()
            .map(|slot| self.deals.touch(*slot as usize) ^ self.meta[*slot as usize].known);
        std::hint::black_box(touched.fold(0, |all, one| all ^ one));
        slots
    }

    fn apply_entry(&mut self, entry: &Entry, slot: Option<u32>, changes: &mut Changes) {
        crate::sabotage::taste(&entry.payload);
        let (known, seq) = (entry.known_at.ms(), entry.tenant_seq);
        match &entry.payload {
            Payload::Deal(event) => self.apply_deal(event, slot, known, seq, changes),
            Payload::Merge(event) => self.apply_merge(event, known, seq, changes),
            Payload::Activity(event) => changes.additive |= self.apply_activity(event, known, seq),
            Payload::Metric(event) => changes.additive |= self.apply_point(event, known, seq),
            Payload::Kpi(event) => {
                let number = self.definitions.number(&mut self.texts, 0, event.kpi.as_str());
                let yaml = event.yaml.clone();
                changes.definitions |= self.definitions.push(number, event.version, known, seq, yaml);
            }
            Payload::Settings(change) => {
                if self.settings.push(change.version, known, seq, change.as_ref().clone()) {
                    self.current.apply(change);
                    changes.world = true;
                }
            }
            other => changes.world |= self.apply_object(other, known, seq),
        }
    }

    /// The number of a text, 0 for none.
    fn text(&mut self, text: Option<&str>) -> u32 {
        text.map_or(0, |text| self.texts.intern(0, text).0)
    }

    fn source(&mut self, source: &SourceId) -> u32 {
        self.texts.intern(0, source.as_str()).0
    }

    fn fields(&mut self, fields: &FieldMap<Label>) -> Vec<(u32, u32)> {
        let mut pairs: Vec<(u32, u32)> = fields
            .iter()
            .map(|(field, value)| (self.text(Some(field.as_str())), self.text(Some(value.as_str()))))
            .collect();
        pairs.sort_unstable();
        pairs
    }

    /// The slot of a deal, made where there is none.
    fn slot(&mut self, space: u32, id: &str) -> u32 {
        let (number, new) = self.deal_ids.intern(space, id);
        if new {
            self.deals.add();
            self.meta.push(DealMeta {
                last: (0, 0),
                stated: false,
                known: i64::MIN,
                occurred: i64::MIN,
                floor: None,
            });
        }
        number - 1
    }

    fn apply_deal(
        &mut self,
        event: &DealEvent,
        slot: Option<u32>,
        known: i64,
        seq: u64,
        changes: &mut Changes,
    ) {
        let space = self.source(&event.source);
        let slot = slot.unwrap_or_else(|| self.slot(space, event.deal.as_str()));
        let meta = &mut self.meta[slot as usize];
        if meta.stated
            && !event.version.supersedes(meta.last)
            && !crate::sabotage::on("stale_version_accepted")
        {
            return;
        }
        (meta.last, meta.stated) = (event.version.order(), true);
        if self.aliases.contains_key(&slot) && !crate::sabotage::on("merged_deal_lives_on") {
            return;
        }
        let times = self.meta[slot as usize].advance(known, event.occurred_at.ms());
        let before = self.deals.versions(slot as usize).head().copied();
        let mut row = before.unwrap_or(Row::blank());
        self.patch(&mut row, before.as_ref(), slot, space, event);
        row.keep_closer(before.as_ref());
        if before.is_some_and(|before| before.same_state(&row)) {
            return;
        }
        row.seq = seq;
        self.deals.push(slot as usize, times, row);
        changes.deals.push(slot);
    }

    fn patch(&mut self, row: &mut Row, before: Option<&Row>, slot: u32, space: u32, event: &DealEvent) {
        let set = &event.set;
        let stand = before.map(Row::state);
        let status_before = stand.map(|stand| match stand {
            Stand::Open => Status::Open,
            Stand::Won => Status::Won,
            Stand::Lost => Status::Lost,
            Stand::Deleted | Stand::Merged => Status::Deleted,
        });
        let zone = &self.current.time_zone;
        let local_date = || local_date(zone, event.occurred_at);
        let close = fold::close_date_after(event, status_before.zip(before.map(Row::close)), local_date);
        let floor = self.meta[slot as usize].floor;
        let created = fold::created_on_after(event, before.and_then(Row::created), floor, local_date);
        row.set_state(fold::status_after(event, status_before).into());
        row.set_close(close);
        row.set_created(created);
        row.set_creation(
            before.is_none() && event.kind == DealEventKind::DealCreated && event.quality.is_exact(),
        );
        patch_field(&set.amount_minor, |amount| row.set_amount(amount.copied()));
        patch_field(&set.currency, |currency| row.set_currency(currency.copied()));
        patch_field(&set.probability, |value| row.set_probability(value.map(|value| millionths(*value))));
        patch_field(&set.forecast_category, |category| row.set_category(category.copied()));
        patch_field(&set.owner, |id| row.owner = self.text(id.map(|id| id.as_str())));
        patch_field(&set.account, |id| {
            row.account = id.map_or(0, |id| self.accounts.number(&mut self.texts, space, id.as_str()));
        });
        patch_field(&set.stage, |id| {
            row.stage = id.map_or(0, |id| self.stages.number(&mut self.texts, space, id.as_str()));
        });
        patch_field(&set.amount_home, |home| row.home = self.sets.home.number(home.copied()));
        if let Some(lines) = stated(&set.products) {
            let line = |line: &salescope_domain::ProductLine| Line {
                product: self.products.number(&mut self.texts, space, line.product.as_str()),
                total: line.total_minor,
            };
            let lines: Vec<Line> = lines.into_iter().flatten().map(line).collect();
            row.products = self.sets.lines.number(lines);
        }
        self.patch_attrs(row, space, event);
    }

    fn patch_attrs(&mut self, row: &mut Row, space: u32, event: &DealEvent) {
        let set = &event.set;
        let untouched = set.team.is_keep()
            && set.region.is_keep()
            && set.lead_source.is_keep()
            && set.pipeline.is_keep()
            && set.custom.is_empty();
        if untouched {
            return;
        }
        let mut attrs: Attrs = self.sets.attrs.get(row.attrs).clone();
        patch_field(&set.team, |id| attrs.team = self.text(id.map(|id| id.as_str())));
        patch_field(&set.region, |label| attrs.region = self.text(label.map(Label::as_str)));
        patch_field(&set.lead_source, |label| attrs.lead_source = self.text(label.map(Label::as_str)));
        patch_field(&set.pipeline, |id| {
            attrs.pipeline = id.map_or(0, |id| self.pipelines.number(&mut self.texts, space, id.as_str()));
        });
        for (field, value) in set.custom.iter() {
            let (field, value) =
                (self.text(Some(field.as_str())), self.text(value.as_ref().map(Label::as_str)));
            attrs.set_own(field, value);
        }
        row.attrs = self.sets.attrs.number(attrs);
    }

    fn apply_merge(&mut self, event: &DealMerge, known: i64, seq: u64, changes: &mut Changes) {
        let space = self.source(&event.source);
        let named = self.slot(space, event.survivor.as_str());
        if self.merges.get(&named).is_some_and(|last| !event.version.supersedes(*last)) {
            return;
        }
        self.merges.insert(named, event.version.order());
        let survivor = self.survivor_at(named, i64::MAX);
        let mut losers: Vec<u32> = Vec::new();
        for loser in &event.losers {
            let slot = self.slot(space, loser.as_str());
            let loser = self.survivor_at(slot, i64::MAX);
            if loser != survivor && !losers.contains(&loser) {
                losers.push(loser);
            }
        }
        if losers.is_empty() {
            return;
        }
        let mut times = Times { known, occurred: event.occurred_at.ms() };
        for deal in losers.iter().chain([&survivor]) {
            let meta = &self.meta[*deal as usize];
            times.known = times.known.max(meta.known);
            times.occurred = times.occurred.max(meta.occurred);
        }
        let touched = losers.iter().chain([&survivor]);
        let floor = touched.filter_map(|deal| self.earliest_creation(*deal)).min();
        for loser in losers {
            self.aliases.insert(loser, Alias { survivor, known: times.known });
            self.push_merged(loser, times, seq, changes, |row| row.set_state(Stand::Merged));
        }
        self.meta[survivor as usize].floor = floor;
        self.push_merged(survivor, times, seq, changes, |row| row.set_created(floor));
    }

    /// The creation of a deal or of any that was merged into it.
    fn earliest_creation(&self, deal: u32) -> Option<Date> {
        let head = self.deals.versions(deal as usize).head();
        self.meta[deal as usize].floor.into_iter().chain(head.and_then(Row::created)).min()
    }

    /// Adds the version that a merge makes of a deal, if the deal has any.
    fn push_merged(
        &mut self,
        deal: u32,
        times: Times,
        seq: u64,
        changes: &mut Changes,
        edit: impl Fn(&mut Row),
    ) {
        let Some(head) = self.deals.versions(deal as usize).head() else { return };
        let mut row = *head;
        edit(&mut row);
        row.set_creation(false);
        row.seq = seq;
        self.meta[deal as usize].advance(times.known, times.occurred);
        self.deals.push(deal as usize, times, row);
        changes.deals.push(deal);
    }
}

impl DealMeta {
    /// The times of the next version: the running maxima with these.
    fn advance(&mut self, known: i64, occurred: i64) -> Times {
        self.known = self.known.max(known);
        self.occurred = self.occurred.max(occurred);
        Times { known: self.known, occurred: self.occurred }
    }
}

fn local_date(zone: &salescope_domain::Zone, at: Instant) -> Date {
    if crate::sabotage::on("utc_instead_of_zone") {
        return salescope_domain::Zone::utc().local_date(at);
    }
    zone.local_date(at)
}

/// What a patch states, if it states anything.
fn stated<T>(patch: &Patch<T>) -> Option<Option<&T>> {
    match patch {
        Patch::Keep => None,
        Patch::Clear => Some(None),
        Patch::Set(value) => Some(Some(value)),
    }
}

fn patch_field<T>(patch: &Patch<T>, set: impl FnOnce(Option<&T>)) {
    if let Some(value) = stated(patch) {
        set(value);
    }
}
