//! Reads a request's body: whole, within its bounds of bytes and time, and within the memory of all bodies.
//!
//! Invariant: whatever a sender does, a body holds no more memory than is reserved for it, and no longer than its time.

use crate::app::App;
use crate::budget::{Exhausted, Reservation};
use crate::code::Code;
use crate::options::GatewayLimits;
use crate::problem::{Outcome, Problem};
use crate::unpack::{Encoding, Unpacker};
use axum::body::Body;
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Bounds of one body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyMax {
    /// As it is sent.
    pub(crate) packed: usize,
    /// Unpacked.
    pub(crate) unpacked: usize,
}

impl BodyMax {
    /// Of ingest.
    pub(crate) fn ingest(limits: &GatewayLimits) -> Self {
        Self { packed: limits.packed_bytes_max, unpacked: limits.unpacked_bytes_max }
    }

    /// Of everything else.
    pub(crate) fn document(limits: &GatewayLimits) -> Self {
        Self { packed: limits.document_bytes_max, unpacked: limits.document_bytes_max }
    }
}

/// A body, unpacked, and the memory that is reserved for it.
pub(crate) struct ReadBody {
    pub(crate) bytes: Bytes,
    /// Given back when the request is done.
    pub(crate) _memory: Reservation,
}

/// Reads a body.
pub(crate) async fn read(app: &App, headers: &HeaderMap, body: Body, max: BodyMax) -> Outcome<ReadBody> {
    let encoding = Encoding::of(headers)?;
    let stated = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let mut reader = Reader { app, body, deadline: Deadline::begin(&app.options.limits), packed: 0 };
    match reader.read(encoding, stated, max).await {
        Ok(read) => Ok(read),
        Err(problem) => {
            reader.drain().await;
            Err(problem.closing())
        }
    }
}

struct Reader<'a> {
    app: &'a App,
    body: Body,
    deadline: Deadline,
    /// Bytes that came.
    packed: usize,
}

impl Reader<'_> {
    async fn read(&mut self, encoding: Encoding, stated: Option<usize>, max: BodyMax) -> Outcome<ReadBody> {
        let too_large = || {
            let detail = format!("the body is larger than {} bytes; send it in parts", max.packed);
            Problem::new(Code::BodyTooLarge, detail)
        };
        if stated.is_some_and(|stated| stated > max.packed) {
            return Err(too_large());
        }
        let mut memory = self.app.bodies.reserve();
        let full = |_: Exhausted| self.app.no_room();
        memory.grow_to(stated.unwrap_or(0)).map_err(full)?;
        let Some(first) = self.next().await? else {
            return Ok(ReadBody { bytes: Bytes::new(), _memory: memory });
        };
        if encoding == Encoding::Identity && stated == Some(first.len()) {
            // The usual body of a few events came with the head: it is used where it lies.
            return Ok(ReadBody { bytes: first, _memory: memory });
        }
        let mut unpacker = Unpacker::new(encoding, max.unpacked, stated.unwrap_or(first.len()))?;
        let mut part = Some(first);
        while let Some(bytes) = part {
            if self.packed > max.packed {
                return Err(too_large());
            }
            unpacker.take(&bytes)?;
            let full = |_: Exhausted| self.app.no_room();
            memory.grow_to(unpacker.len() + stated.unwrap_or(0)).map_err(full)?;
            part = self.next().await?;
        }
        Ok(ReadBody { bytes: unpacker.finish()?.into(), _memory: memory })
    }

    /// The next bytes; `None` at the end.
    async fn next(&mut self) -> Outcome<Option<Bytes>> {
        loop {
            let until = self.deadline.after(self.packed);
            let frame = timeout_at(until, self.body.frame()).await.map_err(|_| {
                Problem::new(Code::SlowBody, "the body did not come in time; nothing of it was taken")
            })?;
            let Some(frame) = frame else { return Ok(None) };
            let broken =
                |_| Problem::new(Code::BodyBroken, "the body ended before its end; nothing of it was taken");
            // Trailers are nothing to us.
            if let Ok(bytes) = frame.map_err(broken)?.into_data() {
                self.packed += bytes.len();
                return Ok(Some(bytes));
            }
        }
    }

    /// Reads on without keeping anything, so that a sender who is still writing comes to read the answer.
    async fn drain(&mut self) {
        let limits = &self.app.options.limits;
        let until = Instant::now() + Duration::from_millis(limits.drain_ms_max);
        let mut left = limits.drain_bytes_max;
        while let Ok(Some(Ok(frame))) = timeout_at(until, self.body.frame()).await {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            let Some(rest) = left.checked_sub(bytes) else { return };
            left = rest;
        }
    }
}

/// When the next bytes are due.
struct Deadline {
    start: Instant,
    grace: Duration,
    bytes_per_s: u64,
    total: Duration,
}

impl Deadline {
    fn begin(limits: &GatewayLimits) -> Self {
        Self {
            start: Instant::now(),
            grace: Duration::from_millis(limits.body_grace_ms),
            bytes_per_s: limits.body_rate_bytes_min.max(1),
            total: Duration::from_millis(limits.body_ms_max),
        }
    }

    fn after(&self, bytes: usize) -> Instant {
        let earned = Duration::from_millis((bytes as u64).saturating_mul(1000) / self.bytes_per_s);
        self.start + (self.grace + earned).min(self.total)
    }
}
