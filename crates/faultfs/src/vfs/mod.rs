//! The simulated disk as SQLite knows it: a `sqlite3_vfs` whose files wrap those of the default one.
//!
//! Invariants that the unsafe code rests on:
//! * SQLite gives each function the pointers that its documentation promises, valid for the call.
//! * A [`Vfs`] and what it points to live as long as the process: they are leaked when they are registered.
//! * A file is `szOsFile` bytes that SQLite allocates, aligned for pointers: a [`handle::Handle`], then the default VFS's own.

mod calls;
mod handle;

use crate::disk::Disk;
use crate::options::Options;
use libsqlite3_sys::{SQLITE_OK, sqlite3_vfs, sqlite3_vfs_find, sqlite3_vfs_register};
use std::ffi::{CString, c_int, c_void};
use std::ptr;

/// Why a simulated disk could not be made known to SQLite.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// The name is taken, or holds a zero byte.
    #[error("'{0}' cannot be the name of a simulated disk: it is taken, or holds a zero byte")]
    Name(String),
    /// SQLite has no default file system to wrap, or refused.
    #[error("SQLite refused the simulated disk (code {0})")]
    Refused(i32),
}

/// What a registered VFS refers to.
struct Vfs {
    real: *mut sqlite3_vfs,
    disk: Disk,
}

/// Makes a simulated disk known to SQLite as `name`, for as long as the process lives. Only connections that name it use it.
///
/// # Errors
/// When the name is taken or unfit, or SQLite refuses.
pub fn register(name: &str, options: Options) -> Result<(), RegisterError> {
    let unfit = || RegisterError::Name(name.to_owned());
    let c_name = CString::new(name).map_err(|_| unfit())?;
    // SAFETY: the name ends with a zero byte. SQLite initialises itself when it is first asked.
    if !unsafe { sqlite3_vfs_find(c_name.as_ptr()) }.is_null() {
        return Err(unfit());
    }
    // SAFETY: a null pointer asks for the default VFS, which SQLite never frees.
    let real = unsafe { sqlite3_vfs_find(ptr::null()) };
    // SAFETY: what SQLite returned is null or valid.
    let Some(template) = (unsafe { real.as_ref() }) else { return Err(RegisterError::Refused(SQLITE_OK)) };
    let handle_bytes = c_int::try_from(size_of::<handle::Handle>()).expect("a handle is a few words");
    let data = Box::leak(Box::new(Vfs { real, disk: Disk::new(options) }));
    let vfs = Box::leak(Box::new(sqlite3_vfs {
        szOsFile: handle_bytes + template.szOsFile,
        mxPathname: template.mxPathname,
        zName: c_name.into_raw(),
        pAppData: ptr::from_mut(data).cast::<c_void>(),
        ..calls::TABLE
    }));
    // SAFETY: `vfs` and all it points to were leaked; its functions are those of `calls`.
    match unsafe { sqlite3_vfs_register(vfs, 0) } {
        SQLITE_OK => Ok(()),
        code => Err(RegisterError::Refused(code)),
    }
}
