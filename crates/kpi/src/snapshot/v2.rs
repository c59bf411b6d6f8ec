//! Version 2: every table in parts of its own (`parts.rs`), so that a snapshot costs a store what changed since the last one.
//!
//! A table that holds nothing has no part.

use super::SnapshotError;
use super::block::{read_block, write_block};
use super::parts::{Facts, Items, Objects as ObjectsPart, Texts, interner, ranges};
use super::sections::{Body, Tag, bodies, with_directory};
use crate::state::deals::{Block, Deals};
use crate::state::held::Held;
use crate::state::intern::Interner;
use crate::state::ledger::Ledger;
use crate::state::objects::{History, Objects};
use crate::state::sets::{Distinct, Sets};
use crate::state::{Alias, State};
use salescope_domain::OrgSettings;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::hash::Hash;

const HEAD: Tag = Tag(1);
const BLOCK: Tag = Tag(2);
const TEXTS: Tag = Tag(3);
const DEAL_IDS: Tag = Tag(4);
const META: Tag = Tag(5);
const ATTRS: Tag = Tag(6);
const LINES: Tag = Tag(7);
const HOME: Tag = Tag(8);
const PEOPLE: Tag = Tag(9);
const TEAMS: Tag = Tag(10);
const ACCOUNTS: Tag = Tag(11);
const PRODUCTS: Tag = Tag(12);
const STAGES: Tag = Tag(13);
const PIPELINES: Tag = Tag(14);
const QUOTAS: Tag = Tag(15);
const RATES: Tag = Tag(16);
const DEFINITIONS: Tag = Tag(17);
const ACTIVITY_IDS: Tag = Tag(18);
const ACTIVITIES: Tag = Tag(19);
const POINT_IDS: Tag = Tag(20);
const POINTS: Tag = Tag(21);

/// What is small or changes with every entry.
#[derive(Serialize, Deserialize)]
struct Head {
    position: u64,
    /// By deal.
    aliases: Vec<(u32, Alias)>,
    /// By deal.
    merges: Vec<(u32, (i64, u32))>,
    /// JSON: a change of settings leaves out what it does not touch.
    settings: String,
}

impl Head {
    fn of(state: &State) -> Self {
        let mut aliases: Vec<_> = state.aliases.iter().map(|(deal, alias)| (*deal, *alias)).collect();
        aliases.sort_unstable_by_key(|(deal, _)| *deal);
        let mut merges: Vec<_> = state.merges.iter().map(|(deal, version)| (*deal, *version)).collect();
        merges.sort_unstable();
        let settings = serde_json::to_string(&state.settings).expect("settings are plain data");
        Self { position: state.position, aliases, merges, settings }
    }
}

/// The bodies under construction.
#[derive(Default)]
struct Writer(Vec<(Tag, Vec<u8>)>);

impl Writer {
    fn part(&mut self, tag: Tag, part: &impl Serialize) {
        self.0.push((tag, postcard::to_stdvec(part).expect("a state is plain data")));
    }

    fn items<T: Clone + Serialize>(&mut self, tag: Tag, items: &[T]) {
        ranges(items.len()).for_each(|range| self.part(tag, &Items(items[range].into())));
    }

    /// Values of which there are more than the default one.
    fn distinct<T: Clone + Eq + Hash + Held + Serialize>(&mut self, tag: Tag, values: &Distinct<T>) {
        if values.values().len() > 1 {
            self.items(tag, values.values());
        }
    }

    fn texts(&mut self, tag: Tag, texts: &Interner) {
        if texts.len() > 1 {
            ranges(texts.len()).for_each(|range| self.part(tag, &Texts::of(texts, range)));
        }
    }

    fn objects<T: Clone + Held + Serialize>(&mut self, tag: Tag, objects: &Objects<T>) {
        let (ids, histories) = objects.parts();
        if ids.len() == 1 {
            return;
        }
        for range in ranges(ids.len()) {
            let histories = histories[range.clone()].into();
            self.part(tag, &ObjectsPart { ids: Texts::of(ids, range), histories });
        }
    }

