//! Hundredths: the amounts that are sent and recounted, exact, to and from their text.

/// Writes hundredths as a decimal with two places.
pub(crate) fn text_of(hundredths: i128) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let absolute = hundredths.unsigned_abs();
    format!("{sign}{}.{:02}", absolute / 100, absolute % 100)
}

/// Reads a decimal of any number of places as hundredths; `None` where it is no decimal, or has a part that hundredths
/// cannot hold.
pub(crate) fn hundredths_of(text: &str) -> Option<i128> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(places) {
        return None;
    }
    let places = places.trim_end_matches('0');
    if places.len() > 2 {
        return None;
    }
    let value: i128 = format!("{whole}{places:0<2}").parse().ok()?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_beyond_hundredths_must_be_zeros() {
        assert_eq!(hundredths_of("12.500000"), Some(1250));
        assert_eq!(hundredths_of("12"), Some(1200));
        assert_eq!(hundredths_of("-0.05"), Some(-5));
        for text in ["12.501", "", ".5", "1e3", "1.-5", "-"] {
            assert_eq!(hundredths_of(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_written_amount_is_read_back(hundredths in any::<i64>()) {
            let hundredths = i128::from(hundredths);
            prop_assert_eq!(hundredths_of(&text_of(hundredths)), Some(hundredths));
        }
    }
}
