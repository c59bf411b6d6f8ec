//! Salescope's own JSON: events, additive facts and metric points, as REST, webhooks and Kafka carry them.
//!
//! Two steps. [`parse`] finds an item's members in one pass and borrows them; the caller then resolves the people and
//! teams that [`Draft::people`] and [`Draft::teams`] name, and [`Draft::build`] makes the payload. Functions over text:
//! no I/O, no clock.
//!
//! Three kinds of item, told apart by a member:
//!
//! | Member | Item |
//! |---|---|
//! | `type` | the canonical event: deal events, `activity_logged`, `quota_set`, `deal_merged`; other types are refused |
//! | `event_type` | the plain event: the same types, any other one is an additive fact of that name |
//! | `metric_type` | a metric point |
//!
//! Additive facts without an `event_id` get `h_` and 32 hex digits of SHA-256 over what they say, so that sending the
//! same again counts once. Whoever means two equal facts gives each its `event_id`.

mod additive;
mod batch;
mod build;
mod deal;
mod digest;
mod draft;
mod fields;
mod member;
mod objects;
mod reject;
mod scan;
#[cfg(test)]
mod tests;
mod value;

pub use batch::{Malformed, Parsed, parse, read_all, read_lines};
pub use build::{Defaults, Ids};
pub use draft::Draft;
pub use reject::{Reason, Rejection};
pub use scan::MEMBERS_MAX;
