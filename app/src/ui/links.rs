//! Paths of pages, so that each is written once.

use std::fmt::Write;

use crate::market::types::Asked;

pub(crate) const MARKET: &str = "/";
pub(crate) const SIGN_UP: &str = "/sign-up";
pub(crate) const SIGN_IN: &str = "/sign-in";
pub(crate) const FORGOT_PASSWORD: &str = "/forgot-password";
pub(crate) const ACCOUNT: &str = "/account";
pub(crate) const ACCOUNT_EMAIL: &str = "/account/email";
pub(crate) const ACCOUNT_PASSWORD: &str = "/account/password";
pub(crate) const ACCOUNT_SECOND_FACTOR: &str = "/account/second-factor";
pub(crate) const ACCOUNT_KEYS: &str = "/account/keys";
pub(crate) const ACCOUNT_PROVIDERS: &str = "/account/providers";
pub(crate) const ACCOUNT_DELETE: &str = "/account/delete";
pub(crate) const ABOUT: &str = "/about";
pub(crate) const PRIVACY: &str = "/privacy";
pub(crate) const TERMS: &str = "/terms";
pub(crate) const NEW_TICKET: &str = "/tickets/new";
pub(crate) const LISTINGS: &str = "/listings";
pub(crate) const ORDERS: &str = "/orders";
#[cfg(feature = "ssr")]
pub(crate) const MODERATION: &str = "/moderation";

#[cfg(feature = "ssr")]
mod admin {
    pub(crate) const ADMIN: &str = "/admin";
    pub(crate) const ADMIN_PEOPLE: &str = "/admin/people";
    pub(crate) const ADMIN_EVENTS: &str = "/admin/events";
    pub(crate) const ADMIN_MAILS: &str = "/admin/mails";
    pub(crate) const ADMIN_DEAD_LETTERS: &str = "/admin/dead-letters";
    pub(crate) const ADMIN_HEALTH: &str = "/admin/health";
    pub(crate) const ADMIN_FIGURES: &str = "/admin/figures.csv";
    pub(crate) const ADMIN_STYLE: &str = "/administration.css";
    pub(crate) const ADMIN_OWED: &str = "/admin/owed.csv";

    /// An account's page for administrators.
    pub(crate) fn person(id: &str) -> String {
        format!("{ADMIN_PEOPLE}/{id}")
    }
}
#[cfg(feature = "ssr")]
pub(crate) use admin::*;

/// The market, as it is asked for, from `after` on.
pub(crate) fn market(asked: &Asked, after: &str) -> String {
    let mut pairs = asked.pairs().to_vec();
    pairs.push(("after", after));
    with_query(MARKET, &pairs)
}

/// A ticket's page.
pub(crate) fn ticket(id: &str) -> String {
    format!("/tickets/{id}")
}

/// A seller's page.
#[cfg(feature = "ssr")]
pub(crate) fn seller(id: &str) -> String {
    format!("/sellers/{id}")
}

/// The form that edits a ticket.
pub(crate) fn edit(id: &str) -> String {
    format!("/tickets/{id}/edit")
}

/// The page that asks before a ticket is deleted.
pub(crate) fn delete(id: &str) -> String {
    format!("/tickets/{id}/delete")
}

/// The form that reports a ticket.
#[cfg(feature = "ssr")]
pub(crate) fn report(id: &str) -> String {
    format!("/tickets/{id}/report")
}

/// The page that asks moderators before a ticket is removed.
#[cfg(feature = "ssr")]
pub(crate) fn remove(id: &str) -> String {
    format!("/tickets/{id}/remove")
}

/// The cases of a status, from after `after`.
#[cfg(feature = "ssr")]
pub(crate) fn queue(status: domain::moderation::CaseStatus, after: &str) -> String {
    with_query(MODERATION, &[("status", status.name()), ("after", after)])
}

/// A case's page.
#[cfg(feature = "ssr")]
pub(crate) fn case(id: &str) -> String {
    format!("{MODERATION}/{id}")
}

/// An order's page.
pub(crate) fn order(id: &str) -> String {
    format!("/orders/{id}")
}

/// The page that asks before an order is refunded.
pub(crate) fn refund(id: &str) -> String {
    format!("/orders/{id}/refund")
}

/// The sign-in page, which leads on to `next`.
pub(crate) fn sign_in(next: &str) -> String {
    with_query(SIGN_IN, &[("next", on_to(next))])
}

/// The sign-up page, which leads on to `next`.
pub(crate) fn sign_up(next: &str) -> String {
    with_query(SIGN_UP, &[("next", on_to(next))])
}

/// Where signing in with a provider begins, which leads on to `next`.
pub(crate) fn provider(key: &str, next: &str) -> String {
    with_query(&format!("/auth/{key}"), &[("next", on_to(next))])
}

/// Path and query of the page that is shown.
#[cfg(feature = "ssr")]
pub(crate) fn here() -> String {
    use leptos::prelude::*;

    let location = leptos_router::hooks::use_location();
    let path = location.pathname.get_untracked();
    match location.search.get_untracked() {
        query if query.is_empty() => path,
        query => format!("{path}?{query}"),
    }
}

/// Path and query of the page that is shown.
#[cfg(not(feature = "ssr"))]
pub(crate) fn here() -> String {
    let location = leptos::prelude::window().location();
    let part = |part: Result<String, wasm_bindgen::JsValue>| part.unwrap_or_default();
    part(location.pathname()) + &part(location.search())
}

/// `path` with the pairs that have a value.
pub(crate) fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut link = path.to_owned();
    let mut separator = '?';
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        link.push(separator);
        link.push_str(name);
        link.push('=');
        encode(value, &mut link);
        separator = '&';
    }
    link
}

/// Where signing in leads by itself needs no mention, and the pages that ask
/// to sign in are no place to return to.
fn on_to(next: &str) -> &str {
    if next == MARKET || next.starts_with("/sign-") {
        ""
    } else {
        next
    }
}

/// Percent-encodes all but RFC 3986's unreserved characters. Leptos's own
/// encodes differently on the two sides.
fn encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(into, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_values_that_are_there_are_in_the_query() {
        let link = |q: &str, after| {
            let asked = Asked {
                q: q.to_owned(),
                ..Asked::default()
            };
            market(&asked, after)
        };
        assert_eq!(link("", ""), "/");
        assert_eq!(link("jazz & blues", ""), "/?q=jazz%20%26%20blues");
        assert_eq!(link("é", "01J"), "/?q=%C3%A9&after=01J");
    }

    #[test]
    fn signing_in_returns_to_where_one_was() {
        assert_eq!(
            sign_in("/orders?after=1"),
            "/sign-in?next=%2Forders%3Fafter%3D1"
        );
        assert_eq!(sign_in("/sign-up"), "/sign-in");
        assert_eq!(sign_up("/"), "/sign-up");
    }
}
