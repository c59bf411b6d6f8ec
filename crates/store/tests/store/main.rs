//! Tests of the store: the contract that every backend keeps, run over each backend, and what is a backend's own.

#[cfg(test)]
mod contract;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod sqlite;
