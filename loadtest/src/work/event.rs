//! Events as JSON: 12 fields, about 252 bytes. Written by appending bytes, as the client shares the machine with the
//! server.

use salescope_domain::{Date, Instant};
use std::fmt;
use std::io::Write;

/// The currency of every amount: the organisations' own.
const CURRENCY: &str = "USD";

/// The additive facts that are sent.
pub(crate) const FACT_TYPES: [&str; 3] = ["call_minutes", "emails_sent", "demo_points"];

/// The stages that an open deal passes; two more close it.
pub(super) const STAGES: [&str; 4] = ["Prospect", "Qualified", "Proposal", "Contract"];

/// An open deal's close date lies this many days ahead.
const OPEN_DEAL_DAYS: i32 = 30;

const REGIONS: [&str; 4] = ["North", "South", "East", "West"];
const CHANNELS: [&str; 3] = ["phone", "video", "site"];
const OUTCOMES: [&str; 3] = ["met", "missed", "moved"];
const PRODUCTS: [&str; 4] = ["Core", "Plus", "Edge", "Care"];
const REPS: u32 = 16;

/// The times that a request's events state.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    /// When they happened.
    time: String,
    /// The close date of deals that close.
    today: String,
    /// The close date of open deals.
    later: String,
}

impl Stamp {
    /// Events that happened at `now`; deals close on `today` whatever the time, so that a run over midnight has one date.
    pub(crate) fn new(now: Instant, today: Date) -> Self {
        let later = today.plus_days(OPEN_DEAL_DAYS);
        Self { time: now.to_string(), today: today.to_string(), later: later.to_string() }
    }
}

/// What becomes of a deal with a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DealStep {
    /// It is new.
    Created,
    /// It reaches the stage of this number.
    Moved(u16),
    /// It is won.
    Won,
    /// It is lost.
    Lost,
}

/// What both kinds of event begin with.
pub(super) struct Subject {
    /// The run: ids of two runs differ.
    pub(super) tag: u32,
    /// The event's number in its organisation's run.
    pub(super) event: u64,
    /// The deal's number in its organisation's run.
    pub(super) deal: u32,
    /// Chooses among names.
    pub(super) draw: u32,
}

impl Subject {
    fn write(&self, out: &mut Vec<u8>, stamp: &Stamp, kind: &str) {
        let (tag, rep) = (self.tag, self.draw % REPS);
        put(out, format_args!("{{\"event_id\":\"{tag:08x}{:x}\",\"timestamp\":\"", self.event));
        out.extend_from_slice(stamp.time.as_bytes());
        out.extend_from_slice(b"\",\"event_type\":\"");
        out.extend_from_slice(kind.as_bytes());
        put(out, format_args!("\",\"user_id\":\"rep-{rep:02}\",\"deal_id\":\"{}\"", DealId(tag, self.deal)));
    }

    fn one_of<'a>(&self, names: &[&'a str], shift: u32) -> &'a str {
        names[(self.draw >> shift) as usize % names.len()]
    }
}

/// The id of a run's deal: the run's tag, then the deal's number in its organisation.
#[derive(Debug, Clone, Copy)]
struct DealId(u32, u32);

impl fmt::Display for DealId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}-{:x}", self.0, self.1)
    }
}

/// A deal's state after a step, `cents` its amount.
pub(super) fn write_deal(
    out: &mut Vec<u8>,
    subject: &Subject,
    stamp: &Stamp,
    step: DealStep,
    (version, cents): (u16, u32),
) {
    let (kind, stage, close_date) = match step {
        DealStep::Created => ("deal_created", STAGES[0], &stamp.later),
        DealStep::Moved(to) => ("stage_changed", STAGES[usize::from(to) % STAGES.len()], &stamp.later),
        DealStep::Won => ("deal_closed_won", "Won", &stamp.today),
        DealStep::Lost => ("deal_closed_lost", "Lost", &stamp.today),
    };
    subject.write(out, stamp, kind);
    // A deal's region never changes: it follows from its number.
    let region = REGIONS[subject.deal as usize % REGIONS.len()];
    let (units, places) = (cents / 100, cents % 100);
    put(
        out,
        format_args!(
            ",\"amount\":\"{units}.{places:02}\",\"currency\":\"{CURRENCY}\",\"version\":{version},\"properties\":{{\
             \"stage\":\"{stage}\",\"close_date\":\"{close_date}\",\"region\":\"{region}\",\"tier\":\"A\"}}}}"
        ),
    );
}

/// An additive fact of `hundredths`.
pub(super) fn write_fact(out: &mut Vec<u8>, subject: &Subject, stamp: &Stamp, kind: &str, hundredths: u32) {
    subject.write(out, stamp, kind);
    let (units, places) = (hundredths / 100, hundredths % 100);
    let (region, channel) = (subject.one_of(&REGIONS, 8), subject.one_of(&CHANNELS, 12));
    let (outcome, product) = (subject.one_of(&OUTCOMES, 16), subject.one_of(&PRODUCTS, 20));
    put(
        out,
        format_args!(
            ",\"amount\":{units}.{places:02},\"properties\":{{\"region\":\"{region}\",\"channel\":\"{channel}\",\
             \"outcome\":\"{outcome}\",\"product\":\"{product}\",\"tier\":\"A\",\"lang\":\"en\"}}}}"
        ),
    );
}

fn put(out: &mut Vec<u8>, text: fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a vector takes all bytes");
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn subject() -> Subject {
        Subject { tag: 0xbad_cafe, event: 0x1234, deal: 0x1ff, draw: 5 }
    }

    fn stamp() -> Stamp {
        Stamp::new("2026-11-25T04:20:00.123Z".parse().unwrap(), Date::from_ymd(2026, 11, 25).unwrap())
    }

    fn fields(event: &Value) -> usize {
        let members = event.as_object().unwrap();
        members.len() - 1 + members["properties"].as_object().unwrap().len()
    }

    #[test]
    fn events_have_12_fields_and_about_252_bytes() {
        let (mut deal, mut fact) = (Vec::new(), Vec::new());
        write_deal(&mut deal, &subject(), &stamp(), DealStep::Moved(2), (3, 123_450));
        write_fact(&mut fact, &subject(), &stamp(), FACT_TYPES[0], 1_250);
        let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
        assert_eq!((fields(&read(&deal)), fields(&read(&fact))), (12, 12));
        let mean = (deal.len() + fact.len()) / 2;
        assert!((240..=285).contains(&mean), "{} and {} bytes", deal.len(), fact.len());
    }

    #[test]
    fn a_won_deal_closes_today_with_its_amount_to_the_cent() {
        let mut out = Vec::new();
        write_deal(&mut out, &subject(), &stamp(), DealStep::Won, (4, 1_005));
        let event: Value = serde_json::from_slice(&out).unwrap();
        let expected = json!({
            "event_id": "0badcafe1234", "timestamp": "2026-11-25T04:20:00.123Z", "event_type": "deal_closed_won",
            "user_id": "rep-05", "deal_id": "0badcafe-1ff", "amount": "10.05", "currency": "USD", "version": 4,
            "properties": {"stage": "Won", "close_date": "2026-11-25", "region": "West", "tier": "A"},
        });
        assert_eq!(event, expected);
    }
}
