#![doc = include_str!("../README.md")]

pub mod deal_step;
pub mod histories;
pub mod history;
pub mod kpis;
pub mod make;
pub mod queries;
pub mod rng;

pub use deal_step::DealStep;
pub use history::History;
pub use rng::Rng;
