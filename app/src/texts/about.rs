//! What this is, and what becomes of what it knows.

pub(crate) const ABOUT_TITLE: &str = "About";
pub(crate) const ABOUT_INTRO: &str =
    "Ticket Exchange is a market for tickets that people cannot use.";

/// Heading and paragraph of each part.
pub(crate) const ABOUT: [(&str, &str); 5] = [
    (
        "How buying works",
        "Reserve a ticket and nobody else can have it while you pay. You are charged exactly the price on its card, and only once the ticket is yours. Then your receipt says how the seller hands it over.",
    ),
    (
        "Why there is a time limit",
        "A reserved ticket is on nobody else's market, so a reservation lasts a quarter of an hour. The limit is essential to a fair market and the same for everybody; what you typed is kept, a payment that you began in time may finish, and a reservation that runs out costs nothing.",
    ),
    (
        "How selling works",
        "Describe the ticket and name your price. You can change your listing until somebody reserves it. When it is sold you see the order and what is owed to you.",
    ),
    (
        "If something goes wrong",
        "Until the event begins you can give a ticket back and get the full price. If a payment fails, the ticket returns to the market and nothing is charged.",
    ),
    (
        "Open source",
        "The program that runs this market is open source: anybody can read how holds, orders and payments work, and run a market of their own.",
    ),
];

pub(crate) const PRIVACY_TITLE: &str = "Privacy";
pub(crate) const PRIVACY_INTRO: &str =
    "What is kept of you, for what, and for how long. Nothing is sold, and nobody follows you.";

/// Heading and paragraph of each part.
pub(crate) const PRIVACY: [(&str, &str); 6] = [
    (
        "Your account",
        "Your e-mail address, your display name and a hash of your password. Others see your display name only.",
    ),
    (
        "Your listings and orders",
        "What you offer and buy. The billing name and address of an order are seen by you and your card's bank, not by the seller, and are deleted when the law no longer asks for them.",
    ),
    (
        "Your card",
        "Its number goes to Stripe, our payment provider, and never reaches us. We keep its brand and last four digits for your receipt.",
    ),
    (
        "Cookies",
        "One cookie keeps you signed in, another lets a browser that you used before sign in while somebody guesses at your password. There are no others, and no trackers.",
    ),
    (
        "Limits",
        "To slow down guessing we count tries by account and by network for some time.",
    ),
    (
        "Your rights",
        "Under “Your account” you can download all that is kept of you, and delete your account.",
    ),
];
