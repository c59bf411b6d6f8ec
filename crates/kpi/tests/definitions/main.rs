//! Definition files: the built-in ones check, what is wrong with a file is said in words, and the how-to's examples work.

mod common;
mod errors;
mod how_to;
