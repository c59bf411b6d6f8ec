//! Every code that an answer may carry, and the status that goes with it: a closed list.
//!
//! Invariant: each code has its page in `docs/errors`, and each page its code; a test holds the two together.

use http::StatusCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $name:literal, $status:ident, $title:literal;)*) => {
        /// What went wrong, as a stable code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $code,)* }

        /// Every code.
        pub const CODES: &[Code] = &[$(Code::$code,)*];

        impl Code {
            /// As it is written.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// The status of an answer with it.
            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $(Self::$code => StatusCode::$status,)* }
            }

            /// What it means, in a few words: the same for every occurrence.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$code => $title,)* }
            }

            /// Its page, as Markdown.
            #[must_use]
            pub fn page(self) -> &'static str {
                match self {
                    $(Self::$code => {
                        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors/", $name, ".md"))
                    })*
                }
            }

            /// The code of this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$code),)* _ => None }
            }
        }
    };
}

codes! {
    /// The body is no JSON.
    InvalidJson = "invalid_json", BAD_REQUEST, "The body is not valid JSON";
    /// The address takes WebSocket handshakes alone.
    NotAWebSocket = "not_a_websocket", BAD_REQUEST, "The request is no WebSocket handshake";
    /// There are as many live connections as there may be.
    TooManyConnections = "too_many_connections", TOO_MANY_REQUESTS, "There are too many live connections";
    /// A subscription that cannot be.
    InvalidSubscription = "invalid_subscription", BAD_REQUEST, "The subscription cannot be made or ended";
    /// The body is no UTF-8.
    InvalidUtf8 = "invalid_utf8", BAD_REQUEST, "The body is not valid UTF-8";
    /// There is no body.
    EmptyBody = "empty_body", BAD_REQUEST, "The body is empty";
    /// The body broke off.
    BodyBroken = "body_broken", BAD_REQUEST, "The body broke off";
    /// The body does not unpack.
    InvalidEncoding = "invalid_encoding", BAD_REQUEST, "The body does not unpack";
    /// A member of the body is missing or wrong.
    InvalidBody = "invalid_body", UNPROCESSABLE_ENTITY, "The body says something that cannot be";
    /// The one item of the body was refused.
    RejectedItem = "rejected_item", UNPROCESSABLE_ENTITY, "The item was refused";
    /// Part of the path cannot be read.
    InvalidPath = "invalid_path", BAD_REQUEST, "The path cannot be read";
    /// A parameter of the query string or of a KPI is wrong.
    InvalidParameter = "invalid_parameter", BAD_REQUEST, "A parameter is wrong";
    /// The media type is none that is read here.
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "The media type is not supported";
    /// The content encoding is none that is read here.
    UnsupportedEncoding = "unsupported_encoding", UNSUPPORTED_MEDIA_TYPE, "The content encoding is not supported";
    /// The body is too large.
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE, "The body is too large";
    /// The body holds too many items.
    TooManyItems = "too_many_items", PAYLOAD_TOO_LARGE, "The body holds too many items";
    /// More than one call takes.
    TooMany = "too_many", PAYLOAD_TOO_LARGE, "More than one call takes";
    /// The body came too slowly.
    SlowBody = "slow_body", REQUEST_TIMEOUT, "The body came too slowly";
    /// No valid key.
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "A valid API key is needed";
    /// Nothing at this address.
    NotFound = "not_found", NOT_FOUND, "There is nothing at this address";
    /// This address has other methods.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "This address has no such method";
    /// No room for more work.
    Overloaded = "overloaded", TOO_MANY_REQUESTS, "No room for more work right now";
    /// As many questions wait as may.
    TooBusy = "too_busy", TOO_MANY_REQUESTS, "Too many questions wait already";
    /// Nothing can be committed or read now.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "Not available right now";
    /// Somebody is erased, and old bytes may still be in a file.
    ErasureUnfinished = "erasure_unfinished", SERVICE_UNAVAILABLE, "Erased, but not yet overwritten";
    /// The organisation's state is at its bound.
    OrganisationFull = "organisation_full", INSUFFICIENT_STORAGE, "The organisation's state is full";
    /// The organisation's data is damaged.
    DataDamaged = "data_damaged", INTERNAL_SERVER_ERROR, "Stored data is damaged";
    /// A defect.
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something is wrong on our side";
    /// No such organisation.
    UnknownOrganisation = "unknown_organisation", NOT_FOUND, "There is no such organisation";
    /// An organisation of that name is there.
    OrganisationExists = "organisation_exists", CONFLICT, "The organisation exists already";
    /// No such deal.
    UnknownDeal = "unknown_deal", NOT_FOUND, "There is no such deal";
    /// No such person.
    UnknownPerson = "unknown_person", NOT_FOUND, "There is no such person";
    /// No such dead letter.
    UnknownDeadLetter = "unknown_dead_letter", NOT_FOUND, "There is no such dead letter";
    /// A name or external id that cannot be kept.
    InvalidName = "invalid_name", UNPROCESSABLE_ENTITY, "A name cannot be kept";
    /// A cursor of another list.
    InvalidCursor = "invalid_cursor", BAD_REQUEST, "The cursor is none of this list";
    /// A definition that is none.
    InvalidDefinition = "invalid_definition", UNPROCESSABLE_ENTITY, "The KPI definition is not valid";
    /// Before what is kept.
    BeforeHistoryHorizon = "before_history_horizon", UNPROCESSABLE_ENTITY, "That lies before the history that is kept";
    /// History is not cut off, as a figure is in doubt.
    HistoryNotVerified = "history_not_verified", CONFLICT, "The history is kept, as a figure is in doubt";
    /// An entry that only the engine journals.
    ControlEntry = "control_entry", UNPROCESSABLE_ENTITY, "Control entries cannot be submitted";
    /// A question that cannot be answered, for a reason without a code of its own.
    InvalidQuestion = "invalid_question", UNPROCESSABLE_ENTITY, "The question cannot be answered";
    /// No such KPI.
    UnknownKpi = "unknown_kpi", NOT_FOUND, "There is no such KPI";
    /// No such dimension.
    UnknownDimension = "unknown_dimension", BAD_REQUEST, "There is no such dimension";
    /// Groups that cannot be made.
    InvalidGroupBy = "invalid_group_by", BAD_REQUEST, "The grouping is wrong";
    /// No such parameter of the KPI.
    UnknownParameter = "unknown_parameter", BAD_REQUEST, "The KPI has no such parameter";
    /// A parameter that has to be stated.
    ParameterMissing = "parameter_missing", BAD_REQUEST, "A parameter is missing";
    /// A series of too many buckets.
    TooManyBuckets = "too_many_buckets", BAD_REQUEST, "The series has too many buckets";
    /// Hours of facts that hang on dates.
    GrainTooFine = "grain_too_fine", BAD_REQUEST, "The grain is too fine";
    /// The KPI stands on one that is gone.
    DefinitionBroken = "definition_broken", CONFLICT, "The KPI can no longer be computed";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_has_a_name_of_its_own_that_is_found_again() {
        let names: BTreeSet<&str> = CODES.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), CODES.len());
        for code in CODES {
            assert_eq!(Code::named(code.name()), Some(*code));
            assert!(code.status().is_client_error() || code.status().is_server_error());
        }
    }
}
