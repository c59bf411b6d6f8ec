//! One file on the simulated disk: what its readers see, over what the real file holds.
//!
//! Invariants: a read gives what was written last, whatever reached the real file. The real file holds everything that a
//! successful sync covered and was not changed since, and nothing that was never written. Beyond `real_valid` the real
//! file's bytes are gone as far as readers are concerned.

use crate::sectors::{SECTOR_BYTES, Sectors, numbers, start};
use libsqlite3_sys::SQLITE_IOERR_FSYNC;
use std::ffi::c_int;

/// A result code of SQLite other than `SQLITE_OK`.
pub(crate) type Code = c_int;

/// The real file under a simulated one.
pub(crate) trait Real {
    /// Fills `target` with the bytes at `offset`, all of which are there.
    fn read(&mut self, offset: u64, target: &mut [u8]) -> Result<(), Code>;
    /// Writes `data` at `offset`.
    fn write(&mut self, offset: u64, data: &[u8]) -> Result<(), Code>;
    /// Cuts or lengthens it.
    fn truncate(&mut self, size: u64) -> Result<(), Code>;
    /// Makes it durable. `flags` are SQLite's.
    fn sync(&mut self, flags: c_int) -> Result<(), Code>;
}

/// Which sectors of a write reach the real file before a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Early {
    None,
    All,
    /// Those whose bit is set; the bits of sectors after the 64th repeat.
    Some(u64),
}

impl Early {
    fn has(self, nth: u64) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Some(bits) => bits >> (nth % 64) & 1 == 1,
        }
    }
}

/// What was given to readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadOutcome {
    Whole,
    /// The file ended before; the rest was filled with zeros.
    Short,
}

/// A simulated file.
pub(crate) struct File {
    sectors: Sectors,
    size: u64,
    real_size: u64,
    real_valid: u64,
    /// How many times it is open.
    pub(crate) handles: usize,
}

/// Bytes of one write to the real file. SQLite never writes more than a page at a time, and the file layer below it counts
/// with 17 bits: it would take 128 KiB for nothing at all, and call the disk full.
const WRITE_BYTES_MAX: usize = 64 << 10;

impl File {
    /// A file of which the real one has `size` bytes, all of them durable.
    pub(crate) fn new(size: u64) -> Self {
        Self { sectors: Sectors::default(), size, real_size: size, real_valid: size, handles: 0 }
    }

    /// What readers take for its size.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Whether the real file holds all that readers see.
    pub(crate) fn is_clean(&self) -> bool {
        self.sectors.is_empty() && self.size == self.real_size && self.real_valid == self.real_size
    }

    pub(crate) fn read(
        &self,
        real: &mut impl Real,
        offset: u64,
        target: &mut [u8],
    ) -> Result<ReadOutcome, Code> {
        let there = self.size.saturating_sub(offset).min(target.len() as u64) as usize;
        let (found, missing) = target.split_at_mut(there);
        missing.fill(0);
        let in_real = self.real_valid.saturating_sub(offset).min(there as u64) as usize;
        let (from_real, beyond) = found.split_at_mut(in_real);
        beyond.fill(0);
        if !from_real.is_empty() {
            real.read(offset, from_real)?;
        }
        self.sectors.read(offset, found);
        Ok(if missing.is_empty() { ReadOutcome::Whole } else { ReadOutcome::Short })
    }

    pub(crate) fn write(
        &mut self,
        real: &mut impl Real,
        offset: u64,
        data: &[u8],
        early: Early,
    ) -> Result<(), Code> {
        for number in numbers(offset, data.len()) {
            if !self.sectors.contains(number) {
                let mut bytes = Box::new([0; SECTOR_BYTES]);
                self.read(real, start(number), &mut bytes[..])?;
                self.sectors.put(number, bytes);
            }
            self.sectors.patch(number, offset, data);
        }
        self.size = self.size.max(offset + data.len() as u64);
        for (nth, number) in numbers(offset, data.len()).enumerate() {
            if early.has(nth as u64) {
                self.write_sector(real, number)?;
            }
        }
        Ok(())
    }

    /// Cuts or lengthens it; at once in the real file too, or only with the next sync.
    pub(crate) fn truncate(&mut self, real: &mut impl Real, size: u64, early: bool) -> Result<(), Code> {
        self.sectors.truncate(size);
        self.size = size;
        self.real_valid = self.real_valid.min(size);
        if early { self.cut_real(real) } else { Ok(()) }
    }

    /// Makes it durable.
    pub(crate) fn sync(&mut self, real: &mut impl Real, flags: c_int) -> Result<(), Code> {
        self.cut_real(real)?;
        for (offset, bytes) in self.sectors.runs() {
            self.write_real(real, offset, &bytes)?;
        }
        if self.real_size != self.size {
            real.truncate(self.size)?;
            (self.real_size, self.real_valid) = (self.size, self.size);
        }
        self.sectors.written();
        real.sync(flags)
    }

    /// A sync that fails: what it was to write is not written, and no later sync writes it either.
    pub(crate) fn fail_sync(&mut self) -> Code {
        self.sectors.give_up();
        SQLITE_IOERR_FSYNC
    }

    fn write_sector(&mut self, real: &mut impl Real, number: u64) -> Result<(), Code> {
        if self.sectors.get(number).is_none_or(|sector| sector.given_up) {
            return Ok(());
        }
        self.cut_real(real)?;
        if let Some(sector) = self.sectors.remove(number) {
            self.write_real(real, start(number), &sector.bytes[..])?;
        }
        Ok(())
    }

    /// Writes those of `bytes` that are within the file.
    fn write_real(&mut self, real: &mut impl Real, offset: u64, bytes: &[u8]) -> Result<(), Code> {
        let within = self.size.saturating_sub(offset).min(bytes.len() as u64) as usize;
        for (nth, piece) in bytes[..within].chunks(WRITE_BYTES_MAX).enumerate() {
            real.write(offset + (nth * WRITE_BYTES_MAX) as u64, piece)?;
        }
        self.real_size = self.real_size.max(offset + within as u64);
        self.real_valid = self.real_size;
        Ok(())
    }

    fn cut_real(&mut self, real: &mut impl Real) -> Result<(), Code> {
        if self.real_valid < self.real_size {
            real.truncate(self.real_valid)?;
            self.real_size = self.real_valid;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
