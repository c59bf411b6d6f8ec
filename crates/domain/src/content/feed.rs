//! Values as unambiguous bytes to be hashed.

use crate::{Calendar, Currency, Date, DateRange, Decimal, FieldMap, Instant, Money, Patch, Zone};
use siphasher::sip128::SipHasher13;

/// Bytes that a usual payload needs at most; what comes after goes to the heap.
const USUAL_BYTES: usize = 512;

/// Takes bytes in and hashes them at once, which is quicker than many small steps of the hasher.
pub(super) struct Sink {
    usual: [u8; USUAL_BYTES],
    len: usize,
    /// All bytes, once there are more than usual.
    spilt: Vec<u8>,
}

impl Default for Sink {
    fn default() -> Self {
        Self { usual: [0; USUAL_BYTES], len: 0, spilt: Vec::new() }
    }
}

impl Sink {
    #[inline]
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes(&[byte]);
    }

    #[inline]
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        match self.usual.get_mut(self.len..end) {
            Some(place) => place.copy_from_slice(bytes),
            None => self.spill(bytes),
        }
        self.len = end;
    }

    #[cold]
    fn spill(&mut self, bytes: &[u8]) {
        if self.spilt.is_empty() {
            self.spilt.extend_from_slice(&self.usual[..self.len]);
        }
        self.spilt.extend_from_slice(bytes);
    }

    #[inline]
    fn count(&mut self, count: usize) {
        self.bytes(&u32::try_from(count).expect("a payload is far below 4 GiB").to_le_bytes());
    }

    pub(super) fn hash(&self) -> u128 {
        let bytes = self.usual.get(..self.len).unwrap_or(&self.spilt);
        SipHasher13::new().hash(bytes).into()
    }
}

/// A value that can be fed.
pub(super) trait Feed {
    fn feed(&self, sink: &mut Sink);
}

macro_rules! feed_numbers {
    ($($number:ty),*) => {$(
        impl Feed for $number {
            fn feed(&self, sink: &mut Sink) {
                sink.bytes(&self.to_le_bytes());
            }
        }
    )*};
}

feed_numbers!(u8, u16, u32, u64, i32, i64);

impl Feed for bool {
    fn feed(&self, sink: &mut Sink) {
        sink.byte(u8::from(*self));
    }
}

impl Feed for str {
    fn feed(&self, sink: &mut Sink) {
        sink.count(self.len());
        sink.bytes(self.as_bytes());
    }
}

impl Feed for String {
    fn feed(&self, sink: &mut Sink) {
        self.as_str().feed(sink);
    }
}

impl<T: Feed + ?Sized> Feed for &T {
    fn feed(&self, sink: &mut Sink) {
        (*self).feed(sink);
    }
}

impl<T: Feed> Feed for Option<T> {
    fn feed(&self, sink: &mut Sink) {
        sink.byte(u8::from(self.is_some()));
        if let Some(value) = self {
            value.feed(sink);
        }
    }
}

impl<T: Feed> Feed for Patch<T> {
    fn feed(&self, sink: &mut Sink) {
        match self {
            Self::Keep => sink.byte(0),
            Self::Clear => sink.byte(1),
            Self::Set(value) => {
                sink.byte(2);
                value.feed(sink);
            }
        }
    }
}

impl<T: Feed> Feed for Vec<T> {
    fn feed(&self, sink: &mut Sink) {
        sink.count(self.len());
        self.iter().for_each(|item| item.feed(sink));
    }
}

impl<V: Feed> Feed for FieldMap<V> {
    fn feed(&self, sink: &mut Sink) {
        sink.count(self.len());
        for (name, value) in self.iter() {
            name.feed(sink);
            value.feed(sink);
        }
    }
}

impl<A: Feed, B: Feed> Feed for (A, B) {
    fn feed(&self, sink: &mut Sink) {
        self.0.feed(sink);
        self.1.feed(sink);
    }
}

impl<A: Feed, B: Feed, C: Feed> Feed for (A, B, C) {
    fn feed(&self, sink: &mut Sink) {
        self.0.feed(sink);
        self.1.feed(sink);
        self.2.feed(sink);
    }
}

impl Feed for Date {
    fn feed(&self, sink: &mut Sink) {
        self.days().feed(sink);
    }
}

impl Feed for Instant {
    fn feed(&self, sink: &mut Sink) {
        self.ms().feed(sink);
    }
}

impl Feed for Decimal {
    fn feed(&self, sink: &mut Sink) {
        (self.mantissa(), self.scale()).feed(sink);
    }
}

impl Feed for Currency {
    fn feed(&self, sink: &mut Sink) {
        self.to_index().feed(sink);
    }
}

impl Feed for Money {
    fn feed(&self, sink: &mut Sink) {
        (self.minor, self.currency).feed(sink);
    }
}

impl Feed for DateRange {
    fn feed(&self, sink: &mut Sink) {
        (self.from, self.to).feed(sink);
    }
}

impl Feed for Zone {
    fn feed(&self, sink: &mut Sink) {
        self.name().feed(sink);
    }
}

impl Feed for Calendar {
    fn feed(&self, sink: &mut Sink) {
        let Self { start_month, week_start, pattern } = self;
        (start_month, week_start, pattern).feed(sink);
    }
}
