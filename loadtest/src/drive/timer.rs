//! A timer of the kernel's resolution. The runtime's own rounds up to the next millisecond, which would be part of every
//! latency.

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;
use tokio::io::unix::AsyncFd;

/// A timer that is set again for each wait.
#[derive(Debug)]
pub(super) struct Timer {
    file: AsyncFd<OwnedFd>,
}

impl Timer {
    /// A timer that is not running.
    #[expect(
        deprecated,
        reason = "its replacement is unsafe for types that may close their descriptor while they are \
                                   registered; an `OwnedFd` keeps it open as long as the registration lasts"
    )]
    pub(super) fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let file = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        Ok(Self { file: AsyncFd::new(file)? })
    }

    /// Waits for so long; at least a nanosecond, as zero would stop the timer.
    pub(super) async fn wait(&mut self, length: Duration) -> io::Result<()> {
        let length = length.max(Duration::from_nanos(1));
        let value = Timespec {
            tv_sec: i64::try_from(length.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: length.subsec_nanos().into(),
        };
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        timerfd_settime(self.file.get_ref(), TimerfdTimerFlags::empty(), &once)?;
        loop {
            let mut ready = self.file.readable().await?;
            let mut expirations = [0; 8];
            match ready.try_io(|file| Ok(rustix::io::read(file.get_ref(), &mut expirations)?)) {
                Ok(read) => return read.map(|_| ()),
                Err(_not_yet) => {}
            }
        }
    }
}
