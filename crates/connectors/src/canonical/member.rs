//! The members that an item may have, by every name that they go by.
//!
//! Invariant: a key means one member, whatever the kind of item; two keys of one member in one item are a duplicate.

/// What a key of an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// A member that is read.
    Known(Member, &'static str),
    /// A member of the envelope that says nothing to the journal: left out in silence.
    LeftOut,
    /// Nothing that we know: left out, and named in the answer.
    Unknown,
}

macro_rules! members {
    ($($(#[$doc:meta])* $member:ident: $($key:literal)|+;)*) => {
        /// A member that is read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Member { $($(#[$doc])* $member,)* }

        /// Every member, in the order of their numbers.
        pub(super) const MEMBERS: &[Member] = &[$(Member::$member,)*];

        impl Member {
            /// The first of its names.
            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$member => [$($key),+][0],)* }
            }
        }

        impl Key {
            /// The member of this name. The usual ones come first: this is a chain of comparisons.
            pub(super) fn of(name: &str) -> Self {
                match name {
                    $($($key => Self::Known(Member::$member, $key),)+)*
                    "schema_version" | "observed_at" | "tenant_id" | "organization_id" | "organisation_id"
                    | "connection_id" | "contact_id" | "stage_name" | "prev_stage" | "fx_rate" | "fx_date"
                    | "changes" | "raw" => Self::LeftOut,
                    _ => Self::Unknown,
                }
            }
        }
    };
}

members! {
    /// The canonical event's type.
    Type: "type";
    /// The type in the plain form, in which unknown types are additive facts.
    EventType: "event_type";
    /// Business time.
    Time: "occurred_at" | "timestamp" | "time";
    /// The event's own id.
    EventId: "event_id";
    /// Which deal.
    Deal: "deal_id";
    /// Whom the fact is about.
    Owner: "user_id" | "owner_id" | "owner";
    /// Money of a deal; the value of an additive fact.
    Amount: "amount";
    /// The amount's currency.
    Currency: "currency";
    /// The organisation's own fields, and deal fields.
    Properties: "properties";
    /// Stage.
    Stage: "stage";
    /// Pipeline.
    Pipeline: "pipeline";
    /// When the deal closes or closed.
    CloseDate: "close_date";
    /// The object's version at its source.
    Version: "version" | "source_version";
    /// Order among equal versions.
    Sequence: "sequence";
    /// The connected system.
    Source: "source";
    /// What a metric point measures.
    MetricType: "metric_type";
    /// A metric point's value.
    Value: "value";
    /// A metric point's dimensions.
    Dimensions: "dimensions";
    /// What goes with a metric point without being a dimension.
    Metadata: "metadata";
    /// A fact's revision.
    Revision: "revision";
    /// Whether a revision only retracts.
    Deleted: "deleted";
    /// Whether the deal closes, 0 to 1.
    Probability: "probability";
    /// The source's forecast.
    ForecastCategory: "forecast_category";
    /// Where the deal stands.
    Status: "status";
    /// Title.
    Name: "name";
    /// Team.
    Team: "team" | "team_id";
    /// Region.
    Region: "region";
    /// Customer company.
    Account: "account_id" | "account";
    /// How the deal was found.
    LeadSource: "lead_source";
    /// What is sold.
    Product: "product" | "products" | "product_id";
    /// When the deal was created.
    CreatedOn: "created_on";
    /// The source's own converted amount.
    AmountHome: "amount_home";
    /// Its currency.
    HomeCurrency: "home_currency";
    /// Who made the change.
    Actor: "actor_id";
    /// How exact the time is.
    Quality: "occurred_at_quality";
    /// What made the change.
    ChangeSource: "change_source";
    /// The activity of `activity_logged`.
    Activity: "activity";
    /// The quota of `quota_set`.
    Quota: "quota";
    /// The deal that stays in a merge.
    Survivor: "survivor";
    /// The deals that go in a merge.
    Losers: "losers";
}

impl Member {
    /// Whether a property of this name sets the deal's field, rather than a field of the organisation's own.
    pub(super) fn is_deal_field(self) -> bool {
        matches!(
            self,
            Self::Owner
                | Self::Currency
                | Self::Stage
                | Self::Pipeline
                | Self::CloseDate
                | Self::Probability
                | Self::ForecastCategory
                | Self::Name
                | Self::Team
                | Self::Region
                | Self::Account
                | Self::LeadSource
                | Self::Product
                | Self::CreatedOn
        )
    }

    /// The dimension that this member is of an additive fact.
    pub(super) fn dimension(self) -> Option<&'static str> {
        Some(match self {
            Self::Owner => "owner",
            Self::Team => "team",
            Self::Deal => "deal_id",
            Self::Account => "account",
            Self::Product => "product",
            Self::Stage => "stage",
            Self::Pipeline => "pipeline",
            Self::Region => "region",
            Self::LeadSource => "lead_source",
            Self::Currency => "currency",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_goes_by_each_of_its_names() {
        assert_eq!(Key::of("timestamp"), Key::Known(Member::Time, "timestamp"));
        assert_eq!(Key::of("occurred_at"), Key::Known(Member::Time, "occurred_at"));
        assert_eq!(Key::of("raw"), Key::LeftOut);
        assert_eq!(Key::of("Timestamp"), Key::Unknown);
    }

    #[test]
    fn members_are_numbered_from_zero_in_their_order() {
        for (number, member) in MEMBERS.iter().enumerate() {
            assert_eq!(*member as usize, number);
        }
    }
}
