//! One pass over an item's JSON: which members stand where. Nothing is converted here, and nothing is copied.

use super::member::{Key, MEMBERS, Member};
use super::reject::{Place, Rejection};
use super::value::Value;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Most members of an item, or of an object in it: more than any field list that the journal keeps.
pub const MEMBERS_MAX: usize = 256;

/// A key and its value, as they stand in the text.
pub(super) type Pair<'a> = (Cow<'a, str>, &'a str);

/// Where a member's value is.
#[derive(Debug, Clone, Copy)]
struct Slot<'a> {
    raw: &'a str,
    key: &'static str,
    parent: Parent,
}

/// The object of an item that a member stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parent {
    /// The item itself.
    Item,
    Properties,
    Dimensions,
}

impl Parent {
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Item => None,
            Self::Properties => Some("properties"),
            Self::Dimensions => Some("dimensions"),
        }
    }
}

/// The members of an item.
#[derive(Debug, Clone)]
pub(super) struct Members<'a> {
    /// For each member its slot's number from 1; 0 where it is absent.
    index: [u8; MEMBERS.len()],
    slots: Vec<Slot<'a>>,
    /// Members that we do not know.
    pub(super) unknown: Vec<Pair<'a>>,
    /// Bytes of keys and values.
    pub(super) bytes: usize,
}

/// Members that an item usually has.
const USUAL_MEMBERS: usize = 12;

impl<'a> Members<'a> {
    fn new() -> Self {
        let slots = Vec::with_capacity(USUAL_MEMBERS);
        Self { index: [0; MEMBERS.len()], slots, unknown: Vec::new(), bytes: 0 }
    }

    /// The value of a member; `None` where it is absent (null is a value).
    pub(super) fn get(&self, member: Member) -> Option<Value<'a>> {
        let slot = self.slots.get(usize::from(self.index[member as usize]).checked_sub(1)?)?;
        Some(Value { raw: slot.raw, place: Place { parent: slot.parent.name(), key: slot.key } })
    }

    /// Where a member stands, or would stand.
    pub(super) fn place(&self, member: Member, otherwise: &'static str) -> Place<'a> {
        self.get(member).map_or(Place::top(otherwise), |value| value.place)
    }

    /// Whether the member was free and is now set.
    pub(super) fn set(&mut self, member: Member, key: &'static str, parent: Parent, raw: &'a str) -> bool {
        if self.index[member as usize] != 0 {
            return false;
        }
        self.slots.push(Slot { raw, key, parent });
        self.index[member as usize] =
            u8::try_from(self.slots.len()).expect("there are fewer members than 256");
        true
    }

    fn take(&mut self, key: Cow<'a, str>, raw: &'a str) -> Result<(), Rejection> {
        self.bytes += key.len() + raw.len();
        match Key::of(&key) {
            Key::Known(member, name) => {
                if self.set(member, name, Parent::Item, raw) {
                    return Ok(());
                }
                Err(Place::top(name).reject("duplicate_member", "is stated twice, or by two of its names"))
            }
            Key::LeftOut => Ok(()),
            Key::Unknown if self.unknown.len() >= MEMBERS_MAX => Err(too_many_members()),
            Key::Unknown => {
                if self.unknown.iter().any(|(known, _)| *known == key) {
                    return Err(Place::top(&key).reject("duplicate_member", "is stated twice"));
                }
                self.unknown.push((key, raw));
                Ok(())
            }
        }
    }
}

fn too_many_members() -> Rejection {
    Rejection::whole("too_many", format!("has more than {MEMBERS_MAX} members"))
}

/// What an item's JSON holds: its members, or why it is no item. Only broken JSON is an error of deserialising.
pub(super) struct Scanned<'a>(pub(super) Result<Members<'a>, Rejection>);

impl<'de> Deserialize<'de> for Scanned<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ItemVisitor).map(Self)
    }
}

/// A key, borrowed where it holds no escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct KeyText<'a>(#[serde(borrow)] Cow<'a, str>);

struct ItemVisitor;

impl ItemVisitor {
    fn no_object<T>() -> Result<T, Rejection> {
        Err(Rejection::whole("invalid_type", "is not a JSON object"))
    }
}

impl<'de> Visitor<'de> for ItemVisitor {
    type Value = Result<Members<'de>, Rejection>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Members::new();
        let mut fault = None;
        while let Some(KeyText(key)) = map.next_key()? {
            let value: &'de RawValue = map.next_value()?;
            if fault.is_none() {
                fault = members.take(key, value.get()).err();
            }
        }
        Ok(fault.map_or(Ok(members), Err))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        // A list may nest as deep as the text is long: each element is skipped without recursion.
        while seq.next_element::<&'de RawValue>()?.is_some() {}
        Ok(Self::no_object())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Self::no_object())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Self::no_object())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Self::no_object())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Self::no_object())
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Self::no_object())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Self::no_object())
    }
}

/// The pairs of an object in an item, with no key twice.
///
/// # Errors
/// When the value is no object, has a key twice or has more than [`MEMBERS_MAX`].
pub(super) fn pairs<'a>(value: Value<'a>) -> Result<Vec<Pair<'a>>, Rejection> {
    let place = value.place;
    if value.is_null() {
        return Ok(Vec::new());
    }
    if !value.raw.starts_with('{') {
        return Err(place.reject("invalid_type", "is not a JSON object"));
    }
    value.check_depth()?;
    let Pairs(pairs) =
        serde_json::from_str(value.raw).map_err(|_| place.reject("invalid_text", "is no JSON"))?;
    if pairs.len() > MEMBERS_MAX {
        return Err(place.reject("too_many", format!("has more than {MEMBERS_MAX} members")));
    }
    for (at, (key, _)) in pairs.iter().enumerate() {
        if pairs[..at].iter().any(|(earlier, _)| earlier == key) {
            return Err(place.reject("duplicate_member", format!("states {key:?} twice")));
        }
    }
    Ok(pairs)
}

struct Pairs<'a>(Vec<Pair<'a>>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor).map(Self)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Vec<Pair<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::with_capacity(USUAL_MEMBERS);
        while let Some(KeyText(key)) = map.next_key()? {
            if pairs.len() > MEMBERS_MAX {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            pairs.push((key, map.next_value::<&'de RawValue>()?.get()));
        }
        Ok(pairs)
    }
}
