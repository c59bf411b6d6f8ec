//! The compact form of the payloads that come in numbers: deal events, activities and metric points. It is CBOR (RFC 8949) whose
//! maps have numbers for keys.
//!
//! Invariants: the number of a field or a word never gets another meaning, and a removed one is not given out again. A reader
//! skips numbers that it does not know, so whoever adds one that figures depend on gives journals a new form.

use crate::{Currency, Date, Decimal, Instant, Patch, Payload};
use minicbor::decode::{Decode, Decoder, Error as DecodeError};
use minicbor::encode::{Encode, Encoder, Error as EncodeError, Write};

/// What stands where a compact payload should.
#[derive(Debug, thiserror::Error)]
#[error("it is no compact payload: {0}")]
pub struct CompactError(DecodeError);

/// What a payload is. Numbers as in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
enum Kind {
    #[n(0)]
    Deal,
    #[n(1)]
    Activity,
    #[n(2)]
    Metric,
}

impl Payload {
    /// Appends the compact form, if this kind of payload has one; says whether it does.
    pub fn put_compact(&self, bytes: &mut Vec<u8>) -> bool {
        let mut encoder = Encoder::new(bytes);
        let written = match self {
            Self::Deal(event) => {
                encoder.encode(Kind::Deal).and_then(|encoder| encoder.encode(event.as_ref()))
            }
            Self::Activity(event) => encoder.encode(Kind::Activity).and_then(|encoder| encoder.encode(event)),
            Self::Metric(event) => encoder.encode(Kind::Metric).and_then(|encoder| encoder.encode(event)),
            _ => return false,
        };
        written.expect("a vector takes every byte");
        true
    }

    /// Reads the compact form.
    ///
    /// # Errors
    /// When the bytes are no such form, or hold more.
    pub fn from_compact(bytes: &[u8]) -> Result<Self, CompactError> {
        read(&mut Decoder::new(bytes), bytes.len()).map_err(CompactError)
    }
}

fn read(decoder: &mut Decoder<'_>, len: usize) -> Result<Payload, DecodeError> {
    let payload = match decoder.decode()? {
        Kind::Deal => Payload::Deal(decoder.decode()?),
        Kind::Activity => Payload::Activity(decoder.decode()?),
        Kind::Metric => Payload::Metric(decoder.decode()?),
    };
    if decoder.position() == len { Ok(payload) } else { Err(DecodeError::message("something follows it")) }
}

impl<C> Encode<C> for Instant {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.i64(self.ms())?.ok()
    }
}

impl<C> Decode<'_, C> for Instant {
    fn decode(decoder: &mut Decoder<'_>, _: &mut C) -> Result<Self, DecodeError> {
        decoder.i64().map(Self::from_ms)
    }
}

impl<C> Encode<C> for Date {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.i32(self.days())?.ok()
    }
}

impl<C> Decode<'_, C> for Date {
    fn decode(decoder: &mut Decoder<'_>, _: &mut C) -> Result<Self, DecodeError> {
        decoder.i32().map(Self::from_days)
    }
}

impl<C> Encode<C> for Decimal {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.array(2)?.i64(self.mantissa())?.u8(self.scale())?.ok()
    }
}

impl<C> Decode<'_, C> for Decimal {
    fn decode(decoder: &mut Decoder<'_>, context: &mut C) -> Result<Self, DecodeError> {
        let (mantissa, scale) = <(i64, u8)>::decode(decoder, context)?;
        if scale > crate::decimal::SCALE_MAX {
            return Err(DecodeError::message("a decimal has too many digits"));
        }
        Ok(Self::new(mantissa, scale))
    }
}

impl<C> Encode<C> for Currency {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.str(self.as_str())?.ok()
    }
}

impl<C> Decode<'_, C> for Currency {
    fn decode(decoder: &mut Decoder<'_>, _: &mut C) -> Result<Self, DecodeError> {
        decoder.str()?.parse().map_err(DecodeError::custom)
    }
}

/// Null clears; who keeps leaves the field out.
impl<C, T: Encode<C>> Encode<C> for Patch<T> {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        self.value().encode(encoder, context)
    }
}

