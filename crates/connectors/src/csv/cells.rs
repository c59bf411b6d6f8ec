//! Cells to values, in a declared locale. What could be read in two ways is refused.

use super::config::{DateOrder, Locale};
use salescope_domain::{Date, Decimal, Instant, Zone};

/// What is wrong with a cell: a stable code and a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CellFault {
    pub(super) code: &'static str,
    pub(super) reason: String,
}

pub(super) fn fault(code: &'static str, reason: impl Into<String>) -> CellFault {
    CellFault { code, reason: reason.into() }
}

/// A cell's text: trimmed, and without the apostrophe that keeps a spreadsheet from running it as a formula.
pub(super) fn plain(cell: &str) -> &str {
    let text = cell.trim();
    let guarded = text.strip_prefix('\'').filter(|rest| rest.starts_with(super::reject::FORMULA_STARTS));
    guarded.unwrap_or(text).trim()
}

/// A number with the locale's separators, exactly.
pub(super) fn number(text: &str, locale: &Locale) -> Result<Decimal, CellFault> {
    let malformed = || {
        let group = locale.group.map_or_else(|| "none".to_owned(), |group| format!("{group:?}"));
        let reason = format!(
            "{text:?} is not a number with the decimal separator {:?} and the group separator {group}",
            locale.decimal
        );
        fault("invalid_number", reason)
    };
    let (digits, rest) = match text.find([locale.decimal, 'e', 'E']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let digits = match locale.group {
        Some(group) => ungroup(digits, group).ok_or_else(malformed)?,
        None => digits.to_owned(),
    };
    let rest = match rest.strip_prefix(locale.decimal) {
        Some(decimals) => format!(".{decimals}"),
        None => rest.to_owned(),
    };
    if rest.matches('.').count() > 1 || digits.contains('.') || rest.contains(',') {
        return Err(malformed());
    }
    (digits + &rest).parse().map_err(|error| match error {
        salescope_domain::decimal::DecimalError::Malformed(_) => malformed(),
        too_many => fault("invalid_number", too_many.to_string()),
    })
}

/// Digits without their group separators; nothing where the groups are not of two or three digits and the last of three.
fn ungroup(digits: &str, group: char) -> Option<String> {
    let is_group = |c: char| c == group || (group == ' ' && matches!(c, '\u{a0}' | '\u{202f}'));
    let parts: Vec<&str> = digits.split(is_group).collect();
    let (first, others) = parts.split_first()?;
    let sound = match others.split_last() {
        None => true,
        Some((last, middle)) => {
            let plain = first.trim_start_matches(['+', '-']);
            (1..=3).contains(&plain.len())
                && last.len() == 3
                && middle.iter().all(|part| matches!(part.len(), 2 | 3))
        }
    };
    sound.then(|| parts.concat())
}

/// A date: year first, or in the declared order. A time behind it is left off; with an offset it is first brought to
/// the zone.
pub(super) fn date(text: &str, locale: &Locale, zone: &Zone) -> Result<Date, CellFault> {
    if let Ok(at) = text.parse::<Instant>() {
        return Ok(zone.local_date(at));
    }
    let day = match text.split_once(['T', ' ']) {
        Some((day, time)) if clock(time.trim()).is_some() => day,
        _ => text,
    };
    day_of(day, locale.dates)
}

fn day_of(text: &str, order: Option<DateOrder>) -> Result<Date, CellFault> {
    let invalid = || fault("invalid_date", format!("{text:?} is not a date: write it as 2026-11-23"));
    let separator = text.find(['-', '/', '.']).map(|at| text.as_bytes()[at] as char).ok_or_else(invalid)?;
    let parts: Vec<&str> = text.split(separator).collect();
    let [first, second, third] = parts[..] else { return Err(invalid()) };
    let digits =
        |part: &str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !(digits(first) && digits(second) && digits(third)) {
        return Err(invalid());
    }
    let (year, month, day) = match (first.len(), third.len(), order) {
        (4, 1 | 2, _) => (first, second, third),
        (1 | 2, 4, Some(DateOrder::Dmy)) => (third, second, first),
        (1 | 2, 4, Some(DateOrder::Mdy)) => (third, first, second),
        (1 | 2, 4, None | Some(DateOrder::Ymd)) => {
            let reason = format!(
                "{text:?} could be day first or month first: declare `locale: {{dates: dmy}}` or mdy in a mapping file"
            );
            return Err(fault("ambiguous_date", reason));
        }
        _ => return Err(invalid()),
    };
    let small = |part: &str| part.parse::<i8>().map_err(|_| invalid());
    let year = year.parse::<i16>().map_err(|_| invalid())?;
    Date::from_ymd(year, small(month)?, small(day)?).ok_or_else(invalid)
}

/// Hours, minutes, seconds and milliseconds of `09:41`, `09:41:07` or `09:41:07.375`.
fn clock(text: &str) -> Option<(i8, i8, i8, i32)> {
    let (time, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<&str> = time.split(':').collect();
    let (hour, minute, second) = match parts[..] {
        [hour, minute] => (hour, minute, "0"),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let part = |text: &str, end: i8| {
        let short = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
        short.then(|| text.parse().ok()).flatten().filter(|value| *value < end)
    };
    if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let ms = format!("{fraction:0<3}")[..3].parse().ok()?;
    Some((part(hour, 24)?, part(minute, 60)?, part(second, 60)?, ms))
}

/// A time, and whether it was more than a date: with an offset, or on the clock of the zone. A date is its first instant.
pub(super) fn instant(text: &str, locale: &Locale, zone: &Zone) -> Result<(Instant, bool), CellFault> {
    if let Ok(at) = text.parse::<Instant>() {
        return Ok((at, true));
    }
    let zone = locale.time_zone.as_ref().unwrap_or(zone);
    let split = text.split_once(['T', ' ']).map(|(day, time)| (day, time.trim()));
    let Some((day, time)) = split else {
        return Ok((zone.start_of_day(day_of(text, locale.dates)?), false));
    };
    let day = day_of(day, locale.dates)?;
    let invalid =
        || fault("invalid_time", format!("{text:?} is not a time: write it as 2026-11-23T09:41:07Z"));
    let (hour, minute, second, ms) = clock(time).ok_or_else(invalid)?;
    let local = jiff::civil::date(1970, 1, 1)
        .checked_add(jiff::Span::new().days(day.days()))
        .map_err(|_| invalid())?
        .at(hour, minute, second, ms * 1_000_000);
    let zone = jiff::tz::TimeZone::get(zone.name()).map_err(|_| invalid())?;
    let zoned = local.to_zoned(zone).map_err(|_| invalid())?;
    Ok((Instant::from_ms(zoned.timestamp().as_millisecond()), true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn locale(decimal: char, group: Option<char>, dates: Option<DateOrder>) -> Locale {
        Locale { decimal, group, dates, time_zone: None }
    }

    fn read(text: &str, locale: &Locale) -> Result<String, &'static str> {
        number(text, locale).map(|value| value.to_string()).map_err(|fault| fault.code)
    }

    #[test]
    fn numbers_are_read_exactly_in_the_declared_locale() {
        let plain = Locale::default();
        let us = locale('.', Some(','), None);
        let german = locale(',', Some('.'), None);
        let french = locale(',', Some(' '), None);
        for (text, locale, value) in [
            ("1.39E8", &plain, "139000000"),
            ("-12.50", &plain, "-12.5"),
            ("1,234,567.89", &us, "1234567.89"),
            ("12,34,567", &us, "1234567"),
            ("1.234,5", &german, "1234.5"),
            ("1,39E8", &german, "139000000"),
            ("1\u{202f}234,5", &french, "1234.5"),
            ("1\u{a0}234 567", &french, "1234567"),
        ] {
            assert_eq!(read(text, locale), Ok(value.to_owned()), "{text}");
        }
        for (text, locale) in [
            ("1,234", &plain),
            ("1,5", &us),
            ("1.5", &german),
            ("1.5,5.5", &german),
            ("1,2,3", &german),
            ("$5", &plain),
            ("1e999", &plain),
            ("", &plain),
        ] {
            assert_eq!(read(text, locale), Err("invalid_number"), "{text}");
        }
    }

    #[test]
    fn dates_are_year_first_unless_an_order_is_declared() {
        let utc = Zone::utc();
        let read = |text: &str, dates| date(text, &locale('.', None, dates), &utc);
        let code = |text: &str, dates| read(text, dates).unwrap_err().code;
        for (text, dates) in [
            ("2026-04-03", None),
            ("2026/4/3", None),
            ("2026-04-03 23:59", None),
            ("2026-04-03T23:59:00Z", None),
            ("03.04.2026", Some(DateOrder::Dmy)),
            ("4/3/2026", Some(DateOrder::Mdy)),
        ] {
            assert_eq!(read(text, dates).unwrap().to_string(), "2026-04-03", "{text}");
        }
        assert_eq!(code("03/04/2026", None), "ambiguous_date");
        assert_eq!(code("23/04/2026", None), "ambiguous_date");
        assert_eq!(code("23/04/2026", Some(DateOrder::Mdy)), "invalid_date");
        for text in ["46115", "3/4/26", "2026-02-30", "2026-04", "soon", "2026-04-03 later"] {
            assert_eq!(code(text, Some(DateOrder::Dmy)), "invalid_date", "{text}");
        }
    }

    #[test]
    fn times_without_an_offset_are_on_the_clock_of_the_zone() {
        let berlin = Zone::new("Europe/Berlin").unwrap();
        let read = |text: &str| {
            instant(text, &Locale::default(), &berlin).map(|(at, exact)| (at.to_string(), exact))
        };
        assert_eq!(read("2026-07-01 09:41").unwrap(), ("2026-07-01T07:41:00Z".to_owned(), true));
        assert_eq!(
            read("2026-07-01T09:41:07.5+00:00").unwrap(),
            ("2026-07-01T09:41:07.500Z".to_owned(), true)
        );
        assert_eq!(read("2026-07-01").unwrap(), ("2026-06-30T22:00:00Z".to_owned(), false));
        assert_eq!(read("2026-07-01 25:00").unwrap_err().code, "invalid_time");
    }

    #[test]
    fn a_guarding_apostrophe_is_taken_off_and_others_stay() {
        assert_eq!(
            [plain(" '-5 "), plain("'=1"), plain("'t Hooft"), plain("O'Neil")],
            ["-5", "=1", "'t Hooft", "O'Neil"]
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_a_parser_panic(text in "\\PC{0,24}") {
            for dates in [None, Some(DateOrder::Dmy)] {
                let locale = locale(',', Some('.'), dates);
                let _ = (number(&text, &locale), date(&text, &locale, &Zone::utc()));
                let _ = instant(&text, &locale, &Zone::utc());
            }
        }

        #[test]
        fn an_amount_written_in_any_locale_is_read_back(units in -1_000_000_000_i64..1_000_000_000) {
            let value = Decimal::new(units, 2);
            let text = value.to_string().replace('.', ",");
            prop_assert_eq!(number(&text, &locale(',', Some('.'), None)).unwrap(), value);
        }
    }
}
