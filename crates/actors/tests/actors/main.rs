//! Actors over a real store in a directory of its own.

mod fixture;
mod intake;
mod poison;
mod refusal;
mod restart;
mod sleep;
