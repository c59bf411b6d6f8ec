#![doc = include_str!("../README.md")]

pub mod account;
pub mod activity;
pub mod calendar;
pub mod compact;
pub mod content;
pub mod date;
pub mod deal;
pub mod deal_view;
pub mod decimal;
pub mod definition;
pub mod directory_view;
pub mod entry;
pub mod explanation;
pub mod field_map;
pub mod fold;
pub mod ids;
pub mod instant;
pub mod limits;
pub mod live;
pub mod metric;
pub mod money;
pub mod news;
pub mod patch;
pub mod person;
pub mod pipeline;
pub mod product;
pub mod quarantine;
pub mod query;
pub mod quota;
pub mod rate;
pub mod series;
pub mod settings;
pub mod stats;
pub mod version;
pub mod window;
pub mod zone;

pub use account::Account;
pub use activity::{Activity, ActivityKind};
pub use calendar::{Calendar, CalendarHistory, Pattern, Weekday};
pub use date::Date;
pub use deal::{
    ChangeSource, DealEvent, DealEventKind, DealFields, DealMerge, ForecastCategory, HomeAmount, ProductLine,
    Quality, Status,
};
pub use deal_view::{DealCursor, DealFilter, DealPage, DealStatus, DealVersion, DealView};
pub use decimal::Decimal;
pub use definition::{
    Better, Condition, Definition, InputSpec, IntervalSpec, ParameterSpec, PartSpec, ShareSpec,
};
pub use directory_view::{PersonView, QuotaView, RateView, StageView, TeamView};
pub use entry::{Entry, Identity, Payload};
pub use explanation::{ChangeLine, ChangeReport, ExplainedInput, Explanation, Included, LeftOut};
pub use field_map::FieldMap;
pub use ids::*;
pub use instant::Instant;
pub use live::{LiveAnswer, LiveQuestion, Window};
pub use metric::MetricPoint;
pub use money::{Currency, Money};
pub use patch::Patch;
pub use person::{Person, Team};
pub use pipeline::{Pipeline, Stage, StageOutcome};
pub use product::Product;
pub use quarantine::{Quarantine, Release};
pub use query::{Answer, Dimension, Filters, Group, Query};
pub use quota::{Quota, QuotaHolder, QuotaTarget};
pub use rate::ExchangeRate;
pub use series::{Bucket, Change, Comparison, Series};
pub use settings::{Credit, FxPolicy, KpiDefinitionEntry, OrgSettings, SettingsChange};
pub use version::{Basis, Version};
pub use window::{DateRange, Grain};
pub use zone::Zone;
