//! SQLite on a simulated disk: what the real files hold at some instant is what a power cut then would have left.

#[cfg(test)]
mod failures;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod power;
