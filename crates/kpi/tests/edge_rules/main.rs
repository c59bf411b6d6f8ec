//! The edge rules, one by one: a small history, a question, figures computed by hand. Each answer is also the oracle's.

mod activities;
mod calendars;
mod common;
mod deals;
mod delivery;
mod explain;
mod few_deals;
mod fixture;
mod listings;
mod merges;
mod missing_history;
mod money;
mod moves;
mod own_kpis;
mod products;
mod properties;
mod series;
mod snapshots;
mod story;
mod times;
