//! Money: integers of minor units, one currency per deployment.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Problem;

/// An amount in minor units of the deployment's currency, as Stripe counts
/// them. There is no arithmetic on it beyond comparison: nothing is added to
/// what the seller asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Amount(i64);

impl Amount {
    /// The amount of `minor` minor units.
    #[must_use]
    pub const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// Minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.0
    }
}

/// A currency as Stripe counts it.
///
/// Sources: <https://docs.stripe.com/currencies> (decimals, special cases,
/// minimum charges). Where Stripe publishes no minimum, the one here is a
/// round amount above the 0.50 USD that applies after conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency {
    /// ISO 4217 code, upper case.
    pub code: &'static str,
    /// Decimals between the major and the minor unit.
    pub decimals: u8,
    /// What every amount must be a multiple of, in minor units.
    pub step: i64,
    /// Least amount that can be charged, in minor units.
    pub min: Amount,
}

const fn currency(code: &'static str, decimals: u8, step: i64, min: i64) -> Currency {
    Currency {
        code,
        decimals,
        step,
        min: Amount(min),
    }
}

/// The Canadian dollar, which is the default.
pub const CAD: Currency = currency("CAD", 2, 1, 50);

/// The currencies that a deployment can be run in.
pub const CURRENCIES: &[Currency] = &[
    currency("AED", 2, 1, 200),
    currency("AUD", 2, 1, 50),
    currency("BHD", 3, 10, 200),
    currency("BRL", 2, 1, 50),
    CAD,
    currency("CHF", 2, 1, 50),
    currency("CLP", 0, 1, 500),
    currency("CZK", 2, 1, 1_500),
    currency("DKK", 2, 1, 250),
    currency("EUR", 2, 1, 50),
    currency("GBP", 2, 1, 30),
    currency("HKD", 2, 1, 400),
    currency("HUF", 2, 1, 17_500),
    currency("INR", 2, 1, 50),
    // Stripe keeps two decimals for ISK and UGX, which must be 00.
    currency("ISK", 2, 100, 10_000),
    currency("JOD", 3, 10, 400),
    currency("JPY", 0, 1, 50),
    currency("KRW", 0, 1, 1_000),
    // Stripe wants the last of three decimals to be 0.
    currency("KWD", 3, 10, 200),
    currency("MXN", 2, 1, 1_000),
    currency("MYR", 2, 1, 200),
    currency("NOK", 2, 1, 300),
    currency("NZD", 2, 1, 50),
    currency("OMR", 3, 10, 200),
    currency("PLN", 2, 1, 200),
    currency("RON", 2, 1, 200),
    currency("SEK", 2, 1, 300),
    currency("SGD", 2, 1, 50),
    currency("THB", 2, 1, 1_000),
    currency("TND", 3, 10, 2_000),
    currency("UGX", 2, 100, 200_000),
    currency("USD", 2, 1, 50),
    currency("VND", 0, 1, 15_000),
    currency("ZAR", 2, 1, 1_000),
];

impl Currency {
    /// The currency with this ISO 4217 code, in any case.
    #[must_use]
    pub fn by_code(code: &str) -> Option<Self> {
        CURRENCIES
            .iter()
            .copied()
            .find(|currency| currency.code.eq_ignore_ascii_case(code))
    }

    /// Parses a price as typed: digits, then optionally `.` or `,` and at most
    /// the currency's decimals. `19.99` and `19,99` are the same price.
    ///
    /// # Errors
    /// [`Problem::Required`] for nothing, [`Problem::NotAPrice`] for a sign, an
    /// exponent, grouping or too many decimals, and [`Problem::PriceTooLow`],
    /// [`Problem::PriceTooHigh`] or [`Problem::PriceStep`].
    pub fn parse_price(&self, input: &str, max: Amount) -> Result<Amount, Problem> {
        self.check_price(self.parse_amount(input)?, max)
    }

    /// As [`Currency::parse_price`], of an amount that nobody is to be charged.
    ///
    /// # Errors
    /// [`Problem::Required`] or [`Problem::NotAPrice`]. What does not fit an
    /// integer is the greatest amount.
    pub fn parse_amount(&self, input: &str) -> Result<Amount, Problem> {
        let malformed = Problem::NotAPrice {
            decimals: self.decimals,
        };
        let text = input.trim();
        if text.is_empty() {
            return Err(Problem::Required);
        }
        let (whole, fraction) = match text.split_once(['.', ',']) {
            Some((_, "")) => return Err(malformed),
            Some(parts) => parts,
            None => (text, ""),
        };
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || !digits(whole)
            || !digits(fraction)
            || fraction.len() > usize::from(self.decimals)
        {
            return Err(malformed);
        }
        let padding = usize::from(self.decimals) - fraction.len();
        let minor = format!("{whole}{fraction}{}", "0".repeat(padding));
        // Only digits are left, so what does not fit is too much.
        Ok(minor.parse().map(Amount).unwrap_or(Amount(i64::MAX)))
    }

