//! Types for quantities with a unit: [`Metres`], [`Seconds`], [`Kilocalories`] and [`MetMinutes`].
//!
//! The service writes a quantity in two formats, and each has its own number type:
//!
//! - An activity has exact decimals in strings: `"16009.3440"`. The type is `Metres<Decimal>`, or
//!   `Metres` for short.
//! - A summary has JSON numbers: `766966.1322`. The type is `Metres<f64>`.
//!
//! ```
//! use fitrankings::units::{Metres, Seconds};
//!
//! let runs: Vec<Metres> = serde_json::from_str(r#"["16009.3440", "5000.0000"]"#)?;
//! let total: Metres = runs.iter().sum();
//! assert_eq!(total.to_string(), "21009.3440 m");
//! assert_eq!(format!("{:.1} km in {:.0}", total.kilometres(), Seconds(4830.2)), "21.0 km in 4830 s");
//!
//! // To compare the two, convert to `f64`.
//! let year = Metres(766966.1322);
//! assert!(Metres::<f64>::from(total) < year);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Adding metres to seconds does not compile:
//!
//! ```compile_fail,E0308
//! use fitrankings::units::{Metres, Seconds};
//!
//! let sum = Metres(1.0) + Seconds(1.0);
//! ```
//!
//! # Reading and writing
//!
//! | type | reads | writes |
//! |---|---|---|
//! | `Metres<Decimal>` | a plain decimal in a string, with its decimal places; a JSON number | a string |
//! | `Metres<f64>` | a JSON number; a plain decimal in a string | a number |
//!
//! A plain decimal is an optional sign, digits, and optionally a point and more digits. Any other
//! string is an error.
//!
//! Strings are not rounded to fit a [`Decimal`]: a value with more digits than it holds (28, or 29
//! for some values) is an error. A JSON number that has a fraction or needs more than 64 bits is
//! read as an `f64` first, which keeps 15 digits.
//!
//! # Arithmetic
//!
//! Sums of decimals are exact as long as the result fits a [`Decimal`]. They do not panic: a result
//! beyond its range (about ±7.9 × 10²⁸) becomes the nearest end of the range.

use std::fmt;
use std::iter::Sum;
use std::marker::PhantomData;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::time::Duration;

use rust_decimal::RoundingStrategy;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde::ser::{Error as _, Serialize, Serializer};

use crate::Decimal;
use crate::text::first_characters;

/// A distance in metres.
///
/// The number is public, as `.0`. `Display` writes the number and the unit; a width and a
/// precision apply to the number.
///
/// ```
/// use fitrankings::units::Metres;
///
/// assert_eq!(format!("{:.1}", Metres(16009.344)), "16009.3 m");
/// assert_eq!(Metres(16009.344).kilometres(), 16.009344);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Metres<N = Decimal>(pub N);

impl<N: Number> Metres<N> {
    /// Returns the number of metres as an `f64`: the nearest `f64`, or one next to it.
    pub fn to_f64(self) -> f64 {
        self.0.to_f64()
    }

    /// Returns the distance in kilometres.
    pub fn kilometres(self) -> f64 {
        self.to_f64() / 1000.0
    }
}

/// A duration in seconds.
///
/// The number is public, as `.0`. `Display` writes the number and the unit; a width and a
/// precision apply to the number.
///
/// ```
/// use fitrankings::units::Seconds;
/// use std::time::Duration;
///
/// let duration: Seconds = serde_json::from_str(r#""5043.5000""#)?;
/// assert_eq!(duration.to_duration(), Some(Duration::from_millis(5_043_500)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds<N = Decimal>(pub N);

impl<N: Number> Seconds<N> {
    /// Returns the number of seconds as an `f64`: the nearest `f64`, or one next to it.
    pub fn to_f64(self) -> f64 {
        self.0.to_f64()
    }

