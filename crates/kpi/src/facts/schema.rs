//! The facts' names and fields: what a definition may mention.

/// A kind of fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Fact {
    DealClosed,
    DealCreated,
    DealOpen,
    DueAtStart,
    StageEntered,
    StageLeft,
    StageReached,
    CloseDateMoved,
    PipelineStep,
    FrozenForecast,
    Activity,
    MetricPoint,
    Quota,
    Rep,
}

/// What a field measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldKind {
    /// The fact's amount.
    Amount,
    /// The amount times the probability.
    Weighted,
    /// Whole days.
    Days,
    /// Milliseconds, told in days.
    Milliseconds,
    /// A plain number: a share, or a metric's value.
    Number,
}

/// A fact's fields.
#[derive(Debug)]
pub(crate) struct Schema {
    pub fact: Fact,
    pub name: &'static str,
    /// What the fact is, in one sentence.
    pub about: &'static str,
    /// A field with a closed list of values.
    pub code: Option<(&'static str, &'static [&'static str])>,
    /// Yes-or-no fields, by bit.
    pub flags: &'static [&'static str],
    /// Fields that can be summed.
    pub fields: &'static [(&'static str, FieldKind)],
}

/// Outcome codes of closed and created deals.
pub(crate) const OUTCOME_WON: u8 = 0;
pub(crate) const OUTCOME_LOST: u8 = 1;
pub(crate) const OUTCOME_OPEN: u8 = 2;
/// Flags of closed deals.
pub(crate) const CLOSED_BEFORE_END: u8 = 1;
/// Flags of open deals.
pub(crate) const OPEN_DUE_IN_RANGE: u8 = 1;
pub(crate) const OPEN_OVERDUE: u8 = 2;
pub(crate) const OPEN_STALE: u8 = 4;
pub(crate) const OPEN_HAS_PROBABILITY: u8 = 8;
/// Codes of frozen forecasts.
pub(crate) const FROZEN_WON: u8 = 0;
pub(crate) const FROZEN_COMMIT: u8 = 1;
/// The flag of the other facts: `slipped`, `moved_on`, `reached_next`, `later`, `at_end`, `bulk`, `at_quota`.
pub(crate) const FIRST: u8 = 1;

/// Steps of the waterfall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Start,
    New,
    Reopened,
    PulledIn,
    Increased,
    TransferredIn,
    Won,
    Lost,
    PushedOut,
    Decreased,
    Removed,
    TransferredOut,
    Currency,
    End,
}

/// The steps' names, by code.
pub(crate) const STEPS: [&str; 14] = [
    "start",
    "new",
    "reopened",
    "pulled_in",
    "increased",
    "transferred_in",
    "won",
    "lost",
    "pushed_out",
    "decreased",
    "removed",
    "transferred_out",
    "currency",
    "end",
];

/// Forecast categories of open deals, by code; the last is "none".
pub(crate) const CATEGORIES: [&str; 7] =
    ["pipeline", "best_case", "most_likely", "commit", "closed", "omitted", "none"];

/// Kinds of activity, by code.
pub(crate) const ACTIVITY_KINDS: [&str; 6] = ["call", "email", "meeting", "task", "note", "other"];

/// Attainment bands, by code.
pub(crate) const BANDS: [&str; 5] = ["below_50", "from_50", "from_80", "from_100", "above_120"];

const OUTCOMES: &[&str] = &["won", "lost", "open"];

