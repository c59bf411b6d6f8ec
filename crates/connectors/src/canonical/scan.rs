//! One pass over an item's JSON: which members stand where. Nothing is converted here, and nothing is copied.

use super::member::{Key, MEMBERS, Member};
use super::reject::{Place, Rejection};
use super::value::Value;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

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
    /// The pairs of `properties` and `dimensions`, until they are spread.
    objects: [Object<'a>; 2],
    /// Members that we do not know.
    pub(super) unknown: Vec<Pair<'a>>,
    /// Bytes of keys and values.
    pub(super) bytes: usize,
}

/// A member that holds other members, and fields of the sender's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    Properties,
    Dimensions,
}

impl Holder {
    fn of(member: Member) -> Option<Self> {
        match member {
            Member::Properties => Some(Self::Properties),
            Member::Dimensions => Some(Self::Dimensions),
            _ => None,
        }
    }

    fn member(self) -> Member {
        match self {
            Self::Properties => Member::Properties,
            Self::Dimensions => Member::Dimensions,
        }
    }

    pub(super) fn parent(self) -> Parent {
        match self {
            Self::Properties => Parent::Properties,
            Self::Dimensions => Parent::Dimensions,
        }
    }
}

/// What stands where an object belongs.
#[derive(Debug, Clone)]
enum Object<'a> {
    Absent,
    /// Something else.
    None,
    /// Null has none.
    Pairs(Vec<Pair<'a>>),
}

/// Members that an item usually has.
const USUAL_MEMBERS: usize = 12;

impl<'a> Members<'a> {
    fn new() -> Self {
        let slots = Vec::with_capacity(USUAL_MEMBERS);
        let objects = [const { Object::Absent }; 2];
        Self { index: [0; MEMBERS.len()], slots, objects, unknown: Vec::new(), bytes: 0 }
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

    /// The pairs of one of the members that hold the item's other ones, with no key twice. They are given once.
    ///
    /// # Errors
    /// When it is no object, has a key twice or has more than [`MEMBERS_MAX`].
    pub(super) fn spread(&mut self, holder: Holder) -> Result<Vec<Pair<'a>>, Rejection> {
        let place = Place::top(holder.parent().name().unwrap_or_default());
        match std::mem::replace(&mut self.objects[holder as usize], Object::Absent) {
            Object::Absent => Ok(Vec::new()),
            Object::None => Err(no_object(place)),
            Object::Pairs(pairs) => checked(pairs, place),
        }
    }

    fn take_object(
        &mut self,
        holder: Holder,
        name: &'static str,
        object: Object<'a>,
    ) -> Result<(), Rejection> {
        if let Object::Pairs(pairs) = &object {
            self.bytes += pairs.iter().map(|(key, raw)| key.len() + raw.len()).sum::<usize>();
        }
        self.objects[holder as usize] = object;
        self.take_known(holder.member(), name, "")
    }

    fn take_known(&mut self, member: Member, name: &'static str, raw: &'a str) -> Result<(), Rejection> {
        if self.set(member, name, Parent::Item, raw) {
            return Ok(());
        }
        Err(Place::top(name).reject("duplicate_member", "is stated twice, or by two of its names"))
    }

    fn take(&mut self, known: Key, key: Cow<'a, str>, raw: &'a str) -> Result<(), Rejection> {
        self.bytes += key.len() + raw.len();
        match known {
            Key::Known(member, name) => self.take_known(member, name, raw),
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
        let members = deserializer.deserialize_any(ObjectVisitor::<Result<Members<'_>, Rejection>>::NEW)?;
        Ok(Self(members.unwrap_or_else(|| Err(Rejection::whole("invalid_type", "is not a JSON object")))))
    }
}

/// A key, borrowed where it holds no escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct KeyText<'a>(#[serde(borrow)] Cow<'a, str>);

/// What an object is read to.
trait FromMap<'de>: Sized {
    fn from_map<A: MapAccess<'de>>(map: A) -> Result<Self, A::Error>;

    /// What null is read to, if that stands for an object.
    fn from_null() -> Option<Self> {
        None
    }
}

impl<'de> FromMap<'de> for Result<Members<'de>, Rejection> {
    fn from_map<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut members = Members::new();
        let mut fault = None;
        while let Some(KeyText(key)) = map.next_key()? {
            let known = Key::of(&key);
            let taken = match known {
                Key::Known(member, name) if let Some(holder) = Holder::of(member) => {
                    let object = map.next_value()?;
                    fault.is_none().then(|| members.take_object(holder, name, object))
                }
                _ => {
                    let raw = map.next_value::<&'de RawValue>()?.get();
                    fault.is_none().then(|| members.take(known, key, raw))
                }
            };
            fault = fault.or_else(|| taken?.err());
        }
        Ok(fault.map_or(Ok(members), Err))
    }
}

impl<'de> FromMap<'de> for Vec<Pair<'de>> {
    fn from_map<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
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

    fn from_null() -> Option<Self> {
        Some(Vec::new())
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = deserializer.deserialize_any(ObjectVisitor::<Vec<Pair<'_>>>::NEW)?;
        Ok(pairs.map_or(Self::None, Self::Pairs))
    }
}

/// Reads an object, or says that something else stands there.
struct ObjectVisitor<T>(PhantomData<T>);

impl<T> ObjectVisitor<T> {
    const NEW: Self = Self(PhantomData);
}

impl<'de, T: FromMap<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::from_map(map).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        // A list may nest as deep as the text is long: each element is skipped without recursion.
        while seq.next_element::<&'de RawValue>()?.is_some() {}
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(T::from_null())
    }
}

/// The pairs of an object in an item, with no key twice.
///
/// # Errors
/// When the value is no object, has a key twice or has more than [`MEMBERS_MAX`].
pub(super) fn pairs<'a>(value: Value<'a>) -> Result<Vec<Pair<'a>>, Rejection> {
    let place = value.place;
    match serde_json::from_str(value.raw).map_err(|_| place.reject("invalid_text", "is no JSON"))? {
        Object::Pairs(pairs) => checked(pairs, place),
        Object::None | Object::Absent => Err(no_object(place)),
    }
}

fn no_object(place: Place<'_>) -> Rejection {
    place.reject("invalid_type", "is not a JSON object")
}

fn checked<'a>(pairs: Vec<Pair<'a>>, place: Place<'_>) -> Result<Vec<Pair<'a>>, Rejection> {
    if pairs.len() > MEMBERS_MAX {
        return Err(place.reject("too_many", format!("has more than {MEMBERS_MAX} members")));
    }
    for (at, (key, raw)) in pairs.iter().enumerate() {
        if pairs[..at].iter().any(|(earlier, _)| earlier == key) {
            return Err(place.reject("duplicate_member", format!("states {key:?} twice")));
        }
        Value { raw, place }.check_depth()?;
    }
    Ok(pairs)
}
