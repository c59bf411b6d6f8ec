//! The overlay of one file: sectors whose contents differ, or may differ, from the real file's.

use std::collections::BTreeMap;
use std::ops::Range;

/// What a disk writes in one go.
pub(crate) const SECTOR_BYTES: usize = 512;

const SECTOR: u64 = SECTOR_BYTES as u64;

/// One sector of the overlay.
pub(crate) struct Sector {
    pub(crate) bytes: Box<[u8; SECTOR_BYTES]>,
    /// A sync that failed has given it up: it can be read and is never written.
    pub(crate) given_up: bool,
}

/// Sectors by their number.
#[derive(Default)]
pub(crate) struct Sectors(BTreeMap<u64, Sector>);

impl Sectors {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, number: u64) -> bool {
        self.0.contains_key(&number)
    }

    pub(crate) fn get(&self, number: u64) -> Option<&Sector> {
        self.0.get(&number)
    }

    pub(crate) fn remove(&mut self, number: u64) -> Option<Sector> {
        self.0.remove(&number)
    }

    pub(crate) fn put(&mut self, number: u64, bytes: Box<[u8; SECTOR_BYTES]>) {
        self.0.insert(number, Sector { bytes, given_up: false });
    }

    /// Overlays what the file holds at `offset`, which is in `target`.
    pub(crate) fn read(&self, offset: u64, target: &mut [u8]) {
        for (&number, sector) in self.0.range(numbers(offset, target.len())) {
            let (in_target, in_sector) = overlap(number, offset, target.len());
            target[in_target].copy_from_slice(&sector.bytes[in_sector]);
        }
    }

    /// Changes the bytes of a sector that is there.
    pub(crate) fn patch(&mut self, number: u64, offset: u64, data: &[u8]) {
        if let Some(sector) = self.0.get_mut(&number) {
            let (in_data, in_sector) = overlap(number, offset, data.len());
            sector.bytes[in_sector].copy_from_slice(&data[in_data]);
            sector.given_up = false;
        }
    }

    /// Forgets what stands at `size` and after it.
    pub(crate) fn truncate(&mut self, size: u64) {
        self.0.split_off(&size.div_ceil(SECTOR));
        if let Some(last) = self.0.get_mut(&(size / SECTOR)) {
            last.bytes[(size % SECTOR) as usize..].fill(0);
        }
    }

    /// Whatever was not written is never written.
    pub(crate) fn give_up(&mut self) {
        self.0.values_mut().for_each(|sector| sector.given_up = true);
    }

    /// The sectors that a sync writes, as runs of neighbours in order; they stay in the overlay.
    pub(crate) fn runs(&self) -> Vec<(u64, Vec<u8>)> {
        let mut runs: Vec<(u64, Vec<u8>)> = Vec::new();
        for (&number, sector) in self.0.iter().filter(|(_, sector)| !sector.given_up) {
            let start = number * SECTOR;
            match runs.last_mut() {
                Some((first, bytes)) if *first + bytes.len() as u64 == start => {
                    bytes.extend(&sector.bytes[..]);
                }
                _ => runs.push((start, sector.bytes.to_vec())),
            }
        }
        runs
    }

    /// A sync has written them.
    pub(crate) fn written(&mut self) {
        self.0.retain(|_, sector| sector.given_up);
    }
}

/// The sectors that `length` bytes at `offset` touch.
pub(crate) fn numbers(offset: u64, length: usize) -> Range<u64> {
    offset / SECTOR..(offset + length as u64).div_ceil(SECTOR)
}

/// Where a sector begins.
pub(crate) fn start(number: u64) -> u64 {
    number * SECTOR
}

/// Where a sector and `length` bytes at `offset` overlap: within the bytes, and within the sector.
fn overlap(number: u64, offset: u64, length: usize) -> (Range<usize>, Range<usize>) {
    let sector = number * SECTOR;
    let (from, to) = (sector.max(offset), (sector + SECTOR).min(offset + length as u64));
    ((from - offset) as usize..(to - offset) as usize, (from - sector) as usize..(to - sector) as usize)
}
