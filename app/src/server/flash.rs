//! Refused plain form posts on their way through the session.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    error::{ApiError, ErrorCode},
    form::Flash,
};

/// Where a session keeps a refused form until its page shows it.
pub const SESSION_KEY: &str = "flash";

/// Longest value that is shown again, in bytes: what nobody typed by hand need
/// not be kept in a session.
const LONGEST: usize = 8_192;

/// A refused form and the page that it is on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FlashedPage {
    /// Path of the page.
    pub page: String,
    /// What it shows.
    pub flash: Flash,
}

impl FlashedPage {
    /// What the page of `action` shows after it was refused with `error`, and
    /// where that page is.
    #[must_use]
    pub fn new(action: &str, typed: BTreeMap<String, String>, error: ApiError) -> Self {
        let page = page_of(action, &typed);
        let values = typed
            .into_iter()
            .filter(|(field, value)| !field.contains("password") && value.len() <= LONGEST)
            .collect();
        Self {
            page,
            flash: Flash {
                action: action.to_owned(),
                values,
                error,
            },
        }
    }

    /// Where the browser goes: to the form's page, or to sign in first.
    #[must_use]
    pub fn location(&self) -> String {
        if self.flash.error.code == ErrorCode::Unauthenticated {
            return format!("/sign-in?next={}", self.page);
        }
        match self.flash.values.get("next") {
            Some(next) if self.page.starts_with("/sign-") && super::safe_next(next) != "/" => {
                format!("{}?next={}", self.page, encoded(&super::safe_next(next)))
            }
            _ => self.page.clone(),
        }
    }
}

/// The page that has the form which posts to `action`.
fn page_of(action: &str, typed: &BTreeMap<String, String>) -> String {
    // What names a page must look like an identifier before it is put in one.
    let named = |field: &str| {
        typed
            .get(field)
            .filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    let of = |field: &str, make: &dyn Fn(&str) -> String, otherwise: &str| {
        named(field).map_or_else(|| otherwise.to_owned(), |id| make(id))
    };
    match action.strip_prefix("/api/").unwrap_or_default() {
        "sign_up" => "/sign-up".to_owned(),
        "sign_in" => "/sign-in".to_owned(),
        "create_ticket" => "/tickets/new".to_owned(),
        "edit_ticket" => of("id", &|id| format!("/tickets/{id}/edit"), "/listings"),
        "delete_ticket" => of("id", &|id| format!("/tickets/{id}/delete"), "/listings"),
        "reserve" => of("ticket", &|id| format!("/tickets/{id}"), "/"),
        "cancel_order" | "start_payment" | "finish_payment" => {
            of("order", &|id| format!("/orders/{id}"), "/orders")
        }
        _ => "/".to_owned(),
    }
}

/// Percent-encodes a value of a query.
fn encoded(value: &str) -> String {
    value
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_never_kept_and_pages_are_of_this_site() {
        let typed: BTreeMap<String, String> = [
            ("email", "a@b.ca"),
            ("password", "secret"),
            ("next", "/orders?a=b&c"),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into();
        let flashed =
            FlashedPage::new("/api/sign_in", typed, ApiError::new(ErrorCode::Invalid, ""));
        assert!(!flashed.flash.values.contains_key("password"));
        assert_eq!(flashed.location(), "/sign-in?next=/orders%3Fa%3Db%26c");
        let evil: BTreeMap<String, String> =
            [("ticket".to_owned(), "/evil.example/".to_owned())].into();
        assert_eq!(
            FlashedPage::new("/api/reserve", evil, ApiError::new(ErrorCode::Conflict, ""))
                .location(),
            "/"
        );
    }
}
