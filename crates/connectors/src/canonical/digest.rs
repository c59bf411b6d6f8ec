//! The id of a fact that its sender gave none: a digest of what it says.
//!
//! Invariant: it depends on what is said, not on how it is written: not on the order of members, blanks, escapes or the
//! form of a number or a time. It depends on members that we do not know, as these may be what tells two facts apart.

use super::draft::{Draft, Kind};
use super::member::{MEMBERS, Member};
use super::reject::{Place, Rejection};
use super::scan::pairs;
use super::value::Value;
use salescope_domain::{Decimal, EventId};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt::Write;

/// Bytes of the digest that enter the id.
const DIGEST_BYTES: usize = 16;

pub(super) fn derived_id(draft: &Draft<'_>, time_ms: i64) -> Result<EventId, Rejection> {
    let mut hasher = Sha256::new();
    hasher.update(match draft.kind {
        Kind::Activity => b"salescope/activity/1",
        _ => b"salescope/additive/1",
    });
    hasher.update(time_ms.to_be_bytes());
    let mut said: Vec<(&str, Value<'_>)> = Vec::with_capacity(MEMBERS.len());
    for member in MEMBERS {
        let Some(value) = draft.members.get(*member) else { continue };
        if matches!(
            member,
            Member::Time
                | Member::Source
                | Member::Revision
                | Member::Deleted
                | Member::Properties
                | Member::Dimensions
        ) {
            continue;
        }
        said.push((member.name(), value));
    }
    let others = draft.own().map(|(_, pair)| pair).chain(&draft.members.unknown);
    said.extend(others.map(|(key, raw)| (key.as_ref(), Value { raw, place: Place::top(key) })));
    // The names decide the order, so that moving a member to another place in our own list changes no id.
    said.sort_unstable_by_key(|(name, value)| (*name, value.raw));
    for (name, value) in said {
        feed_text(&mut hasher, name);
        feed(&mut hasher, value)?;
    }
    let digest = hasher.finalize();
    let mut id = String::with_capacity(2 + 2 * DIGEST_BYTES);
    id.push_str("h_");
    for byte in &digest[..DIGEST_BYTES] {
        write!(id, "{byte:02x}").expect("a string takes every byte");
    }
    Ok(EventId::new(&id).expect("hex digits keep the rules of ids"))
}

fn feed_text(hasher: &mut Sha256, text: &str) {
    hasher.update((text.len() as u64).to_be_bytes());
    hasher.update(text);
}

fn feed(hasher: &mut Sha256, value: Value<'_>) -> Result<(), Rejection> {
    if value.raw.starts_with('{') {
        let mut pairs = pairs(value)?;
        pairs.sort_unstable();
        hasher.update([b'{']);
        hasher.update((pairs.len() as u64).to_be_bytes());
        for (key, raw) in pairs {
            feed_text(hasher, &key);
            feed(hasher, Value { raw, place: value.place })?;
        }
        return Ok(());
    }
    if value.raw.starts_with('[') {
        value.check_depth()?;
        let wrong = |_| value.place.reject("invalid_type", "is no list");
        let items: Vec<&serde_json::value::RawValue> = serde_json::from_str(value.raw).map_err(wrong)?;
        hasher.update([b'[']);
        hasher.update((items.len() as u64).to_be_bytes());
        for item in items {
            feed(hasher, Value { raw: item.get(), place: value.place })?;
        }
        return Ok(());
    }
    // A number is the same fact as a text of its digits: a deal 7 is the deal "7".
    let text = value.text()?.unwrap_or(Cow::Borrowed(""));
    let text = text.trim();
    let looks_numeric = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    match text.parse::<Decimal>() {
        Ok(number) if looks_numeric => feed_text(hasher, &number.to_string()),
        _ => feed_text(hasher, text),
    }
    Ok(())
}
