//! A simulated disk: its files by path, and the seeded decisions about every write and sync.
//!
//! Invariant: as long as a file is open, or holds what its real file does not, everybody who opens its path gets the same
//! [`File`].

use crate::file::{Code, Early, File};
use crate::options::{Full, Options};
use libsqlite3_sys::SQLITE_FULL;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::HashMap;
use std::ffi::CString;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A file that several handles share.
pub(crate) type SharedFile = Arc<Mutex<File>>;

/// Locks what a panic elsewhere cannot have left half changed: an FFI function that panics ends the process.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A simulated disk.
pub(crate) struct Disk {
    options: Options,
    files: Mutex<HashMap<CString, SharedFile>>,
    fate: Mutex<Fate>,
}

/// What decides about writes and syncs.
struct Fate {
    random: StdRng,
    writes: u64,
    syncs: u64,
    grown_bytes: u64,
}

impl Disk {
    pub(crate) fn new(options: Options) -> Self {
        let random = StdRng::seed_from_u64(options.seed);
        let fate = Fate { random, writes: 0, syncs: 0, grown_bytes: 0 };
        Self { options, files: Mutex::default(), fate: Mutex::new(fate) }
    }

    /// The file at `path`, with one handle more. `size` asks for the real file's size.
    pub(crate) fn open(
        &self,
        path: CString,
        size: impl FnOnce() -> Result<u64, Code>,
    ) -> Result<SharedFile, Code> {
        let mut files = lock(&self.files);
        let file = match files.get(&path) {
            Some(file) => Arc::clone(file),
            None => {
                let file = Arc::new(Mutex::new(File::new(size()?)));
                files.insert(path, Arc::clone(&file));
                file
            }
        };
        lock(&file).handles += 1;
        Ok(file)
    }

    /// One handle less.
    pub(crate) fn close(&self, path: &CString, file: &SharedFile) {
        let mut files = lock(&self.files);
        let mut inner = lock(file);
        inner.handles -= 1;
        let is_current = files.get(path).is_some_and(|current| Arc::ptr_eq(current, file));
        if is_current && inner.handles == 0 && inner.is_clean() {
            files.remove(path);
        }
    }

    /// The file at `path`, if the disk knows more of it than the real one tells.
    pub(crate) fn find(&self, path: &CString) -> Option<SharedFile> {
        lock(&self.files).get(path).map(Arc::clone)
    }

    /// The file at `path` is no more; those who have it open keep it.
    pub(crate) fn delete(&self, path: &CString) {
        lock(&self.files).remove(path);
    }

    /// Whether a write that lengthens its file by `grows_bytes` finds room, and what of it is early.
    pub(crate) fn before_write(&self, grows_bytes: u64) -> Result<Early, Code> {
        let mut fate = lock(&self.fate);
        fate.writes += 1;
        let nth = fate.writes;
        let grown = fate.grown_bytes + grows_bytes;
        let full = self.options.full.is_some_and(|Full { from, count }| nth >= from && nth - from < count);
        if full || self.options.grow_bytes_max.is_some_and(|max| grows_bytes > 0 && grown > max) {
            return Err(SQLITE_FULL);
        }
        fate.grown_bytes = grown;
        let early = fate.random.random_ratio(self.options.early_permille, 1000);
        Ok(match (early, fate.random.random::<bool>()) {
            (false, _) => Early::None,
            (true, false) => Early::All,
            (true, true) => Early::Some(fate.random.random()),
        })
    }

    /// Whether a file that is cut by `bytes` is cut at once; the room is free again.
    pub(crate) fn before_truncate(&self, bytes: u64) -> bool {
        let mut fate = lock(&self.fate);
        fate.grown_bytes = fate.grown_bytes.saturating_sub(bytes);
        fate.random.random_ratio(self.options.early_permille, 1000)
    }

    /// Whether the next sync fails.
    pub(crate) fn before_sync(&self) -> bool {
        let mut fate = lock(&self.fate);
        fate.syncs += 1;
        self.options.fail_sync_at == Some(fate.syncs)
    }
}
