//! Exact decimal numbers, as figures of reports are: no binary fractions anywhere.
//!
//! A [`Decimal`] counts millionths. What people type has at most [`WHOLE_DIGITS_MAX`] digits before the separator, so
//! that sums over any number of organisations and years stay far inside the type. Rounding happens in one place,
//! [`Decimal::ratio`], and always half away from zero («0,05 → 0,1»), as accountants do.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An exact number with six places after the separator.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(i128);

/// The most digits before the separator: a count of people or roubles of a krai has ten.
pub const WHOLE_DIGITS_MAX: usize = 12;
/// Places after the separator.
pub const PLACES: u32 = 6;

const ONE: i128 = 1_000_000;

impl Decimal {
    /// Nothing counted.
    pub const ZERO: Self = Self(0);

    /// A whole number.
    pub const fn whole(value: i64) -> Self {
        Self(value as i128 * ONE)
    }

    /// Reads what people type: `1 234`, `12,5`, `12.5`, `-3`; spaces may part thousands. `None` of anything else, of too
    /// many digits, and of a text with words in it.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String =
            text.trim().chars().filter(|it| !matches!(it, ' ' | '\u{a0}' | '\u{202f}')).collect();
        let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, text.as_str()),
        };
        let (whole, part) = digits.split_once([',', '.']).unwrap_or((digits, ""));
        let has_separator = digits.len() > whole.len();
        let is_number = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(part) || has_separator == part.is_empty() {
            return None;
        }
        if whole.trim_start_matches('0').len() > WHOLE_DIGITS_MAX || part.len() > PLACES as usize {
            return None;
        }
        let missing = PLACES.checked_sub(u32::try_from(part.len()).ok()?)?;
        let part = if part.is_empty() { 0 } else { part.parse::<i128>().ok()? };
        let value = whole.parse::<i128>().ok()? * ONE + part * 10_i128.pow(missing);
        Some(Self(if negative { -value } else { value }))
    }

    /// Whether it counts whole things.
    pub fn is_whole(self) -> bool {
        self.0 % ONE == 0
    }

    /// Whether it is below nothing.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// `times` · `part` / `whole`, rounded to `places` after the separator, half away from zero. `None` if the whole is
    /// zero: of nothing there is no share, not even 0 %.
    pub fn ratio(part: Self, whole: Self, times: i64, places: u32) -> Option<Self> {
        if whole.0 == 0 {
            return None;
        }
        let step = 10_i128.pow(PLACES.saturating_sub(places));
        let scaled = part.0.checked_mul(i128::from(times))?.checked_mul(ONE / step)?;
        let negative = (scaled < 0) != (whole.0 < 0);
        let (scaled, whole) = (scaled.abs(), whole.0.abs());
        let rounded = scaled.checked_mul(2)?.checked_add(whole)? / whole.checked_mul(2)?;
        Some(Self(rounded * step * if negative { -1 } else { 1 }))
    }

    /// The share of `part` in `whole` in per cent, with one place after the separator.
    pub fn percent(part: Self, whole: Self) -> Option<Self> {
        Self::ratio(part, whole, 100, 1)
    }

    /// The nearest binary number, for the cells of a table and for nothing else.
    pub fn to_f64(self) -> f64 {
        // The division is of two exact numbers as long as there are fewer than 2⁵³ millionths.
        self.0 as f64 / ONE as f64
    }

    /// With a comma, without needless zeros, thousands parted by no-break spaces: «12 345,5».
    pub fn to_words(self) -> String {
        let text = self.to_string();
        let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |it| ("\u{2212}", it));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let mut grouped = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                grouped.push('\u{a0}');
            }
            grouped.push(digit);
        }
        if part.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped},{part}") }
    }
}

impl fmt::Display for Decimal {
    /// The canonical text: a full stop, no needless zeros, no groups.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0.abs() / ONE, self.0.abs() % ONE);
        let sign = if self.0 < 0 { "-" } else { "" };
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let part = format!("{part:06}");
        write!(f, "{sign}{whole}.{}", part.trim_end_matches('0'))
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Add for Decimal {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Decimal {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for Decimal {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a decimal number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, canonical: Option<&str>) {
        assert_eq!(Decimal::parse(text).map(|it| it.to_string()).as_deref(), canonical, "{text}");
    }

    #[test]
    fn numbers_are_read_as_people_write_them_and_words_are_not_guessed_at() {
        check("12", Some("12"));
        check(" 1 234 ", Some("1234"));
        check("1\u{a0}234,50", Some("1234.5"));
        check("1.5", Some("1.5"));
        check("\u{2212}3", Some("-3"));
        check("0,000001", Some("0.000001"));
        check("007", Some("7"));
        for odd in [
            "",
            "-",
            "12 чел.",
            "~30",
            "—",
            "нет",
            "15/3",
            "100%",
            "1,2,3",
            "5,",
            ",5",
            "1e3",
            "0,0000001",
            "1234567890123",
        ] {
            check(odd, None);
        }
    }

    #[test]
    fn shares_are_rounded_half_away_from_zero_and_of_nothing_there_is_none() {
        let percent = |part, whole| {
            Decimal::percent(Decimal::whole(part), Decimal::whole(whole)).map(|it| it.to_words())
        };
        assert_eq!(percent(1, 3).as_deref(), Some("33,3"));
        assert_eq!(percent(2, 3).as_deref(), Some("66,7"));
        assert_eq!(percent(1, 800).as_deref(), Some("0,1"));
        assert_eq!(percent(1, 2001).as_deref(), Some("0"));
        assert_eq!(percent(-1, 800).as_deref(), Some("\u{2212}0,1"));
        assert_eq!(percent(0, 7).as_deref(), Some("0"));
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(5, 0), None);
    }

    #[test]
    fn words_have_groups_and_a_comma() {
        assert_eq!(
            Decimal::parse("1234567.5").map(Decimal::to_words).as_deref(),
            Some("1\u{a0}234\u{a0}567,5")
        );
        assert_eq!(Decimal::whole(999).to_words(), "999");
    }

    proptest! {
        #[test]
        fn a_number_reads_back_from_its_text(millionths in -999_999_999_999_999_999_i128..=999_999_999_999_999_999) {
            let value = Decimal(millionths);
            prop_assert_eq!(Decimal::parse(&value.to_string()), Some(value));
            prop_assert_eq!(Decimal::parse(&value.to_words()), Some(value));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            if let Some(value) = Decimal::parse(&text) {
                prop_assert_eq!(Decimal::parse(&value.to_string()), Some(value));
            }
        }
    }
}