    fn ledger<T: Clone + Serialize>(&mut self, [ids_tag, rows_tag]: [Tag; 2], ledger: &Ledger<T>) {
        let (ids, lasts, rows) = ledger.parts();
        if ids.len() > 1 {
            for range in ranges(ids.len()) {
                let lasts = lasts[range.clone()].into();
                self.part(ids_tag, &Facts { ids: Texts::of(ids, range), lasts });
            }
        }
        self.items(rows_tag, rows);
    }
}

/// The sections of a state, the directory first.
pub(super) fn write(state: &State) -> Vec<Vec<u8>> {
    let mut writer = Writer::default();
    writer.part(HEAD, &Head::of(state));
    writer.texts(TEXTS, &state.texts);
    writer.texts(DEAL_IDS, &state.deal_ids);
    writer.items(META, &state.meta);
    writer.distinct(ATTRS, &state.sets.attrs);
    writer.distinct(LINES, &state.sets.lines);
    writer.distinct(HOME, &state.sets.home);
    writer.objects(PEOPLE, &state.people);
    writer.objects(TEAMS, &state.teams);
    writer.objects(ACCOUNTS, &state.accounts);
    writer.objects(PRODUCTS, &state.products);
    writer.objects(STAGES, &state.stages);
    writer.objects(PIPELINES, &state.pipelines);
    writer.objects(QUOTAS, &state.quotas);
    writer.objects(RATES, &state.rates);
    writer.objects(DEFINITIONS, &state.definitions);
    writer.ledger([ACTIVITY_IDS, ACTIVITIES], &state.activities);
    writer.ledger([POINT_IDS, POINTS], &state.points);
    writer.0.extend(state.deals.blocks().iter().map(|block| (BLOCK, write_block(block))));
    with_directory(writer.0)
}

/// The bodies of a snapshot.
struct Reader<'a>(Vec<Body<'a>>);

