//! Frames to test with.

use crate::frame::{Form, Frame};
use salescope_domain::Instant;

/// Frames of the entries from `first_seq` on; each says its position and became known at it.
pub(super) fn frames(first_seq: u64, count: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    for seq in first_seq..first_seq + count {
        let at = Instant::from_ms(i64::try_from(seq).unwrap());
        let payload = format!("{{\"seq\":{seq}}}");
        Frame { known_at: Some(at), observed_at: at, form: Form::Json, payload: payload.as_bytes() }
            .put(&mut bytes);
    }
    bytes
}