    /// Returns the time as a [`Duration`], to the nanosecond. Returns `None` if it is negative, not
    /// a number, or longer than a [`Duration`] can be.
    pub fn to_duration(self) -> Option<Duration> {
        self.0.to_duration()
    }
}

/// Energy in kilocalories. The service calls it `calories`.
///
/// The vendor documents no unit. The size of the values fits kilocalories.
///
/// The number is public, as `.0`. `Display` writes the number and the unit; a width and a
/// precision apply to the number.
///
/// ```
/// use fitrankings::{Decimal, units::Kilocalories};
///
/// let energy = Kilocalories(Decimal::new(1_234_5000, 4));
/// assert_eq!(energy.to_string(), "1234.5000 kcal");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kilocalories<N = Decimal>(pub N);

impl<N: Number> Kilocalories<N> {
    /// Returns the number of kilocalories as an `f64`: the nearest `f64`, or one next to it.
    pub fn to_f64(self) -> f64 {
        self.0.to_f64()
    }
}

/// Effort in MET-minutes: minutes times the metabolic equivalent of the activity. The metabolic
/// equivalent of sitting still is 1.
///
/// The number is public, as `.0`. `Display` writes the number and the unit; a width and a
/// precision apply to the number.
///
/// ```
/// use fitrankings::units::MetMinutes;
///
/// let effort: MetMinutes<f64> = serde_json::from_str("766966.1322")?;
/// assert_eq!(effort.to_string(), "766966.1322 MET-min");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetMinutes<N = Decimal>(pub N);

impl<N: Number> MetMinutes<N> {
    /// Returns the number of MET-minutes as an `f64`: the nearest `f64`, or one next to it.
    pub fn to_f64(self) -> f64 {
        self.0.to_f64()
    }
}

/// Implements the traits that every quantity has. A macro, because aliases of one generic type
/// would have no constructor such as `Metres(1.0)`.
macro_rules! quantity {
    ($name:ident, $symbol:literal) => {
        impl From<$name<Decimal>> for $name<f64> {
            fn from(exact: $name<Decimal>) -> Self {
                $name(exact.to_f64())
            }
        }

        impl<N: Number> fmt::Display for $name<N> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.show(f)?;
                f.write_str(concat!(" ", $symbol))
            }
        }

        impl<N: Number> Add for $name<N> {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                $name(self.0.plus(other.0))
            }
        }

        impl<N: Number> Sub for $name<N> {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                $name(self.0.minus(other.0))
            }
        }

        impl<N: Number> AddAssign for $name<N> {
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }

        impl<N: Number> SubAssign for $name<N> {
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }

        impl<N: Number> Sum for $name<N> {
            fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
                values.fold($name(N::default()), Add::add)
            }
        }

        impl<'a, N: Number> Sum<&'a $name<N>> for $name<N> {
            fn sum<I: Iterator<Item = &'a Self>>(values: I) -> Self {
                values.copied().sum()
            }
        }

        impl<'de, N: Number> Deserialize<'de> for $name<N> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer
                    .deserialize_any(NumberVisitor(PhantomData))
                    .map($name)
            }
        }

        impl<N: Number> Serialize for $name<N> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.write(serializer)
            }
        }
    };
}

quantity!(Metres, "m");
quantity!(Seconds, "s");
quantity!(Kilocalories, "kcal");
quantity!(MetMinutes, "MET-min");

/// The number type of a quantity: [`Decimal`] or `f64`.
///
/// This trait is sealed.
pub trait Number: sealed::Number {}

impl Number for Decimal {}
impl Number for f64 {}

mod sealed {
    use super::*;

