//! Numbers in as few bytes as they need: seven bits a byte, the lowest first, the top bit set where more follow.

/// The longest number takes ten bytes.
const BYTES_MAX: usize = 10;

/// Appends `number`.
pub(crate) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Appends a number that may be negative: small ones of either sign are short.
pub(crate) fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put(bytes, (number.cast_unsigned() << 1) ^ (number >> 63).cast_unsigned());
}

/// Takes a number from the front of `bytes`. `None` when there is none, or one that nobody wrote.
pub(crate) fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for index in 0..BYTES_MAX {
        let byte = *bytes.get(index)?;
        let bits = u64::from(byte & 0x7f);
        // The tenth byte holds the one bit that is left.
        if index == BYTES_MAX - 1 && bits > 1 {
            return None;
        }
        number |= bits << (7 * index);
        if byte & 0x80 == 0 {
            // Only the shortest form is ours.
            if byte == 0 && index > 0 {
                return None;
            }
            *bytes = &bytes[index + 1..];
            return Some(number);
        }
    }
    None
}

/// Takes what [`put_signed`] wrote.
pub(crate) fn take_signed(bytes: &mut &[u8]) -> Option<i64> {
    let number = take(bytes)?;
    Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_number_reads_back_and_leaves_what_follows(number: u64, signed: i64, shift in 0..64, rest: [u8; 3]) {
            let (number, signed) = (number >> shift, signed >> shift);
            let mut bytes = Vec::new();
            put(&mut bytes, number);
            put_signed(&mut bytes, signed);
            bytes.extend(rest);
            let mut left = bytes.as_slice();
            prop_assert_eq!(take(&mut left), Some(number));
            prop_assert_eq!(take_signed(&mut left), Some(signed));
            prop_assert_eq!(left, rest);
        }

        #[test]
        fn a_number_that_is_read_is_written_the_same(bytes: Vec<u8>) {
            let mut left = bytes.as_slice();
            if let Some(number) = take(&mut left) {
                let mut again = Vec::new();
                put(&mut again, number);
                prop_assert_eq!(&again, &bytes[..bytes.len() - left.len()]);
            } else {
                prop_assert_eq!(left, &bytes);
            }
        }
    }
}
