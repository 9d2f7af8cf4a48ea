//! What can be wrong with a field of a form.

use crate::Amount;

/// Why one field was refused. The sentences people read are in the catalogue
/// of texts, so that they can be translated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Nothing was given.
    Required,
    /// Fewer than `min` characters.
    TooShort {
        /// Least number of characters.
        min: usize,
    },
    /// More than `max` characters.
    TooLong {
        /// Greatest number of characters.
        max: usize,
    },
    /// Characters that cannot be shown, such as NUL or a bidirectional override.
    ControlCharacters,
    /// No e-mail address.
    NotAnEmail,
    /// Another account has this e-mail address.
    EmailTaken,
    /// The password can be guessed.
    WeakPassword,
    /// Not the account's password.
    WrongPassword,
    /// It is not a code of the account, or was used before.
    WrongCode,
    /// Not digits with at most `decimals` decimals.
    NotAPrice {
        /// Decimals of the currency.
        decimals: u8,
    },
    /// Below the least price.
    PriceTooLow {
        /// Least price.
        min: Amount,
    },
    /// Above the greatest price.
    PriceTooHigh {
        /// Greatest price.
        max: Amount,
    },
    /// Not a multiple of the currency's smallest charge.
    PriceStep {
        /// What a price must be a multiple of.
        step: Amount,
    },
    /// Not a local date and time.
    NotADate,
    /// Not a calendar date.
    NotADay,
    /// The range ends before it begins.
    EmptyRange,
    /// The event begins in the past.
    InThePast,
    /// Later than anything sold here.
    TooFarAhead,
    /// Not the name of an IANA time zone.
    UnknownZone,
    /// The local time does not exist in that zone (clocks go forward).
    NoSuchLocalTime,
    /// Not a country of the list.
    UnknownCountry,
    /// Not a state or province of the country.
    UnknownRegion,
    /// Not a postal code of the country.
    NotAPostalCode,
    /// A value that the form cannot send.
    Malformed,
}

/// Every field of a form that was refused, by the name it is posted under.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldErrors(Vec<(&'static str, Problem)>);

impl FieldErrors {
    /// One refused field.
    #[must_use]
    pub fn one(field: &'static str, problem: Problem) -> Self {
        Self(vec![(field, problem)])
    }

    /// Takes the value out of `result`, or notes its problem under `field`.
    pub fn take<T>(&mut self, field: &'static str, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.0.push((field, problem))).ok()
    }

    /// Notes the fields that another part of the form refused.
    pub fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// Whether no field was refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The refused fields in the order of the form.
    pub fn iter(&self) -> impl Iterator<Item = &(&'static str, Problem)> {
        self.0.iter()
    }
}