    /// Checks that `amount` can be charged.
    ///
    /// # Errors
    /// [`Problem::PriceTooLow`], [`Problem::PriceTooHigh`] or
    /// [`Problem::PriceStep`].
    pub fn check_price(&self, amount: Amount, max: Amount) -> Result<Amount, Problem> {
        if amount < self.min {
            Err(Problem::PriceTooLow { min: self.min })
        } else if amount > max {
            Err(Problem::PriceTooHigh { max })
        } else if amount.0 % self.step != 0 {
            Err(Problem::PriceStep {
                step: Amount(self.step),
            })
        } else {
            Ok(amount)
        }
    }

    /// The amount in digits with the currency's decimals: `19.99`. This is
    /// what a price field holds, so [`Currency::parse_price`] reads it back.
    #[must_use]
    pub fn digits(&self, amount: Amount) -> String {
        let decimals = usize::from(self.decimals);
        let padded = format!("{:0>width$}", amount.0, width = decimals + 1);
        let (whole, fraction) = padded.split_at(padded.len() - decimals);
        if decimals == 0 {
            whole.to_owned()
        } else {
            format!("{whole}.{fraction}")
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: Amount = Amount(1_000_000);

    fn cad() -> Currency {
        Currency::by_code("cad").expect("CAD is in the table")
    }

    #[test]
    fn a_point_and_a_comma_are_the_same_price() {
        for (typed, minor) in [
            ("19.99", 1999),
            ("19,99", 1999),
            (" 19.9 ", 1990),
            ("20", 2000),
            ("0.50", 50),
            ("10000", 1_000_000),
            ("0019.99", 1999),
        ] {
            assert_eq!(cad().parse_price(typed, MAX), Ok(Amount(minor)), "{typed}");
        }
    }

    #[test]
    fn only_digits_and_one_separator_are_a_price() {
        for typed in [
            "1e3", "-1", "+1", "19.999", "1,000.00", "1.000,00", "1 000", "$5", "19.", ".99",
            "NaN", "inf", "0x10", "１９", "19.9.9",
        ] {
            assert_eq!(
                cad().parse_price(typed, MAX),
                Err(Problem::NotAPrice { decimals: 2 }),
                "{typed}"
            );
        }
        assert_eq!(cad().parse_price("  ", MAX), Err(Problem::Required));
    }

    #[test]
    fn prices_are_between_the_minimum_and_the_maximum() {
        assert_eq!(
            cad().parse_price("0", MAX),
            Err(Problem::PriceTooLow { min: Amount(50) })
        );
        assert_eq!(
            cad().parse_price("0.49", MAX),
            Err(Problem::PriceTooLow { min: Amount(50) })
        );
        assert_eq!(
            cad().parse_price("10000.01", MAX),
            Err(Problem::PriceTooHigh { max: MAX })
        );
        assert_eq!(
            cad().parse_price(&"9".repeat(400), MAX),
            Err(Problem::PriceTooHigh { max: MAX })
        );
    }

    #[test]
    fn an_amount_may_be_less_or_more_than_anything_costs() {
        for (typed, parsed) in [
            ("0", Ok(Amount(0))),
            ("0,5", Ok(Amount(50))),
            ("99999999999999999999", Ok(Amount(i64::MAX))),
            ("-1", Err(Problem::NotAPrice { decimals: 2 })),
            ("", Err(Problem::Required)),
        ] {
            assert_eq!(cad().parse_amount(typed), parsed, "{typed}");
        }
    }

    #[test]
    fn zero_and_three_decimals_are_as_stripe_counts_them() {
        let jpy = Currency::by_code("JPY").expect("in the table");
        assert_eq!(jpy.parse_price("500", MAX), Ok(Amount(500)));
        assert_eq!(
            jpy.parse_price("500.0", MAX),
            Err(Problem::NotAPrice { decimals: 0 })
        );
        let kwd = Currency::by_code("KWD").expect("in the table");
        assert_eq!(kwd.parse_price("1,25", MAX), Ok(Amount(1250)));
        assert_eq!(
            kwd.parse_price("1.255", MAX),
            Err(Problem::PriceStep { step: Amount(10) })
        );
        assert!(Currency::by_code("XXX").is_none());
    }

    #[test]
    fn what_a_field_shows_reads_back_as_the_same_integer_for_every_price() {
        // Each number of decimals and step once over every price, the others
        // over the first few thousand.
        for currency in CURRENCIES {
            let most = if matches!(currency.code, "CAD" | "JPY" | "KWD" | "ISK") {
                1_000_000
            } else {
                4_000
            };
            for minor in (currency.min.minor()..=currency.min.minor() + most)
                .step_by(usize::try_from(currency.step).expect("positive"))
            {
                let amount = Amount(minor);
                assert_eq!(
                    currency.parse_price(&currency.digits(amount), Amount(minor)),
                    Ok(amount)
                );
            }
        }
    }
}
