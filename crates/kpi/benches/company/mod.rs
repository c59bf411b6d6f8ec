//! A large company's journal, made slice by slice from a seed: deals that move through stages, slip, grow, change hands and
//! close, activities and metric points. Shared by the benches.

use salescope_domain::{
    Activity, ActivityKind, Basis, ChangeSource, Currency, Date, DealEvent, DealEventKind, DealFields,
    DealId, Decimal, Entry, EventId, ExchangeRate, Instant, Label, Patch, Payload, Person, PersonId,
    ProductId, ProductLine, Quality, SourceId, Stage, StageId, StageOutcome, Status, TeamId, Version,
};

const DAY_MS: i64 = 86_400_000;
/// 2023-01-01.
const START_DAY: i64 = 19_358;
const DAYS: i64 = 3 * 365;
const REPS: u64 = 400;
const STAGES: [&str; 5] = ["discovery", "demo", "proposal", "negotiation", "contract"];

/// The journal of a company with `deals` deals and about ten entries for each.
pub(crate) struct Company {
    deals: u64,
    seq: u64,
    /// Next event of the whole company.
    step: u64,
    steps: u64,
}

/// A well-mixed number of two others.
fn mix(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ b.wrapping_mul(0xD1B5_4A32_D192_ED03);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn source() -> SourceId {
    SourceId::new("crm").expect("an id")
}

impl Company {
    /// A company of this size.
    #[must_use]
    pub(crate) fn new(deals: u64) -> Self {
        Self { deals, seq: 0, step: 0, steps: deals * 10 }
    }

    fn entry(&mut self, at: i64, payload: Payload) -> Entry {
        self.seq += 1;
        let at = Instant::from_ms(at);
        Entry { tenant_seq: self.seq, known_at: at, observed_at: at, payload }
    }

    /// People, stages and rates.
    pub(crate) fn setup(&mut self) -> Vec<Entry> {
        let at = START_DAY * DAY_MS;
        let mut entries = Vec::new();
        for rep in 0..REPS {
            let person = Person {
                source: source(),
                person: PersonId::new(&format!("p{rep}")).expect("an id"),
                version: Version::stated(1),
                team: TeamId::new(&format!("t{}", rep % 40)).ok(),
                region: Label::new(["north", "east", "south", "west"][(rep % 4) as usize]).ok(),
                active: true,
            };
            entries.push(self.entry(at, Payload::from(person)));
        }
        for (position, name) in (1_u16..).zip(STAGES) {
            let stage = Stage {
                source: source(),
                stage: StageId::new(name).expect("an id"),
                version: Version::stated(1),
                pipeline: None,
                name: None,
                position,
                outcome: StageOutcome::Open,
                probability: Some(Decimal::new(i64::from(position), 1)),
                forecast_category: None,
            };
            entries.push(self.entry(at, Payload::from(stage)));
        }
        for day in 0..DAYS {
            for (currency, base) in [("EUR", 1_080), ("GBP", 1_250)] {
                let rate = ExchangeRate {
                    source: source(),
                    currency: currency.parse().expect("a currency"),
                    home: Currency::USD,
                    date: Date::from_days(i32::try_from(START_DAY + day).expect("a day")),
                    version: Version::stated(1),
                    rate: Decimal::new(
                        base + i64::try_from(mix(7, day.unsigned_abs()) % 60).expect("small"),
                        3,
                    ),
                };
                entries.push(self.entry(at, Payload::from(rate)));
            }
        }
        entries
    }

    /// The next entries, at most `len`; none when the history is told.
    pub(crate) fn slice(&mut self, len: usize) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(len);
        while entries.len() < len && self.step < self.steps {
            let step = self.step;
            self.step += 1;
            // Time runs through the whole history; which deal moves is scattered.
            let at =
                START_DAY * DAY_MS + i64::try_from(step).expect("fits") * (DAYS * DAY_MS / self.steps as i64);
            let turn = step % 10;
            let group = step / 10;
            let payload = match turn {
                7 | 8 => self.activity(step, at, group),
                _ => self.deal(step, at, group, turn),
            };
            let entry = self.entry(at, payload);
            entries.push(entry);
        }
        entries
    }

    /// A deal begins at its own group and moves on in later ones, spread over about a fifth of the history.
    fn deal(&self, step: u64, at: i64, group: u64, turn: u64) -> Payload {
        let lag = turn * self.deals / 40;
        let number = group.wrapping_sub(lag);
        let (number, kind) = if number < self.deals { (number, turn) } else { (group, 9) };
        let deal = DealId::new(&format!("0065g00000{number:08}")).expect("an id");
        let random = mix(number, 1);
        let step_random = mix(number, step);
        let today = at.div_euclid(DAY_MS);
        let date = |day: i64| Date::from_days(i32::try_from(day).expect("a day"));
        let mut set = DealFields::default();
        let currency: Currency = ["USD", "EUR", "GBP"][(random % 3) as usize].parse().expect("a currency");
        let mut amount = || {
            set.amount_minor = Patch::Set(i64::try_from(100_000 + step_random % 9_000_000).expect("fits"));
            set.currency = Patch::Set(currency);
        };
        let event = match kind {
            0 => {
                amount();
                set.owner = Patch::Set(PersonId::new(&format!("p{}", random % REPS)).expect("an id"));
                set.stage = Patch::Set(StageId::new(STAGES[0]).expect("an id"));
                set.close_date = Patch::Set(date(today + 30 + i64::try_from(random % 150).expect("small")));
                set.lead_source = Patch::Set(
                    Label::new(["web", "fair", "referral"][(random % 3) as usize]).expect("a label"),
                );
                let product = ProductId::new(&format!("product {}", random % 25)).expect("an id");
                set.products = Patch::Set(vec![ProductLine { product, total_minor: None, quantity: None }]);
                DealEventKind::DealCreated
            }
            1..=4 => {
                set.stage = Patch::Set(StageId::new(STAGES[kind as usize]).expect("an id"));
                if step_random.is_multiple_of(3) {
                    amount();
                }
                DealEventKind::StageChanged
            }
            5 => {
                set.close_date =
                    Patch::Set(date(today + 10 + i64::try_from(step_random % 90).expect("small")));
                DealEventKind::DealUpdated
            }
            6 if random.is_multiple_of(10) => return self.keep(number, step, at),
            6 => {
                let won = step_random % 100 < 40;
                set.status = Patch::Set(if won { Status::Won } else { Status::Lost });
                set.close_date = Patch::Set(date(today));
                if won { DealEventKind::DealClosedWon } else { DealEventKind::DealClosedLost }
            }
            _ => {
                amount();
                DealEventKind::DealUpdated
            }
        };
        Payload::Deal(Box::new(event_of(deal, event, step, at, set)))
    }

    /// A deal that stays open changes hands.
    fn keep(&self, number: u64, step: u64, at: i64) -> Payload {
        let deal = DealId::new(&format!("0065g00000{number:08}")).expect("an id");
        let owner = Patch::Set(PersonId::new(&format!("p{}", step % REPS)).expect("an id"));
        let set = DealFields { owner, ..DealFields::default() };
        Payload::Deal(Box::new(event_of(deal, DealEventKind::OwnerChanged, step, at, set)))
    }

    fn activity(&self, step: u64, at: i64, group: u64) -> Payload {
        let number = group.saturating_sub(mix(step, 3) % (self.deals / 20 + 1));
        Payload::from(Activity {
            source: source(),
            event_id: EventId::new(&format!("a{step}")).expect("an id"),
            revision: 0,
            deleted: false,
            occurred_at: Instant::from_ms(at),
            kind: [ActivityKind::Call, ActivityKind::Email, ActivityKind::Meeting, ActivityKind::Task]
                [(step % 4) as usize],
            owner: PersonId::new(&format!("p{}", mix(number, 1) % REPS)).ok(),
            deal: DealId::new(&format!("0065g00000{number:08}")).ok(),
            change_source: ChangeSource::User,
        })
    }
}

fn event_of(deal: DealId, kind: DealEventKind, step: u64, at: i64, set: DealFields) -> DealEvent {
    DealEvent {
        event_id: None,
        kind,
        source: source(),
        deal,
        version: Version {
            basis: Basis::Stated,
            number: i64::try_from(step).expect("fits") + 1,
            sequence: 0,
        },
        occurred_at: Instant::from_ms(at),
        quality: Quality::ExactMs,
        actor: None,
        change_source: ChangeSource::User,
        set,
    }
}
