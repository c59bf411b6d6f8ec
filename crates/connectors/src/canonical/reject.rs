//! Why an item is refused: a stable code, a JSON pointer into the item, and a sentence.

use salescope_domain::limits::Refusal;
use std::borrow::Cow;
use std::ops::Deref;

/// Longest excerpt of a sender's text in a message, in bytes: enough to recognise it.
const EXCERPT_BYTES_MAX: usize = 60;

/// An item that cannot become a payload. It is as small as can be: each of an item's values is read to it or to what it says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", .0.pointer, .0.message)]
pub struct Rejection(Box<Reason>);

/// What a [`Rejection`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Stable code.
    pub code: &'static str,
    /// JSON pointer (RFC 6901) into the item; empty for the item itself.
    pub pointer: Cow<'static, str>,
    /// What is wrong.
    pub message: String,
}

impl Rejection {
    /// A rejection of the item as a whole.
    pub fn whole(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Cow::Borrowed(""), message.into())
    }

    fn new(code: &'static str, pointer: Cow<'static, str>, message: String) -> Self {
        Self(Box::new(Reason { code, pointer, message }))
    }

    /// What it says.
    #[must_use]
    pub fn into_reason(self) -> Reason {
        *self.0
    }
}

impl Deref for Rejection {
    type Target = Reason;

    fn deref(&self) -> &Reason {
        &self.0
    }
}

/// Where a value stands in its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'a> {
    /// The member that it is inside of, if any.
    pub(super) parent: Option<&'static str>,
    /// Its own key.
    pub(super) key: &'a str,
}

impl<'a> Place<'a> {
    /// A member of the item itself.
    pub(super) fn top(key: &'a str) -> Self {
        Self { parent: None, key }
    }

    /// A member of a member.
    pub(super) fn inside(parent: &'static str, key: &'a str) -> Self {
        Self { parent: Some(parent), key }
    }

    /// The rejection of what stands here.
    pub(super) fn reject(self, code: &'static str, message: impl Into<String>) -> Rejection {
        let key = escape(self.key);
        let pointer = match self.parent {
            Some(parent) => format!("/{parent}/{key}"),
            None => format!("/{key}"),
        };
        Rejection::new(code, pointer.into(), message.into())
    }

    /// The journal's own refusal, pointing here.
    pub(super) fn refuse(self, refusal: Refusal) -> Rejection {
        self.reject(refusal.code, refusal.message)
    }
}

/// A key as a token of a JSON pointer.
fn escape(key: &str) -> Cow<'_, str> {
    if key.contains(['~', '/']) {
        Cow::Owned(key.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(key)
    }
}

/// The beginning of a sender's text, for a message.
pub(super) fn excerpt(text: &str) -> Cow<'_, str> {
    if text.len() <= EXCERPT_BYTES_MAX {
        return Cow::Borrowed(text);
    }
    let end = (0..=EXCERPT_BYTES_MAX).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    Cow::Owned(format!("{}...", &text[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_escape_what_rfc_6901_reserves() {
        let rejection = Place::inside("properties", "a/b~c").reject("invalid_text", "is no text");
        assert_eq!(rejection.pointer, "/properties/a~1b~0c");
    }

    #[test]
    fn an_excerpt_ends_between_characters() {
        let text = "ä".repeat(100);
        let cut = excerpt(&text);
        assert!(cut.len() <= EXCERPT_BYTES_MAX + 3 && cut.ends_with("ä..."), "{cut}");
    }
}
