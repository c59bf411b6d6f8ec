//! Actors over a real store in a directory of its own.

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod intake;
#[cfg(test)]
mod poison;
#[cfg(test)]
mod refusal;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod sleep;
