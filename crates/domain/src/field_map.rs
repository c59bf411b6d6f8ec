//! Own fields and their values: few, in one piece of memory, sorted by name.

use crate::FieldName;
use litemap::LiteMap;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// Values by the name of their field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMap<V>(LiteMap<FieldName, V>);

impl<V> FieldMap<V> {
    /// No fields.
    #[must_use]
    pub const fn new() -> Self {
        Self(LiteMap::new_vec())
    }

    /// No fields, with room for some.
    #[must_use]
    pub fn with_capacity(fields: usize) -> Self {
        Self(LiteMap::with_capacity(fields))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<V> Default for FieldMap<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> Deref for FieldMap<V> {
    type Target = LiteMap<FieldName, V>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<V> DerefMut for FieldMap<V> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// The last of equal names counts.
impl<V> FromIterator<(FieldName, V)> for FieldMap<V> {
    fn from_iter<I: IntoIterator<Item = (FieldName, V)>>(fields: I) -> Self {
        let mut map = Self::new();
        map.extend(fields);
        map
    }
}

impl<V, const N: usize> From<[(FieldName, V); N]> for FieldMap<V> {
    fn from(fields: [(FieldName, V); N]) -> Self {
        fields.into_iter().collect()
    }
}

impl<V: Serialize> Serialize for FieldMap<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for FieldMap<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields(PhantomData))
    }
}

struct Fields<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for Fields<V> {
    type Value = FieldMap<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of fields and values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = FieldMap::new();
        while let Some((name, value)) = map.next_entry()? {
            fields.insert(name, value);
        }
        Ok(fields)
    }
}

impl<C, V: minicbor::Encode<C>> minicbor::Encode<C> for FieldMap<V> {
    fn encode<W: minicbor::encode::Write>(
        &self,
        encoder: &mut minicbor::Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.map(self.len() as u64)?;
        for (name, value) in self.iter() {
            name.encode(encoder, context)?;
            value.encode(encoder, context)?;
        }
        Ok(())
    }
}

impl<'b, C, V: minicbor::Decode<'b, C>> minicbor::Decode<'b, C> for FieldMap<V> {
    fn decode(decoder: &mut minicbor::Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
        let mut fields = Self::new();
        for field in decoder.map_iter_with(context)? {
            let (name, value) = field?;
            fields.insert(name, value);
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_says_the_same_as_a_sorted_map_in_each_form(fields in prop::collection::vec(("[a-z]{1,3}", any::<u8>()), 0..12)) {
            let named = fields.iter().map(|(name, value)| (FieldName::new(name).unwrap(), *value));
            let (sorted, map): (BTreeMap<FieldName, u8>, FieldMap<u8>) = (named.clone().collect(), named.collect());
            prop_assert!(map.iter().eq(&sorted));
            let json = serde_json::to_string(&map).unwrap();
            prop_assert_eq!(&json, &serde_json::to_string(&sorted).unwrap());
            prop_assert_eq!(&serde_json::from_str::<FieldMap<u8>>(&json).unwrap(), &map);
            let cbor = minicbor::to_vec(&map).unwrap();
            prop_assert_eq!(&cbor, &minicbor::to_vec(&sorted).unwrap());
            prop_assert_eq!(minicbor::decode::<FieldMap<u8>>(&cbor).unwrap(), map);
        }
    }
}
