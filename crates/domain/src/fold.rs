//! The rules by which a deal event changes a deal where it does not say so itself.
//!
//! These are decisions over values, shared by everything that folds the journal. A fold also keeps to this:
//! a deal's later version is known, and takes effect, no earlier than the one before it (both times run forward along a
//! deal's versions); a merged deal's later events change nothing; after a merge the survivor's creation is never later
//! than the earliest creation among the merged.

use crate::{Date, DealEvent, DealEventKind, Patch, Status};

/// Where the deal stands after `event`: what the event states, else what its kind means.
#[must_use]
pub fn status_after(event: &DealEvent, before: Option<Status>) -> Status {
    if let Patch::Set(status) = event.set.status {
        return status;
    }
    match event.kind {
        DealEventKind::DealClosedWon => Status::Won,
        DealEventKind::DealClosedLost => Status::Lost,
        DealEventKind::DealReopened => Status::Open,
        DealEventKind::DealDeleted => Status::Deleted,
        DealEventKind::DealCreated => {
            before.filter(|status| *status != Status::Deleted).unwrap_or(Status::Open)
        }
        DealEventKind::DealUpdated | DealEventKind::StageChanged | DealEventKind::OwnerChanged => {
            before.unwrap_or(Status::Open)
        }
    }
}

/// The close date after `event`: the stated one; else, where the event closes the deal, the local date of the event;
/// else the one before.
#[must_use]
pub fn close_date_after(
    event: &DealEvent,
    before: Option<(Status, Option<Date>)>,
    local_date: impl FnOnce() -> Date,
) -> Option<Date> {
    match event.set.close_date {
        Patch::Set(date) => Some(date),
        Patch::Clear => None,
        Patch::Keep => {
            let status = status_after(event, before.map(|(status, _)| status));
            let closes = matches!(status, Status::Won | Status::Lost)
                && before.is_none_or(|(before, _)| before != status);
            if closes { Some(local_date()) } else { before.and_then(|(_, date)| date) }
        }
    }
}

/// The creation date after `event`: the stated one; else, where the event creates a deal that had none, its local date;
/// else the one before. `merged_floor` is the earliest creation among deals merged into this one.
#[must_use]
pub fn created_on_after(
    event: &DealEvent,
    before: Option<Date>,
    merged_floor: Option<Date>,
    local_date: impl FnOnce() -> Date,
) -> Option<Date> {
    let own = match event.set.created_on {
        Patch::Set(date) => Some(date),
        Patch::Clear => None,
        Patch::Keep if event.kind == DealEventKind::DealCreated && before.is_none() => Some(local_date()),
        Patch::Keep => before,
    };
    match (own, merged_floor) {
        (Some(own), Some(floor)) => Some(own.min(floor)),
        (own, floor) => own.or(floor),
    }
}