impl<'b, C, T: Decode<'b, C>> Decode<'b, C> for Patch<T> {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, DecodeError> {
        Option::<T>::decode(decoder, context).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VERSION: &str = r#"{"basis":"stated","number":5}"#;

    /// With every field that there is, and with none that may be left out.
    const DEALS: [&str; 3] = [
        r#"{"deal":{"event_id":"e1","kind":"deal_closed_won","source":"s","deal":"1","version":{"basis":"timed","number":7,"sequence":2},
            "occurred_at":1795610967277,"quality":"observed","actor":"p1","change_source":"import","set":{"name":"Roof","owner":"p1",
            "team":"t1","region":"EU","account":"a","amount_minor":-1,"currency":"JPY","amount_home":{"minor":9,"currency":"USD"},
            "pipeline":"p","stage":"s","probability":"0.25","close_date":"2026-01-31","forecast_category":"commit","status":"won",
            "created_on":"1969-12-01","products":[{"product":"x","total_minor":5},{"product":"y","quantity":"2.5"}],
            "lead_source":"web","custom":{"a":null,"b":"\u00e9"}}}}"#,
        r#"{"deal":{"kind":"deal_updated","source":"s","deal":"1","version":V,"occurred_at":5,"quality":"exact_ms","set":{}}}"#,
        r#"{"deal":{"kind":"owner_changed","source":"s","deal":"1","version":V,"occurred_at":5,"quality":"exact_s",
            "change_source":"bot","set":{"name":null,"owner":null,"team":null,"region":null,"account":null,"amount_minor":null,
            "currency":null,"amount_home":null,"pipeline":null,"stage":null,"probability":null,"close_date":null,
            "forecast_category":null,"status":null,"created_on":null,"products":null,"lead_source":null}}}"#,
    ];

    const FACTS: [&str; 4] = [
        r#"{"activity":{"source":"s","event_id":"e","occurred_at":-5,"kind":"note"}}"#,
        r#"{"activity":{"source":"s","event_id":"e","revision":2,"deleted":true,"occurred_at":5,"kind":"call","owner":"p1","deal":"1",
            "change_source":"bulk"}}"#,
        r#"{"metric":{"source":"s","event_id":"e","time":5,"metric_type":"visits","value":"-1.000000000000000001"}}"#,
        r#"{"metric":{"source":"s","event_id":"e","revision":4294967295,"deleted":true,"time":5,"metric_type":"visits","value":"1.5",
            "dimensions":{"page":"home","owner":"p1"},"metadata":{"note":"x"}}}"#,
    ];

    fn payloads() -> impl Iterator<Item = Payload> {
        let json = DEALS.iter().chain(&FACTS).map(|json| json.replace('V', VERSION));
        json.map(|json| serde_json::from_str(&json).unwrap())
    }

    fn compact(payload: &Payload) -> Vec<u8> {
        let mut bytes = Vec::new();
        assert!(payload.put_compact(&mut bytes));
        bytes
    }

    #[test]
    fn a_payload_reads_back_as_it_was_whatever_it_leaves_out_or_clears() {
        for payload in payloads() {
            let bytes = compact(&payload);
            assert_eq!(Payload::from_compact(&bytes).unwrap(), payload);
            assert!(bytes.len() * 2 < serde_json::to_vec(&payload).unwrap().len() + 40);
        }
    }

    #[test]
    fn the_bytes_of_known_payloads_are_the_ones_that_journals_hold() {
        let bytes: Vec<u8> = payloads().flat_map(|payload| compact(&payload)).collect();
        let digest = siphasher::sip128::SipHasher13::new().hash(&bytes);
        assert_eq!(
            format!("{:032x}", u128::from(digest)),
            "30b2e4159e9161be603211dbd1e75229",
            "journals that were written before must stay readable"
        );
    }

    #[test]
    fn what_is_rare_has_no_compact_form() {
        let release: Payload = serde_json::from_str(r#"{"release":{"tenant_seq":7}}"#).unwrap();
        let mut bytes = Vec::new();
        assert!(!release.put_compact(&mut bytes) && bytes.is_empty());
    }

    #[test]
    fn bytes_that_are_cut_short_or_followed_by_others_are_no_payload() {
        for payload in payloads() {
            let mut bytes = compact(&payload);
            for len in 0..bytes.len() {
                assert!(Payload::from_compact(&bytes[..len]).is_err());
            }
            bytes.push(0);
            assert!(Payload::from_compact(&bytes).is_err());
        }
    }

    proptest! {
        #[test]
        fn bytes_of_any_kind_are_read_without_a_panic(mut bytes: Vec<u8>, at: prop::sample::Index, byte: u8) {
            Payload::from_compact(&bytes).ok();
            for payload in payloads() {
                bytes = compact(&payload);
                let at = at.index(bytes.len());
                bytes[at] = byte;
                Payload::from_compact(&bytes).ok();
            }
        }
    }
}
