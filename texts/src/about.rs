//! What this is, what becomes of what it knows, and its terms.

use crate::Language;

include!(concat!(env!("OUT_DIR"), "/about.rs"));

/// A heading and what is said under it.
pub type Part = (&'static str, &'static str);

/// How the market works.
#[must_use]
pub const fn about(language: Language) -> [Part; 5] {
    [
        (buying(language), buying_text(language)),
        (limit(language), limit_text(language)),
        (selling(language), selling_text(language)),
        (wrong(language), wrong_text(language)),
        (source(language), source_text(language)),
    ]
}

/// What is kept of people.
#[must_use]
pub const fn privacy(language: Language) -> [Part; 6] {
    [
        (account(language), account_text(language)),
        (orders(language), orders_text(language)),
        (card(language), card_text(language)),
        (cookies(language), cookies_text(language)),
        (limits(language), limits_text(language)),
        (rights(language), rights_text(language)),
    ]
}

/// The terms.
#[must_use]
pub const fn terms(language: Language) -> [Part; 7] {
    [
        (what(language), what_text(language)),
        (sellers(language), sellers_text(language)),
        (reserving(language), reserving_text(language)),
        (paying(language), paying_text(language)),
        (payouts(language), payouts_text(language)),
        (data(language), data_text(language)),
        (fair_use(language), fair_use_text(language)),
    ]
}
