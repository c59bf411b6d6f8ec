//! Unpacks a body while it comes, up to a bound: a bomb is seen before it goes off.

use crate::code::Code;
use crate::problem::{Outcome, Problem};
use flate2::write::MultiGzDecoder;
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, HeaderValue};
use std::io::{self, Write};
use zstd::stream::raw::{DParameter, Decoder as ZstdDecoder};
use zstd::stream::zio::Writer as ZstdWriter;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Identity,
    Gzip,
    Zstd,
}

impl Encoding {
    pub(crate) fn of(headers: &HeaderMap) -> Outcome<Self> {
        let mut stated = headers.get_all(CONTENT_ENCODING).iter();
        let first = stated.next().map_or(b"".as_slice(), HeaderValue::as_bytes);
        let known = match first.trim_ascii() {
            b"" | b"identity" => Some(Self::Identity),
            b"gzip" | b"x-gzip" => Some(Self::Gzip),
            b"zstd" => Some(Self::Zstd),
            _ => None,
        };
        known.filter(|_| stated.next().is_none()).ok_or_else(|| {
            Problem::new(Code::UnsupportedEncoding, "bodies are read plain, or packed once with gzip or zstd")
        })
    }
}

/// Largest window of a zstd body, as a power of two: 8 MiB, what RFC 8878 asks every decoder to take.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// Bytes up to a bound.
struct Bounded {
    bytes: Vec<u8>,
    max: usize,
    is_over: bool,
}

impl Write for Bounded {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        if part.len() > self.max - self.bytes.len() {
            self.is_over = true;
            return Err(io::Error::other("larger than its bound"));
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Decoder {
    Plain(Bounded),
    Gzip(MultiGzDecoder<Bounded>),
    Zstd(ZstdWriter<Bounded, ZstdDecoder<'static>>),
}

/// Takes packed bytes and holds unpacked ones.
pub(crate) struct Unpacker {
    decoder: Decoder,
    taken: usize,
}

impl Unpacker {
    pub(crate) fn new(encoding: Encoding, max: usize, expected: usize) -> Outcome<Self> {
        let sink = Bounded { bytes: Vec::with_capacity(expected.min(max)), max, is_over: false };
        let decoder = match encoding {
            Encoding::Identity => Decoder::Plain(sink),
            Encoding::Gzip => Decoder::Gzip(MultiGzDecoder::new(sink)),
            Encoding::Zstd => {
                let broken = |error: io::Error| Problem::internal(format!("zstd: {error}"));
                let mut decoder = ZstdDecoder::new().map_err(broken)?;
                decoder.set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW_LOG_MAX)).map_err(broken)?;
                Decoder::Zstd(ZstdWriter::new(sink, decoder))
            }
        };
        Ok(Self { decoder, taken: 0 })
    }

    /// Bytes that are held.
    pub(crate) fn len(&self) -> usize {
        self.sink().bytes.len()
    }

    fn sink(&self) -> &Bounded {
        match &self.decoder {
            Decoder::Plain(sink) => sink,
            Decoder::Gzip(decoder) => decoder.get_ref(),
            Decoder::Zstd(decoder) => decoder.writer(),
        }
    }

    pub(crate) fn take(&mut self, part: &[u8]) -> Outcome<()> {
        self.taken += part.len();
        let written = match &mut self.decoder {
            Decoder::Plain(sink) => sink.write_all(part),
            Decoder::Gzip(decoder) => decoder.write_all(part),
            Decoder::Zstd(decoder) => decoder.write_all(part),
        };
        written.map_err(|_| self.fault())
    }

    /// Everything, unpacked.
    pub(crate) fn finish(mut self) -> Outcome<Vec<u8>> {
        let ended = match &mut self.decoder {
            Decoder::Plain(_) => Ok(()),
            // Nothing at all is an empty body, which is told as such and not as a broken one.
            _ if self.taken == 0 => return Ok(Vec::new()),
            Decoder::Gzip(decoder) => decoder.try_finish(),
            Decoder::Zstd(decoder) => decoder.finish(),
        };
        ended.map_err(|_| self.fault())?;
        Ok(match self.decoder {
            Decoder::Plain(sink) => sink.bytes,
            Decoder::Gzip(mut decoder) => std::mem::take(&mut decoder.get_mut().bytes),
            Decoder::Zstd(mut decoder) => std::mem::take(&mut decoder.writer_mut().bytes),
        })
    }

    fn fault(&self) -> Problem {
        let sink = self.sink();
        if sink.is_over {
            let detail = format!("the body unpacks to more than {} bytes; send it in parts", sink.max);
            return Problem::new(Code::BodyTooLarge, detail);
        }
        let kind = if matches!(self.decoder, Decoder::Gzip(_)) { "gzip" } else { "zstd" };
        Problem::new(Code::InvalidEncoding, format!("the body is not whole {kind}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(encoding: Encoding, packed: &[u8], max: usize) -> Result<Vec<u8>, Code> {
        let mut unpacker = Unpacker::new(encoding, max, 0).map_err(|problem| problem.code)?;
        for part in packed.chunks(7) {
            unpacker.take(part).map_err(|problem| problem.code)?;
        }
        unpacker.finish().map_err(|problem| problem.code)
    }

    #[test]
    fn packed_bytes_come_out_as_they_went_in_and_broken_ones_do_not() {
        let text = b"[1,2,3]".repeat(1000);
        let zstd = zstd::encode_all(text.as_slice(), 1).unwrap();
        for (encoding, packed) in [(Encoding::Gzip, gzip(&text)), (Encoding::Zstd, zstd)] {
            assert_eq!(unpack(encoding, &packed, text.len()), Ok(text.clone()));
            assert_eq!(unpack(encoding, &packed, text.len() - 1), Err(Code::BodyTooLarge));
            assert_eq!(unpack(encoding, &packed[..packed.len() - 5], text.len()), Err(Code::InvalidEncoding));
            assert_eq!(unpack(encoding, b"no such thing", 100), Err(Code::InvalidEncoding));
            assert_eq!(unpack(encoding, b"", 100), Ok(Vec::new()));
        }
    }

    #[test]
    fn a_bomb_never_takes_more_than_its_bound() {
        let zeros = vec![b' '; 50 << 20];
        for (encoding, packed) in
            [(Encoding::Gzip, gzip(&zeros)), (Encoding::Zstd, zstd::encode_all(zeros.as_slice(), 1).unwrap())]
        {
            let mut unpacker = Unpacker::new(encoding, 1 << 20, 0).unwrap();
            let taken = unpacker.take(&packed);
            assert_eq!(taken.unwrap_err().code, Code::BodyTooLarge);
            assert!(unpacker.len() <= 1 << 20);
        }
    }
}
