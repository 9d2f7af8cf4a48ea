//! Registering, signing in and out, and the account.

use domain::scope::Scope;

use crate::Language;

include!(concat!(env!("OUT_DIR"), "/accounts.rs"));

/// What can be said of a password while it is typed, without knowing what is
/// guessed first: the server does.
#[must_use]
pub fn strength(language: Language, password: &str) -> &'static str {
    let length = password.chars().count();
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    match (length, different.len()) {
        (0, _) => "",
        (..8, _) => strength_short(language),
        (_, ..6) => strength_repeats(language),
        (..12, _) => strength_fair(language),
        _ => strength_good(language),
    }
}

/// What a scope lets a program do.
#[must_use]
pub fn scope(language: Language, scope: Scope) -> &'static str {
    match scope {
        Scope::ListingsRead => scope_listings_read(language),
        Scope::ListingsWrite => scope_listings_write(language),
        Scope::OrdersRead => scope_orders_read(language),
        Scope::OrdersWrite => scope_orders_write(language),
        Scope::RefundsWrite => scope_refunds_write(language),
        Scope::EventsRead => scope_events_read(language),
        Scope::WebhooksWrite => scope_webhooks_write(language),
    }
}

/// What was just done, by the name that the address of the page has for it.
#[must_use]
pub fn done(language: Language, name: &str) -> Option<&'static str> {
    Some(match name {
        "address" => done_address(language),
        "password" => done_password(language),
        "session" => done_session(language),
        "key" => done_key(language),
        "webhook" => done_webhook(language),
        "sessions" => done_sessions(language),
        "second_factor" => done_second_factor(language),
        "second_factor_off" => done_second_factor_off(language),
        "linked" => done_linked(language),
        "unlinked" => done_unlinked(language),
        "asked" => done_asked(language),
        "deleted" => done_deleted(language),
        "link" => done_link(language),
        _ => return None,
    })
}