    pub trait Number: Copy + Default {
        /// Parses a plain decimal. Returns `None` if the type cannot hold it.
        fn from_plain(text: &str) -> Option<Self>;
        fn from_f64(number: f64) -> Option<Self>;
        fn from_u64(number: u64) -> Self;
        fn from_i64(number: i64) -> Self;
        fn to_f64(self) -> f64;
        fn to_duration(self) -> Option<Duration>;
        fn plus(self, other: Self) -> Self;
        fn minus(self, other: Self) -> Self;
        fn show(self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
        fn write<S: Serializer>(self, serializer: S) -> Result<S::Ok, S::Error>;
    }
}

impl sealed::Number for Decimal {
    fn from_plain(text: &str) -> Option<Self> {
        // `FromStr` would round, and would turn 29 decimal places into 0.
        Decimal::from_str_exact(text).ok()
    }

    fn from_f64(number: f64) -> Option<Self> {
        // `Decimal`'s own conversion would cut digits off.
        let text = number.to_string();
        is_plain(&text).then(|| Self::from_plain(&text)).flatten()
    }

    fn from_u64(number: u64) -> Self {
        number.into()
    }

    fn from_i64(number: i64) -> Self {
        number.into()
    }

    fn to_f64(self) -> f64 {
        self.as_f64()
    }

    fn to_duration(self) -> Option<Duration> {
        let seconds = self.round_dp(9);
        let nanoseconds = seconds.fract().checked_mul(1_000_000_000.into())?;
        let (seconds, nanoseconds) = (seconds.trunc().try_into(), nanoseconds.try_into());
        Some(Duration::new(seconds.ok()?, nanoseconds.ok()?))
    }

    fn plus(self, other: Self) -> Self {
        self.saturating_add(other)
    }

    fn minus(self, other: Self) -> Self {
        self.saturating_sub(other)
    }

    fn show(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // With a precision, `Decimal`'s own `Display` cuts digits off instead of rounding, and
        // panics on long numbers.
        let Some(places) = f.precision() else {
            return fmt::Display::fmt(&self, f);
        };
        let rounded = self.abs().round_dp_with_strategy(
            places.try_into().unwrap_or(u32::MAX),
            RoundingStrategy::MidpointAwayFromZero,
        );
        let mut text = rounded.to_string();
        if rounded.scale() == 0 && places > 0 {
            text.push('.');
        }
        let missing = places.saturating_sub(rounded.scale() as usize);
        text.extend(std::iter::repeat_n('0', missing));
        f.pad_integral(self.is_sign_positive(), "", &text)
    }

    fn write<S: Serializer>(self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self)
    }
}

impl sealed::Number for f64 {
    fn from_plain(text: &str) -> Option<Self> {
        text.parse().ok().and_then(Self::from_f64)
    }

    fn from_f64(number: f64) -> Option<Self> {
        number.is_finite().then_some(number)
    }

    fn from_u64(number: u64) -> Self {
        number as f64
    }

    fn from_i64(number: i64) -> Self {
        number as f64
    }

    fn to_f64(self) -> f64 {
        self
    }

    fn to_duration(self) -> Option<Duration> {
        Duration::try_from_secs_f64(self).ok()
    }

    fn plus(self, other: Self) -> Self {
        self + other
    }

    fn minus(self, other: Self) -> Self {
        self - other
    }

    fn show(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self, f)
    }

    fn write<S: Serializer>(self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.is_finite() {
            // serde_json would write `null`.
            return Err(S::Error::custom(format_args!(
                "{self} cannot be written as a number"
            )));
        }
        serializer.serialize_f64(self)
    }
}

/// The key under which serde_json passes the text of a number if a crate in the dependency tree
/// enables its feature `arbitrary_precision`.
const SERDE_JSON_NUMBER: &str = "$serde_json::private::Number";

struct NumberVisitor<N>(PhantomData<N>);

