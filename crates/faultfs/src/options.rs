//! What the simulated disk does to its files, as a value and as text.

use std::str::FromStr;

/// How a simulated disk behaves. The default loses unsynced writes and does nothing worse.
///
/// As text: `seed:7,early:300,fail_sync:12,full:500+100,grow:1048576`; what is left out is as in the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Which writes reach the file early. The same calls with the same seed give the same files.
    pub seed: u64,
    /// Of a thousand writes, how many reach the file before they are synced; half of them whole, half sector by sector.
    pub early_permille: u32,
    /// The sync, counted from 1 over all files, that fails.
    pub fail_sync_at: Option<u64>,
    /// The writes that find the disk full.
    pub full: Option<Full>,
    /// By how many bytes files may grow altogether before the disk is full.
    pub grow_bytes_max: Option<u64>,
}

/// A stretch of writes, counted from 1 over all files, that find the disk full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full {
    /// The first of them.
    pub from: u64,
    /// How many.
    pub count: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 0, early_permille: 300, fail_sync_at: None, full: None, grow_bytes_max: None }
    }
}

/// Text that does not say how a disk behaves.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{item}' is not an item such as seed:7, early:300, fail_sync:12, full:500+100 or grow:1048576")]
pub struct OptionsError {
    item: String,
}

impl FromStr for Options {
    type Err = OptionsError;

    fn from_str(text: &str) -> Result<Self, OptionsError> {
        let mut options = Self::default();
        for item in text.split(',').filter(|item| !item.is_empty()) {
            options.set(item).ok_or_else(|| OptionsError { item: item.to_owned() })?;
        }
        Ok(options)
    }
}

impl Options {
    fn set(&mut self, item: &str) -> Option<()> {
        let (key, value) = item.split_once(':')?;
        match key {
            "seed" => self.seed = value.parse().ok()?,
            "early" => self.early_permille = value.parse().ok().filter(|permille| *permille <= 1000)?,
            "fail_sync" => self.fail_sync_at = Some(value.parse().ok()?),
            "full" => {
                let (from, count) = value.split_once('+')?;
                self.full = Some(Full { from: from.parse().ok()?, count: count.parse().ok()? });
            }
            "grow" => self.grow_bytes_max = Some(value.parse().ok()?),
            _ => return None,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_from_text() {
        let read = "seed:7,early:50,fail_sync:3,full:10+5,grow:4096".parse();
        let full = Some(Full { from: 10, count: 5 });
        let expected =
            Options { seed: 7, early_permille: 50, fail_sync_at: Some(3), full, grow_bytes_max: Some(4096) };
        assert_eq!(read, Ok(expected));
        assert_eq!("".parse(), Ok(Options::default()));
    }

    #[test]
    fn text_that_is_not_understood_is_refused() {
        for text in ["seed", "seed:x", "early:1001", "full:3", "colour:red"] {
            assert_eq!(text.parse::<Options>(), Err(OptionsError { item: text.to_owned() }));
        }
    }
}
