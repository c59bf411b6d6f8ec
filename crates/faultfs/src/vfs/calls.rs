//! The functions of the VFS: those about paths see the simulated disk, all others go to the default VFS.

use super::Vfs;
use super::handle::{Handle, SIMULATED};
use crate::disk::lock;
use crate::file::Code;
use libsqlite3_sys::{
    SQLITE_ACCESS_EXISTS, SQLITE_ERROR, SQLITE_OK, SQLITE_OPEN_MAIN_DB, SQLITE_OPEN_MAIN_JOURNAL,
    SQLITE_OPEN_SUPER_JOURNAL, SQLITE_OPEN_WAL, sqlite3_file, sqlite3_filename, sqlite3_vfs,
};
use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;

/// The functions; names, sizes and data are filled in when it is registered.
pub(super) const TABLE: sqlite3_vfs = sqlite3_vfs {
    // The second version: without replaceable system calls, which belong to the default VFS.
    iVersion: 2,
    szOsFile: 0,
    mxPathname: 0,
    pNext: ptr::null_mut(),
    zName: ptr::null(),
    pAppData: ptr::null_mut(),
    xOpen: Some(open),
    xDelete: Some(delete),
    xAccess: Some(access),
    xFullPathname: Some(full_pathname),
    // Extensions are not loaded in a fault run.
    xDlOpen: None,
    xDlError: None,
    xDlSym: None,
    xDlClose: None,
    xRandomness: Some(randomness),
    xSleep: Some(sleep),
    xCurrentTime: Some(current_time),
    xGetLastError: Some(get_last_error),
    xCurrentTimeInt64: Some(current_time_int64),
    xSetSystemCall: None,
    xGetSystemCall: None,
    xNextSystemCall: None,
};

/// The files whose contents a power cut must not take: all others are temporary.
const DURABLE: c_int =
    SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;

/// What was registered.
///
/// # Safety
/// `vfs` must be one that [`super::register`] made.
unsafe fn data<'a>(vfs: *mut sqlite3_vfs) -> &'a Vfs {
    // SAFETY: the caller's promise; the data was leaked, so it lives for ever, and nobody changes it.
    unsafe { &*(*vfs).pAppData.cast::<Vfs>() }
}

/// Calls a function of the default VFS, or answers `SQLITE_ERROR` where it has none.
macro_rules! real_call {
    ($vfs:expr, $function:ident $(, $argument:expr)*) => {{
        // SAFETY: SQLite calls with the VFS that was registered, and with arguments that fit the function.
        unsafe {
            let real = data($vfs).real;
            (*real).$function.map_or(SQLITE_ERROR, |function| function(real $(, $argument)*))
        }
    }};
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    if flags & DURABLE == 0 || name.is_null() {
        // The default VFS's own file, in memory that is larger than it needs.
        return real_call!(vfs, xOpen, name, file, flags, out_flags);
    }
    let handle = file.cast::<Handle>();
    // SAFETY: SQLite allocated `szOsFile` bytes; a null table of methods says that there is nothing to close.
    let real = unsafe {
        (*file).pMethods = ptr::null();
        let real = Handle::real_of(file);
        (*real).pMethods = ptr::null();
        real
    };
    let opened = real_call!(vfs, xOpen, name, real, flags, out_flags);
    if opened != SQLITE_OK {
        // SAFETY: `real` was just opened, or not: its table of methods tells.
        unsafe { Handle::close_real(file) };
        return opened;
    }
    // SAFETY: the name is a string that ends with a zero byte; `real` is open.
    let path = CString::from(unsafe { CStr::from_ptr(name) });
    // SAFETY: SQLite calls with the VFS that `register` made, which lives as long as the process.
    let disk = unsafe { &data(vfs).disk };
    // SAFETY: `real` is open, and lies behind `file`.
    match disk.open(path.clone(), || unsafe { Handle::real_size(file) }) {
        Ok(shared) => {
            // SAFETY: the handle's memory is SQLite's and not initialised; from here on `SIMULATED` closes it.
            unsafe { handle.write(Handle::new(&raw const SIMULATED, disk, path, shared)) };
            SQLITE_OK
        }
        Err(code) => {
            // SAFETY: as above.
            unsafe { Handle::close_real(file) };
            code
        }
    }
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, sync_dir: c_int) -> c_int {
    let deleted = real_call!(vfs, xDelete, name, sync_dir);
    if deleted == SQLITE_OK {
        // SAFETY: the name is a string that ends with a zero byte.
        unsafe { data(vfs).disk.delete(&CString::from(CStr::from_ptr(name))) };
    }
    deleted
}

unsafe extern "C" fn access(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    answer: *mut c_int,
) -> c_int {
    let code: Code = real_call!(vfs, xAccess, name, flags, answer);
    if code == SQLITE_OK && flags == SQLITE_ACCESS_EXISTS {
        // SAFETY: the name is a string that ends with a zero byte, and the answer a place that can be written.
        unsafe {
            let path = CString::from(CStr::from_ptr(name));
            // To the default VFS an empty file does not exist, and the real one may be empty where ours is not.
            if let Some(file) = data(vfs).disk.find(&path) {
                *answer = c_int::from(lock(&file).size() > 0);
            }
        }
    }
    code
}

unsafe extern "C" fn full_pathname(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    bytes: c_int,
    full: *mut c_char,
) -> c_int {
    real_call!(vfs, xFullPathname, name, bytes, full)
}

unsafe extern "C" fn randomness(vfs: *mut sqlite3_vfs, bytes: c_int, target: *mut c_char) -> c_int {
    real_call!(vfs, xRandomness, bytes, target)
}

unsafe extern "C" fn sleep(vfs: *mut sqlite3_vfs, microseconds: c_int) -> c_int {
    real_call!(vfs, xSleep, microseconds)
}

unsafe extern "C" fn current_time(vfs: *mut sqlite3_vfs, target: *mut f64) -> c_int {
    real_call!(vfs, xCurrentTime, target)
}

unsafe extern "C" fn get_last_error(vfs: *mut sqlite3_vfs, bytes: c_int, target: *mut c_char) -> c_int {
    real_call!(vfs, xGetLastError, bytes, target)
}

unsafe extern "C" fn current_time_int64(vfs: *mut sqlite3_vfs, target: *mut i64) -> c_int {
    real_call!(vfs, xCurrentTimeInt64, target)
}
