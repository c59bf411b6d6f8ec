//! A field of a change: left alone, set, or cleared.
//!
//! In JSON an absent member keeps, `null` clears, anything else sets.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a change does to one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Not mentioned.
    #[default]
    Keep,
    /// Stated to be absent.
    Clear,
    /// Stated.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether the field is not mentioned.
    #[must_use]
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// The stated value.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        if let Self::Set(value) = self { Some(value) } else { None }
    }

    /// Carries the change out on `target`.
    pub fn apply_to(&self, target: &mut Option<T>)
    where
        T: Clone,
    {
        match self {
            Self::Keep => {}
            Self::Clear => *target = None,
            Self::Set(value) => *target = Some(value.clone()),
        }
    }
}

impl<T> From<Option<T>> for Patch<T> {
    /// `None` clears: for snapshots, which state every field.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Clear, Self::Set)
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Holder {
        #[serde(default, skip_serializing_if = "Patch::is_keep")]
        field: Patch<u8>,
    }

    #[test]
    fn absent_keeps_null_clears_and_a_value_sets() {
        for (json, field) in
            [("{}", Patch::Keep), (r#"{"field":null}"#, Patch::Clear), (r#"{"field":7}"#, Patch::Set(7))]
        {
            let holder: Holder = serde_json::from_str(json).unwrap();
            assert_eq!(holder.field, field);
            assert_eq!(serde_json::to_string(&holder).unwrap(), json);
        }
    }
}
