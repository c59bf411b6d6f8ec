//! An open file: its contents are the simulated disk's, its locks and shared memory the default VFS's.

use crate::disk::{Disk, SharedFile, lock};
use crate::file::{Code, ReadOutcome, Real};
use libsqlite3_sys::{
    SQLITE_FCNTL_CHUNK_SIZE, SQLITE_FCNTL_SIZE_HINT, SQLITE_IOCAP_POWERSAFE_OVERWRITE,
    SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN, SQLITE_IOERR, SQLITE_IOERR_SHORT_READ, SQLITE_OK, sqlite3_file,
    sqlite3_io_methods,
};
use std::ffi::{CString, c_int, c_void};
use std::slice;

/// Calls a function of the default VFS's file, or answers `SQLITE_IOERR` where it has none.
macro_rules! real_call {
    ($file:expr, $function:ident $(, $argument:expr)*) => {{
        // SAFETY: SQLite calls with a file that `open` made, so the default VFS's is open, and with fitting arguments.
        unsafe {
            let real = Handle::real_of($file);
            let methods = (*real).pMethods.as_ref();
            methods.and_then(|methods| methods.$function).map_or(SQLITE_IOERR, |call| call(real $(, $argument)*))
        }
    }};
}
/// What SQLite holds for an open file. The default VFS's file follows it in memory.
#[repr(C, align(8))]
pub(super) struct Handle {
    base: sqlite3_file,
    disk: &'static Disk,
    path: CString,
    shared: SharedFile,
}

/// The functions of a simulated file. The second version: with shared memory, without mapping into memory, which would
/// bypass the overlay.
pub(super) static SIMULATED: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock_file),
    xUnlock: Some(unlock_file),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

impl Handle {
    pub(super) fn new(
        methods: *const sqlite3_io_methods,
        disk: &'static Disk,
        path: CString,
        shared: SharedFile,
    ) -> Self {
        Self { base: sqlite3_file { pMethods: methods }, disk, path, shared }
    }

    /// The default VFS's file behind `file`.
    ///
    /// # Safety
    /// `file` must be memory of `szOsFile` bytes.
    pub(super) unsafe fn real_of(file: *mut sqlite3_file) -> *mut sqlite3_file {
        // SAFETY: the memory is as long as a handle and a file of the default VFS.
        unsafe { file.cast::<Self>().add(1).cast() }
    }

    /// Closes the default VFS's file, if it is open.
    ///
    /// # Safety
    /// `file` must be memory of `szOsFile` bytes in which the default VFS's file was opened, or tried.
    pub(super) unsafe fn close_real(file: *mut sqlite3_file) -> c_int {
        // SAFETY: the caller's promise; a null table of methods says that it is not open.
        unsafe {
            let real = Self::real_of(file);
            let methods = (*real).pMethods.as_ref();
            methods.and_then(|methods| methods.xClose).map_or(SQLITE_OK, |close| close(real))
        }
    }

    /// The size of the real file.
    ///
    /// # Safety
    /// The default VFS's file must be open.
    pub(super) unsafe fn real_size(file: *mut sqlite3_file) -> Result<u64, Code> {
        let mut size = 0;
        ok(real_call!(file, xFileSize, &raw mut size))?;
        u64::try_from(size).map_err(|_| SQLITE_IOERR)
    }
}

fn ok(code: c_int) -> Result<(), Code> {
    if code == SQLITE_OK { Ok(()) } else { Err(code) }
}

fn code(result: Result<(), Code>) -> c_int {
    result.err().unwrap_or(SQLITE_OK)
}

fn signed(number: u64) -> Result<i64, Code> {
    i64::try_from(number).map_err(|_| SQLITE_IOERR)
}

/// The default VFS's file as the real file under a simulated one.
struct Under(*mut sqlite3_file);

impl Real for Under {
    fn read(&mut self, offset: u64, target: &mut [u8]) -> Result<(), Code> {
        let length = c_int::try_from(target.len()).map_err(|_| SQLITE_IOERR)?;
        let offset = signed(offset)?;
        ok(real_call!(self.0, xRead, target.as_mut_ptr().cast(), length, offset))
    }

    fn write(&mut self, offset: u64, data: &[u8]) -> Result<(), Code> {
        let length = c_int::try_from(data.len()).map_err(|_| SQLITE_IOERR)?;
        let offset = signed(offset)?;
        ok(real_call!(self.0, xWrite, data.as_ptr().cast(), length, offset))
    }

    fn truncate(&mut self, size: u64) -> Result<(), Code> {
        let size = signed(size)?;
        ok(real_call!(self.0, xTruncate, size))
    }

    fn sync(&mut self, flags: c_int) -> Result<(), Code> {
        ok(real_call!(self.0, xSync, flags))
    }
}

