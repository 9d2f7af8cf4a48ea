//! The terms, short enough to be read.

pub(crate) const TITLE: &str = "Terms";
pub(crate) const INTRO: &str = "These are the rules of this exchange, in plain words.";

/// Heading and paragraph of each rule.
pub(crate) const RULES: [(&str, &str); 7] = [
    (
        "What this is",
        "A place where people sell tickets that they cannot use to people who can. The sale is between seller and buyer; the exchange holds the ticket while it is paid for and takes the payment.",
    ),
    (
        "Selling",
        "List only tickets that you own and may pass on, and describe them truthfully. After a sale, hand the ticket over as your handover note says.",
    ),
    (
        "Reserving",
        "A reservation holds a ticket for you alone for a limited time, which the order page counts down. Unless you pay in that time it ends by itself and costs nothing.",
    ),
    (
        "Paying",
        "You are charged exactly the price that is shown. Cards are handled by Stripe; card numbers never reach the exchange.",
    ),
    (
        "Payouts",
        "The exchange records what it owes to sellers. Payouts happen outside this site for now.",
    ),
    (
        "Your data",
        "The exchange keeps your e-mail address, your display name, a hash of your password, and your listings and orders. Other people see your display name only.",
    ),
    (
        "Fair use",
        "Listings that mislead, and accounts that abuse the exchange, can be removed.",
    ),
];