impl Reader<'_> {
    fn parts<T: DeserializeOwned + 'static>(&self, tag: Tag) -> Result<Vec<T>, SnapshotError> {
        let part = |body: &Body<'_>| {
            postcard::from_bytes(body.checked()?).map_err(|_| SnapshotError::Inconsistent("tables"))
        };
        self.0.iter().filter(|body| body.tag == tag).map(part).collect()
    }

    fn items<T: Clone + DeserializeOwned + 'static>(&self, tag: Tag) -> Result<Vec<T>, SnapshotError> {
        let parts: Vec<Items<'static, T>> = self.parts(tag)?;
        Ok(parts.into_iter().flat_map(|part| part.0.into_owned()).collect())
    }

    fn distinct<T>(&self, tag: Tag) -> Result<Distinct<T>, SnapshotError>
    where
        T: Clone + Default + Eq + Hash + Held + DeserializeOwned + 'static,
    {
        let values = self.items(tag)?;
        Ok(if values.is_empty() { Distinct::default() } else { Distinct::from_values(values) })
    }

    fn texts(&self, tag: Tag) -> Result<Interner, SnapshotError> {
        interner(self.parts::<Texts<'static>>(tag)?)
    }

    fn objects<T>(&self, tag: Tag, texts: &Interner) -> Result<Objects<T>, SnapshotError>
    where
        T: Clone + Held + DeserializeOwned + 'static,
    {
        let parts: Vec<ObjectsPart<'static, T>> = self.parts(tag)?;
        if parts.is_empty() {
            return Ok(Objects::default());
        }
        let (ids, histories): (Vec<_>, Vec<_>) =
            parts.into_iter().map(|part| (part.ids, part.histories.into_owned())).unzip();
        let histories: Vec<History<T>> = histories.into_iter().flatten().collect();
        let fits = Objects::from_parts(texts, interner(ids)?, histories);
        fits.ok_or(SnapshotError::Inconsistent("objects"))
    }

    fn ledger<T>(&self, [ids_tag, rows_tag]: [Tag; 2]) -> Result<Ledger<T>, SnapshotError>
    where
        T: Clone + Held + DeserializeOwned + 'static,
    {
        let parts: Vec<Facts<'static>> = self.parts(ids_tag)?;
        if parts.is_empty() {
            return Ok(Ledger::default());
        }
        let (ids, lasts): (Vec<_>, Vec<_>) =
            parts.into_iter().map(|part| (part.ids, part.lasts.into_owned())).unzip();
        let lasts = lasts.into_iter().flatten().collect();
        let fits = Ledger::from_parts(interner(ids)?, lasts, self.items(rows_tag)?);
        fits.ok_or(SnapshotError::Inconsistent("additive facts"))
    }

    fn blocks(&self) -> Result<Vec<Block>, SnapshotError> {
        let block =
            |body: &Body<'_>| read_block(body.checked()?).ok_or(SnapshotError::Inconsistent("blocks"));
        self.0.iter().filter(|body| body.tag == BLOCK).map(block).collect()
    }

    /// The state, but for its deals' versions.
    fn state(&self) -> Result<State, SnapshotError> {
        let mut heads: Vec<Head> = self.parts(HEAD)?;
        let head = heads.pop().filter(|_| heads.is_empty()).ok_or(SnapshotError::Inconsistent("sections"))?;
        let texts = self.texts(TEXTS)?;
        Ok(State {
            position: head.position,
            deal_ids: self.texts(DEAL_IDS)?,
            meta: self.items(META)?,
            deals: Deals::default(),
            sets: Sets {
                attrs: self.distinct(ATTRS)?,
                lines: self.distinct(LINES)?,
                home: self.distinct(HOME)?,
            },
            aliases: head.aliases.into_iter().collect(),
            merges: head.merges.into_iter().collect(),
            people: self.objects(PEOPLE, &texts)?,
            teams: self.objects(TEAMS, &texts)?,
            accounts: self.objects(ACCOUNTS, &texts)?,
            products: self.objects(PRODUCTS, &texts)?,
            stages: self.objects(STAGES, &texts)?,
            pipelines: self.objects(PIPELINES, &texts)?,
            quotas: self.objects(QUOTAS, &texts)?,
            rates: self.objects(RATES, &texts)?,
            activities: self.ledger([ACTIVITY_IDS, ACTIVITIES])?,
            points: self.ledger([POINT_IDS, POINTS])?,
            definitions: self.objects(DEFINITIONS, &texts)?,
            settings: serde_json::from_str(&head.settings)
                .map_err(|_| SnapshotError::Inconsistent("settings"))?,
            texts,
            current: OrgSettings::default(),
        })
    }
}

/// The state that the bytes hold, its deals' versions apart. Blocks are checked and copied on a thread of their own while this
/// one rebuilds the tables, where there are enough of them to be worth it.
pub(super) fn read(bytes: &[u8]) -> Result<(State, Vec<Block>), SnapshotError> {
    /// A thread costs about what one block does.
    const BLOCKS_ALONE_MAX: usize = 2;
    let reader = Reader(bodies(bytes)?);
    let known = HEAD.0..=POINTS.0;
    if reader.0.iter().any(|body| !known.contains(&body.tag.0)) {
        return Err(SnapshotError::Inconsistent("sections"));
    }
    if reader.0.iter().filter(|body| body.tag == BLOCK).count() <= BLOCKS_ALONE_MAX {
        return Ok((reader.state()?, reader.blocks()?));
    }
    std::thread::scope(|scope| {
        let blocks = scope.spawn(|| reader.blocks());
        let state = reader.state();
        let blocks = blocks.join().unwrap_or(Err(SnapshotError::Inconsistent("blocks")));
        Ok((state?, blocks?))
    })
}