/// The handle that SQLite calls with.
///
/// # Safety
/// `file` must be one that `open` made and nobody closed.
unsafe fn handle<'a>(file: *mut sqlite3_file) -> &'a Handle {
    // SAFETY: the caller's promise; SQLite does not use one file from two threads at once, and nothing here changes it.
    unsafe { &*file.cast::<Handle>() }
}

/// An offset or a size that SQLite gives: never negative.
fn unsigned(number: i64) -> u64 {
    u64::try_from(number).expect("SQLite's offsets and sizes are not negative")
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: `open` wrote a handle here, and SQLite closes it once: it is moved out, and dropped.
    let handle = unsafe { file.cast::<Handle>().read() };
    handle.disk.close(&handle.path, &handle.shared);
    // SAFETY: the default VFS's file is open.
    unsafe { Handle::close_real(file) }
}

unsafe extern "C" fn read(file: *mut sqlite3_file, target: *mut c_void, length: c_int, offset: i64) -> c_int {
    // SAFETY: SQLite's buffer has `length` bytes, which it does not touch meanwhile.
    let (handle, target) =
        unsafe { (handle(file), slice::from_raw_parts_mut(target.cast::<u8>(), length as usize)) };
    match lock(&handle.shared).read(&mut Under(file), unsigned(offset), target) {
        Ok(ReadOutcome::Whole) => SQLITE_OK,
        Ok(ReadOutcome::Short) => SQLITE_IOERR_SHORT_READ,
        Err(code) => code,
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    data: *const c_void,
    length: c_int,
    offset: i64,
) -> c_int {
    // SAFETY: SQLite's data has `length` bytes, which it does not change meanwhile.
    let (handle, data) = unsafe { (handle(file), slice::from_raw_parts(data.cast::<u8>(), length as usize)) };
    let mut shared = lock(&handle.shared);
    let grows_bytes = (unsigned(offset) + data.len() as u64).saturating_sub(shared.size());
    let early = handle.disk.before_write(grows_bytes);
    code(early.and_then(|early| shared.write(&mut Under(file), unsigned(offset), data, early)))
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: i64) -> c_int {
    // SAFETY: SQLite calls with a file that is open.
    let handle = unsafe { handle(file) };
    let mut shared = lock(&handle.shared);
    let early = handle.disk.before_truncate(shared.size().saturating_sub(unsigned(size)));
    code(shared.truncate(&mut Under(file), unsigned(size), early))
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: SQLite calls with a file that is open.
    let handle = unsafe { handle(file) };
    let mut shared = lock(&handle.shared);
    if handle.disk.before_sync() {
        return shared.fail_sync();
    }
    code(shared.sync(&mut Under(file), flags))
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, size: *mut i64) -> c_int {
    // SAFETY: SQLite calls with a file that is open and a place that can be written.
    let (handle, target) = unsafe { (handle(file), &mut *size) };
    code(signed(lock(&handle.shared).size()).map(|size| *target = size))
}

unsafe extern "C" fn lock_file(file: *mut sqlite3_file, level: c_int) -> c_int {
    real_call!(file, xLock, level)
}

unsafe extern "C" fn unlock_file(file: *mut sqlite3_file, level: c_int) -> c_int {
    real_call!(file, xUnlock, level)
}

unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, answer: *mut c_int) -> c_int {
    real_call!(file, xCheckReservedLock, answer)
}

unsafe extern "C" fn file_control(file: *mut sqlite3_file, operation: c_int, argument: *mut c_void) -> c_int {
    match operation {
        // They would change the real file's size.
        SQLITE_FCNTL_SIZE_HINT | SQLITE_FCNTL_CHUNK_SIZE => SQLITE_OK,
        _ => real_call!(file, xFileControl, operation, argument),
    }
}

unsafe extern "C" fn sector_size(file: *mut sqlite3_file) -> c_int {
    real_call!(file, xSectorSize)
}

unsafe extern "C" fn device_characteristics(file: *mut sqlite3_file) -> c_int {
    // Of what the real disk promises, what holds for a simulated one too.
    let real: c_int = real_call!(file, xDeviceCharacteristics);
    real & (SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN)
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    page: c_int,
    page_bytes: c_int,
    extend: c_int,
    target: *mut *mut c_void,
) -> c_int {
    real_call!(file, xShmMap, page, page_bytes, extend, target)
}

unsafe extern "C" fn shm_lock(file: *mut sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    real_call!(file, xShmLock, offset, count, flags)
}

unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    // SAFETY: SQLite calls with a file that `open` made, so the default VFS's is open.
    unsafe {
        let real = Handle::real_of(file);
        if let Some(barrier) = (*real).pMethods.as_ref().and_then(|methods| methods.xShmBarrier) {
            barrier(real);
        }
    }
}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, delete: c_int) -> c_int {
    real_call!(file, xShmUnmap, delete)
}