impl<'de, N: Number> Visitor<'de> for NumberVisitor<N> {
    type Value = N;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a string of a plain decimal such as \"16009.3440\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<N, E> {
        if !is_plain(text) {
            return Err(E::custom(format_args!(
                "{} is not a plain decimal such as \"16009.3440\"",
                Excerpt(text)
            )));
        }
        N::from_plain(text).ok_or_else(|| too_long(text))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<N, E> {
        Ok(N::from_u64(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<N, E> {
        Ok(N::from_i64(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<N, E> {
        N::from_f64(number).ok_or_else(|| too_long(&format!("{number:e}")))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<N, A::Error> {
        if map.next_key::<String>()?.as_deref() != Some(SERDE_JSON_NUMBER) {
            return Err(A::Error::invalid_type(Unexpected::Map, &self));
        }
        let text: String = map.next_value()?;
        match text.parse() {
            Ok(number) if !is_plain(&text) => self.visit_f64(number),
            _ => self.visit_str(&text),
        }
    }
}

/// Returns whether `text` is an optional sign, digits, and optionally a point and digits.
///
/// The parsers of the number types accept more: `1_000`, `1e5`, `.5`, `inf`.
fn is_plain(text: &str) -> bool {
    let (mut after_digit, mut after_point) = (false, false);
    for byte in text.strip_prefix(['-', '+']).unwrap_or(text).bytes() {
        match byte {
            b'0'..=b'9' => after_digit = true,
            b'.' if after_digit && !after_point => (after_digit, after_point) = (false, true),
            _ => return false,
        }
    }
    after_digit
}

fn too_long<E: Error>(text: &str) -> E {
    E::custom(format_args!(
        "{} is out of range, or has more digits than can be kept",
        Excerpt(text)
    ))
}

/// Displays the first 40 characters of a text, in quotes.
struct Excerpt<'a>(&'a str);

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = first_characters(self.0, 40);
        let mark = if shown.len() < self.0.len() {
            "…"
        } else {
            ""
        };
        write!(f, "{shown:?}{mark}")
    }
}

#[cfg(test)]
mod tests {
    use serde::de::value::{Error as ValueError, MapDeserializer};

    use super::*;

    fn exact(json: &str) -> Result<Metres, serde_json::Error> {
        serde_json::from_str(json)
    }

    fn float(json: &str) -> Result<Metres<f64>, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn keeps_the_exact_value_and_its_places() {
        for text in [
            "16009.3440",
            "0",
            "0.0000",
            "-1.50",
            "0.0000000000000000000000000001",
            "9999999999999999999999999999",
            "79228162514264337593543950335",
            "7.9228162514264337593543950335",
        ] {
            let json = format!("\"{text}\"");
            let read = exact(&json).unwrap();
            assert_eq!(read.to_string(), format!("{text} m"));
            assert_eq!(serde_json::to_string(&read).unwrap(), json);
        }
        assert_eq!(exact("\"+0012.50\"").unwrap().to_string(), "12.50 m");
        let zeros = format!("\"{}7.5\"", "0".repeat(500));
        assert_eq!(exact(&zeros).unwrap().to_string(), "7.5 m");
    }

    #[test]
    fn refuses_texts_that_are_not_plain_decimals() {
        for text in [
            "", " ", "-", "+", ".", ".5", "5.", "1_000", "1.0_0", " 1", "1 ", "1e5", "1E5", "NaN",
            "inf", "0x10", "1,5", "1.2.3", "--1", "+-1", "१", "1\u{0}", "−1",
        ] {
            let json = serde_json::to_string(text).unwrap();
            let error = exact(&json).unwrap_err().to_string();
            assert!(
                error.contains("is not a plain decimal"),
                "{text:?}: {error}"
            );
            assert!(float(&json).is_err(), "{text:?}");
        }
        for json in ["null", "true", "[]", "{}", "{\"a\":1}", "[1]"] {
            assert!(exact(json).is_err(), "{json}");
            assert!(float(json).is_err(), "{json}");
        }
    }

    #[test]
    fn refuses_values_that_it_would_have_to_round() {
        for text in [
            "0.00000000000000000000000000001",
            "0.00000000000000000000000000000",
            "0.10000000000000000000000000000",
            "1.00000000000000000000000000004",
            "79228162514264337593543950336",
            "7.92281625142643375935439503355",
            "99999999999999999999999999999",
            "12345678901234567890123456789012345678901234567890",
        ] {
            let error = exact(&format!("\"{text}\"")).unwrap_err().to_string();
            assert!(
                error.contains("more digits than can be kept"),
                "{text}: {error}"
            );
        }
        assert!(exact("1e300").is_err());
        assert!(exact("1e-30").is_err());
        assert!(float(&format!("\"{}\"", "9".repeat(400))).is_err());
    }

    #[test]
    fn reads_json_numbers() {
        assert_eq!(exact("16009.344").unwrap().to_string(), "16009.344 m");
        assert_eq!(exact("766966.1322").unwrap().to_string(), "766966.1322 m");
        assert_eq!(exact("1e-7").unwrap().to_string(), "0.0000001 m");
        assert_eq!(
            exact("18446744073709551615").unwrap().to_string(),
            "18446744073709551615 m"
        );
        assert_eq!(
            exact("-9223372036854775808").unwrap().to_string(),
            "-9223372036854775808 m"
        );
        assert_eq!(float("766966.1322").unwrap(), Metres(766966.1322));
        assert_eq!(float("5").unwrap(), Metres(5.0));
        assert_eq!(float("-5").unwrap(), Metres(-5.0));
        assert_eq!(float("1e5").unwrap(), Metres(1e5));
        assert_eq!(float("\"16009.3440\"").unwrap(), Metres(16009.344));
    }

    /// Deserializes from the map that `serde_json` passes with its feature `arbitrary_precision`.
    #[test]
    fn reads_numbers_of_arbitrary_precision() {
        fn read<N: Number>(key: &'static str, text: &'static str) -> Result<Metres<N>, ValueError> {
            let mut entries = [(key, text)].into_iter();
            Metres::deserialize(MapDeserializer::new(&mut entries))
        }
        let key = SERDE_JSON_NUMBER;
        assert_eq!(read::<Decimal>(key, "1.50").unwrap().to_string(), "1.50 m");
        assert_eq!(read::<Decimal>(key, "15e-1").unwrap().to_string(), "1.5 m");
        assert_eq!(read::<f64>(key, "1.50").unwrap(), Metres(1.5));
        assert_eq!(read::<f64>(key, "1e2").unwrap(), Metres(100.0));
        assert!(read::<f64>(key, "1e400").is_err());
        assert!(read::<Decimal>(key, "1e400").is_err());
        assert!(read::<Decimal>("number", "1.50").is_err());
    }

    #[test]
    fn an_error_shows_the_beginning_of_the_value() {
        let error = exact(&format!("\"{}\"", "é".repeat(10_000)))
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with(&format!("\"{}\"… is not", "é".repeat(40))),
            "{error}"
        );
        assert!(error.len() < 200);
        let error = exact("1e300").unwrap_err().to_string();
        assert!(error.starts_with("\"1e300\" is out of range"), "{error}");
    }

    #[test]
    fn shows_the_number_as_the_format_asks() {
        let metres = exact("\"16009.3550\"").unwrap();
        assert_eq!(metres.to_string(), "16009.3550 m");
        assert_eq!(format!("{metres:.2}"), "16009.36 m");
        assert_eq!(format!("{metres:.0}"), "16009 m");
        assert_eq!(format!("{metres:.6}"), "16009.355000 m");
        assert_eq!(
            format!("{metres:.40}").len(),
            "16009.".len() + 40 + " m".len()
        );
        assert_eq!(format!("{metres:>9.1}"), "  16009.4 m");
        assert_eq!(format!("{:>9.1}", Metres(16009.36)), "  16009.4 m");
        assert_eq!(format!("{:.1}", exact("\"9.96\"").unwrap()), "10.0 m");
        assert_eq!(format!("{:.2}", exact("\"-3\"").unwrap()), "-3.00 m");
        assert_eq!(format!("{:.0}", exact("\"0.4\"").unwrap()), "0 m");
        assert_eq!(
            format!("{:08.1}", exact("\"-0.16\"").unwrap()),
            "-00000.2 m"
        );
        assert_eq!(
            format!("{:.28}", Metres(Decimal::MIN)).len(),
            1 + 29 + 1 + 28 + 2
        );
        assert_eq!(Seconds(1.5).to_string(), "1.5 s");
        assert_eq!(Kilocalories(1.5).to_string(), "1.5 kcal");
        assert_eq!(MetMinutes(1.5).to_string(), "1.5 MET-min");
    }

    #[test]
    fn adds_and_subtracts() {
        let (one, two) = (exact("\"1.1\"").unwrap(), exact("\"2.20\"").unwrap());
        assert_eq!((one + two).to_string(), "3.30 m");
        assert_eq!((one - two).to_string(), "-1.10 m");
        let mut total = one;
        total += two;
        total -= one;
        assert_eq!(total, two);
        assert_eq!(
            [one, two].iter().sum::<Metres>(),
            [one, two].into_iter().sum()
        );
        assert_eq!(
            [Metres(1.5), Metres(2.0)].iter().sum::<Metres<f64>>(),
            Metres(3.5)
        );
        assert_eq!(
            std::iter::empty::<Metres>().sum::<Metres>(),
            Metres::default()
        );
    }

    #[test]
    fn sums_saturate() {
        let most = Metres(Decimal::MAX);
        assert_eq!(most + most, most);
        assert_eq!(Metres(Decimal::MIN) - most, Metres(Decimal::MIN));
        assert_eq!(
            [most, most, Metres(Decimal::ONE)].iter().sum::<Metres>(),
            most
        );
    }

    #[test]
    fn turns_seconds_into_a_duration() {
        fn seconds(text: &str) -> Option<Duration> {
            serde_json::from_str::<Seconds>(&format!("\"{text}\""))
                .unwrap()
                .to_duration()
        }
        assert_eq!(seconds("5043.5000"), Some(Duration::from_millis(5_043_500)));
        assert_eq!(seconds("0.0000000014"), Some(Duration::from_nanos(1)));
        assert_eq!(seconds("0.9999999999"), Some(Duration::from_secs(1)));
        assert_eq!(
            seconds("18446744073709551615.5"),
            Some(Duration::new(u64::MAX, 500_000_000))
        );
        assert_eq!(seconds("18446744073709551616"), None);
        assert_eq!(seconds("79228162514264337593543950335"), None);
        assert_eq!(seconds("-0.0000"), Some(Duration::ZERO));
        assert_eq!(seconds("-0.5000"), None);
        assert_eq!(seconds("-1"), None);
        assert_eq!(
            Seconds(1.5).to_duration(),
            Some(Duration::from_millis(1500))
        );
        assert_eq!(Seconds(-1.5).to_duration(), None);
        assert_eq!(Seconds(f64::NAN).to_duration(), None);
        assert_eq!(Seconds(f64::INFINITY).to_duration(), None);
    }

    #[test]
    fn compares_and_converts() {
        let (short, long) = (exact("\"9.5\"").unwrap(), exact("\"10.50\"").unwrap());
        assert!(short < long);
        assert_eq!([long, short].iter().max(), Some(&long));
        assert_eq!(exact("\"1.50\"").unwrap(), exact("\"1.5\"").unwrap());
        assert_eq!(Metres::<f64>::from(long), Metres(10.5));
        assert_eq!(long.to_f64(), 10.5);
        assert_eq!(Metres(1609.344).kilometres(), 1.609344);
        assert_eq!(exact("\"16009.3440\"").unwrap().kilometres(), 16.009344);
    }

    #[test]
    fn refuses_to_write_nan() {
        assert_eq!(serde_json::to_string(&Metres(1.5)).unwrap(), "1.5");
        assert!(serde_json::to_string(&Metres(f64::NAN)).is_err());
    }
}
