//! The line of text that says what to arm, read completely before anything is armed.

/// Why a line was not understood. Nothing is armed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// The program was built without the feature `faults`.
    #[error("this program was built without test switches")]
    NotBuiltIn,
    /// An item is not `key=value`, or the key is none.
    #[error("'{0}' is not an item such as kill=POINT@N, sabotage=NAME or clock_offset_ms=MS")]
    Item(String),
    /// There is no failpoint of that name.
    #[error("there is no failpoint '{0}'")]
    Point(String),
    /// There is no sabotage of that name.
    #[error("there is no sabotage '{0}'")]
    Sabotage(String),
    /// A number is missing, negative where it must not be, or none.
    #[error("'{0}' needs a number, as in kill=journal.commit.after@17")]
    Number(String),
    /// Two actions for one failpoint.
    #[error("the failpoint '{0}' has two actions")]
    TwoActions(String),
    /// The file for the hits cannot be made.
    #[error("the file '{path}' for the hits cannot be made: {reason}")]
    HitsFile {
        /// As given.
        path: String,
        /// What the system said.
        reason: String,
    },
}

#[cfg(feature = "faults")]
pub(crate) use parsed::{Action, Arm, Spec};

#[cfg(feature = "faults")]
mod parsed {
    use super::SpecError;
    use crate::names::{POINTS, index_of_point, index_of_sabotage};
    use std::time::Duration;

    /// What happens at an armed failpoint.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Action {
        Kill,
        Pause,
        Delay(Duration),
        Fail { from_then_on: bool },
    }

    /// An action and the hit, counted from 1, at which it happens.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Arm {
        pub(crate) action: Action,
        pub(crate) at: u64,
    }

    /// A line, understood.
    #[derive(Debug, Clone, PartialEq, Eq, Default)]
    pub(crate) struct Spec {
        pub(crate) arms: [Option<Arm>; POINTS.len()],
        pub(crate) sabotages: Vec<usize>,
        pub(crate) clock_offset_ms: i64,
        pub(crate) hits_file: Option<String>,
        pub(crate) disk: Option<String>,
    }

    impl Spec {
        pub(crate) fn parse(line: &str) -> Result<Self, SpecError> {
            let mut spec = Self::default();
            for item in line.split(';').map(str::trim).filter(|item| !item.is_empty()) {
                let (key, value) = item.split_once('=').ok_or_else(|| SpecError::Item(item.to_owned()))?;
                match key {
                    "kill" | "pause" | "delay" | "fail" => spec.arm(key, value)?,
                    "sabotage" => {
                        let unknown = || SpecError::Sabotage(value.to_owned());
                        spec.sabotages.push(index_of_sabotage(value).ok_or_else(unknown)?);
                    }
                    "clock_offset_ms" => spec.clock_offset_ms = number(value, item)?,
                    "hits_file" => spec.hits_file = Some(value.to_owned()),
                    "disk" => spec.disk = Some(value.to_owned()),
                    _ => return Err(SpecError::Item(item.to_owned())),
                }
            }
            Ok(spec)
        }

        fn arm(&mut self, key: &str, value: &str) -> Result<(), SpecError> {
            let (name, when) = value.split_once('@').ok_or_else(|| SpecError::Number(value.to_owned()))?;
            let place = index_of_point(name).ok_or_else(|| SpecError::Point(name.to_owned()))?;
            let arm = match key {
                "kill" => Arm { action: Action::Kill, at: hit(when, value)? },
                "pause" => Arm { action: Action::Pause, at: hit(when, value)? },
                "delay" => {
                    let (at, ms) = when.split_once(':').ok_or_else(|| SpecError::Number(value.to_owned()))?;
                    Arm {
                        action: Action::Delay(Duration::from_millis(number(ms, value)?)),
                        at: hit(at, value)?,
                    }
                }
                _ => {
                    let at = hit(when.trim_end_matches('+'), value)?;
                    Arm { action: Action::Fail { from_then_on: when.ends_with('+') }, at }
                }
            };
            match self.arms[place].replace(arm) {
                Some(_) => Err(SpecError::TwoActions(name.to_owned())),
                None => Ok(()),
            }
        }
    }

    fn hit(text: &str, item: &str) -> Result<u64, SpecError> {
        number(text, item)
            .and_then(|at| if at == 0 { Err(SpecError::Number(item.to_owned())) } else { Ok(at) })
    }

    fn number<T: std::str::FromStr>(text: &str, item: &str) -> Result<T, SpecError> {
        text.parse().map_err(|_| SpecError::Number(item.to_owned()))
    }
}