/// Every fact.
pub(crate) const SCHEMAS: [Schema; 14] = [
    Schema {
        fact: Fact::DealClosed,
        name: "deal_closed",
        about: "A deal that is won or lost, on its close date.",
        code: Some(("outcome", &["won", "lost"])),
        flags: &["before_end"],
        fields: &[("amount", FieldKind::Amount), ("cycle", FieldKind::Days)],
    },
    Schema {
        fact: Fact::DealCreated,
        name: "deal_created",
        about: "A deal that is open, won or lost, on its creation date; its amount is the first one it had.",
        code: Some(("outcome", OUTCOMES)),
        flags: &[],
        fields: &[("amount", FieldKind::Amount)],
    },
    Schema {
        fact: Fact::DealOpen,
        name: "deal_open",
        about: "A deal that is open at the end of the range, or now if that is earlier.",
        code: Some(("category", &CATEGORIES)),
        flags: &["due_in_range", "overdue", "stale", "has_probability"],
        fields: &[("amount", FieldKind::Amount), ("weighted", FieldKind::Weighted)],
    },
    Schema {
        fact: Fact::DueAtStart,
        name: "due_at_start",
        about: "A deal that is open when the range begins, and due in it.",
        code: None,
        flags: &["slipped"],
        fields: &[],
    },
    Schema {
        fact: Fact::StageEntered,
        name: "stage_entered",
        about: "A deal and a stage that it entered in the range.",
        code: None,
        flags: &["moved_on"],
        fields: &[],
    },
    Schema {
        fact: Fact::StageLeft,
        name: "stage_left",
        about: "A deal leaving a stage in the range.",
        code: None,
        flags: &[],
        fields: &[("time", FieldKind::Milliseconds)],
    },
    Schema {
        fact: Fact::StageReached,
        name: "stage_reached",
        about: "A deal created in the range and a stage that it reached or passed.",
        code: None,
        flags: &["reached_next"],
        fields: &[],
    },
    Schema {
        fact: Fact::CloseDateMoved,
        name: "close_date_moved",
        about: "A change of an open deal's close date in the range.",
        code: None,
        flags: &["later"],
        fields: &[("moved", FieldKind::Days)],
    },
    Schema {
        fact: Fact::PipelineStep,
        name: "pipeline_step",
        about: "A step of the pipeline waterfall.",
        code: Some(("step", &STEPS)),
        flags: &["at_end"],
        fields: &[("amount", FieldKind::Amount)],
    },
    Schema {
        fact: Fact::FrozenForecast,
        name: "frozen_forecast",
        about: "A deal in the forecast as it stood `week` weeks into the range.",
        code: Some(("part", &["won", "commit"])),
        flags: &[],
        fields: &[("amount", FieldKind::Amount)],
    },
    Schema {
        fact: Fact::Activity,
        name: "activity",
        about: "An activity in the range.",
        code: Some(("kind", &ACTIVITY_KINDS)),
        flags: &["bulk"],
        fields: &[],
    },
    Schema {
        fact: Fact::MetricPoint,
        name: "metric_point",
        about: "A metric point in the range, of the type that parameter `metric_type` names.",
        code: None,
        flags: &[],
        fields: &[("value", FieldKind::Number)],
    },
    Schema {
        fact: Fact::Quota,
        name: "quota",
        about: "A quota that overlaps the range, prorated by days.",
        code: None,
        flags: &[],
        fields: &[("target", FieldKind::Amount)],
    },
    Schema {
        fact: Fact::Rep,
        name: "rep",
        about: "A person with a quota in the range, and what share of it they won.",
        code: Some(("band", &BANDS)),
        flags: &["at_quota"],
        fields: &[],
    },
];

/// A fact as users are told of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FactInfo {
    /// Its name in a definition's `fact`.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// A field for `where` with a closed list of values, and the values.
    pub code: Option<(&'static str, &'static [&'static str])>,
    /// Fields for `where` that are true or false.
    pub flags: &'static [&'static str],
    /// Fields for `measure`.
    pub fields: Vec<&'static str>,
}

/// The closed list of facts that definitions choose among.
#[must_use]
pub fn facts() -> Vec<FactInfo> {
    let info = |schema: &Schema| FactInfo {
        name: schema.name,
        about: schema.about,
        code: schema.code,
        flags: schema.flags,
        fields: schema.fields.iter().map(|(name, _)| *name).collect(),
    };
    SCHEMAS.iter().map(info).collect()
}

impl Fact {
    /// The fact's fields.
    pub(crate) fn schema(self) -> &'static Schema {
        SCHEMAS.iter().find(|schema| schema.fact == self).expect("every fact has a schema")
    }

    /// Whether its rows come from deals one by one.
    pub(crate) fn is_of_deals(self) -> bool {
        !matches!(self, Self::Activity | Self::MetricPoint | Self::Quota | Self::Rep)
    }

    /// Whether it lies on a date of the deal's own, whatever the range and the time: the facts that a view keeps in daily
    /// panes.
    pub(crate) fn has_day(self) -> bool {
        matches!(self, Self::DealClosed | Self::DealCreated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_in_the_order_of_their_names() {
        assert_eq!(STEPS[Step::Start as usize], "start");
        assert_eq!(STEPS[Step::TransferredOut as usize], "transferred_out");
        assert_eq!(STEPS[Step::End as usize], "end");
        assert_eq!(STEPS.len(), Step::End as usize + 1);
        let widest = SCHEMAS.iter().filter_map(|schema| schema.code).map(|(_, codes)| codes.len()).max();
        assert!(widest <= Some(32), "an input keeps its codes in 32 bits");
        assert!(SCHEMAS.iter().all(|schema| schema.flags.len() <= 8), "and its flags in 8");
    }
}
