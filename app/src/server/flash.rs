//! Refused plain form posts on their way through the session.

use std::collections::BTreeMap;

use exchange::accounts::sessions::name_of;
use serde::{Deserialize, Serialize};
use texts::Language;
use tower_sessions::{Session, session::Error as SessionError};

use crate::{
    error::{ApiError, ErrorCode},
    form::Flash,
};

/// Where a session keeps refused forms until their pages show them.
const SESSION_KEY: &str = "flashes";

/// How many forms wait at most: one, and the sign-in that it waits for.
const MOST_FORMS: usize = 2;

/// What is shown again of one form: more than any of ours can hold when every
/// field is full. Anybody can post without a cookie, and what nobody typed
/// must not fill the database.
const MOST_FIELDS: usize = 24;
const MOST_BYTES: usize = 16 * 1024;

/// Longest identifier in the path of a page, in bytes: of a mailed link.
const LONGEST_ID: usize = 128;

/// A refused form and the page that it is on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FlashedPage {
    /// For whoever is sent there now. That of a mailed link lets somebody in, so it is
    /// in no record.
    #[serde(skip)]
    path: String,
    /// By what the page is known again.
    page: String,
    flash: Flash,
}

impl FlashedPage {
    /// What the page of `action` shows after it was refused with `error`;
    /// `None` when no page has that form.
    #[must_use]
    pub fn new(action: &str, typed: BTreeMap<String, String>, error: ApiError) -> Option<Self> {
        let path = page_of(action, &typed)?;
        Some(Self {
            page: name_of(&path),
            path,
            flash: Flash {
                action: action.to_owned(),
                values: bounded(typed),
                error,
            },
        })
    }

    /// Where the browser goes: to the form's page, or to sign in first.
    #[must_use]
    pub fn location(&self) -> String {
        if self.waits_for_sign_in() {
            return format!("/sign-in?next={}", self.path);
        }
        match self.flash.values.get("next") {
            Some(next) if self.path.starts_with("/sign-") && super::safe_next(next) != "/" => {
                format!("{}?next={}", self.path, encoded(&super::safe_next(next)))
            }
            _ => self.path.clone(),
        }
    }

    fn waits_for_sign_in(&self) -> bool {
        self.flash.error.code == ErrorCode::Unauthenticated
    }
}

/// The refused forms that wait in a session for their pages, oldest first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Flashes(Vec<FlashedPage>);

impl Flashes {
    /// Those of `session`.
    ///
    /// # Errors
    /// Only when the database is away.
    pub async fn of(session: &Session) -> Result<Self, SessionError> {
        Ok(session.get(SESSION_KEY).await?.unwrap_or_default())
    }

    /// Puts them into `session`, in place of those that were there.
    ///
    /// # Errors
    /// Only when the database is away.
    pub async fn store(&self, session: &Session) -> Result<(), SessionError> {
        if self.0.is_empty() {
            session.remove_value(SESSION_KEY).await.map(drop)
        } else {
            session.insert(SESSION_KEY, self).await
        }
    }

    /// Has a form wait for its page, in place of what waited for that page.
    pub fn add(&mut self, flashed: FlashedPage) {
        self.0.retain(|other| other.page != flashed.page);
        if self.0.len() == MOST_FORMS {
            self.0.remove(0);
        }
        self.0.push(flashed);
    }

    /// What the page at `path` shows.
    #[must_use]
    pub fn of_page(&self, path: &str) -> Option<&Flash> {
        let page = name_of(path);
        self.0
            .iter()
            .find(|flashed| flashed.page == page)
            .map(|flashed| &flashed.flash)
    }

    /// The page at `path` has shown it.
    pub fn remove(&mut self, path: &str) {
        let page = name_of(path);
        self.0.retain(|flashed| flashed.page != page);
    }

    /// What is left of them for somebody who signs in: the forms that were
    /// refused for want of that.
    pub(super) fn signed_in(self, language: Language) -> Self {
        let waited = self.0.into_iter().filter(FlashedPage::waits_for_sign_in);
        Self(
            waited
                .map(|mut flashed| {
                    texts::signed_in_now(language).clone_into(&mut flashed.flash.error.message);
                    flashed
                })
                .collect(),
        )
    }
}

/// Whether what is typed there lets somebody in: it is in no record.
fn is_secret(field: &str) -> bool {
    field.contains("password") || matches!(field, "code" | "link")
}

/// What was typed, less what is secret, and less the longest values when all are
/// too much.
fn bounded(typed: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let size = |(field, value): &(String, String)| field.len() + value.len();
    let mut values: Vec<_> = typed
        .into_iter()
        .filter(|(field, _)| !is_secret(field))
        .collect();
    values.sort_by_key(size);
    let mut left = MOST_BYTES;
    values
        .into_iter()
        .take(MOST_FIELDS)
        .take_while(|value| {
            let fits = size(value) <= left;
            left = left.saturating_sub(size(value));
            fits
        })
        .collect()
}

/// The page that has the form which posts to `action`, if there is one.
fn page_of(action: &str, typed: &BTreeMap<String, String>) -> Option<String> {
    // What names a page must look like an identifier before it is put in one.
    let named = |field: &str| {
        typed.get(field).filter(|id| {
            (1..=LONGEST_ID).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    Some(match action.strip_prefix("/api/")? {
        "sign_up" => "/sign-up".to_owned(),
        "sign_up_with" => "/sign-up/finish".to_owned(),
        "sign_in" => "/sign-in".to_owned(),
        "sign_in_code" => "/sign-in/code".to_owned(),
        "forgot_password" => "/forgot-password".to_owned(),
        "reset_password" => format!("/reset-password/{}", named("link")?),
        "verify_email" => format!("/verify-email/{}", named("link")?),
        "change_email" => format!("/change-email/{}", named("link")?),
        "link_by_mail" => format!("/link-identity/{}", named("link")?),
        "verify_again" | "end_session" | "end_other_sessions" => "/account".to_owned(),
        "change_password" => "/account/password".to_owned(),
        "request_email" => "/account/email".to_owned(),
        "begin_second_factor"
        | "begin_backup_codes"
        | "confirm_second_factor"
        | "remove_second_factor" => "/account/second-factor".to_owned(),
        "create_key" | "end_key" | "end_webhook" => "/account/keys".to_owned(),
        "unlink_identity" => "/account/providers".to_owned(),
        "link_identity" => "/account/link".to_owned(),
        "delete_account" => "/account/delete".to_owned(),
        "create_ticket" => "/tickets/new".to_owned(),
        "edit_ticket" => format!("/tickets/{}/edit", named("id")?),
        "delete_ticket" => format!("/tickets/{}/delete", named("id")?),
        "report_ticket" => format!("/tickets/{}/report", named("id")?),
        "remove_ticket" => format!("/tickets/{}/remove", named("id")?),
        "decide_case" => format!("/moderation/{}", named("id")?),
        "decide_by_link" => format!("/decide/{}", named("link")?),
        "change_person" => format!("/admin/people/{}", named("id")?),
        "replay_dead_letter" | "discard_dead_letter" => "/admin/dead-letters".to_owned(),
        "reserve" => format!("/tickets/{}", named("ticket")?),
        "refund_order" => format!("/orders/{}/refund", named("order")?),
        "cancel_order" | "start_payment" | "finish_payment" => {
            format!("/orders/{}", named("order")?)
        }
        _ => return None,
    })
}

/// Percent-encodes a value of a query.
pub(super) fn encoded(value: &str) -> String {
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

    fn typed(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(field, value)| ((*field).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn refused(action: &str, pairs: &[(&str, &str)], code: ErrorCode) -> FlashedPage {
        FlashedPage::new(action, typed(pairs), ApiError::new(code, "No.")).expect("a form of ours")
    }

    #[test]
    fn passwords_are_never_kept_and_pages_are_of_this_site() {
        let flashed = refused(
            "/api/sign_in",
            &[
                ("email", "a@b.ca"),
                ("password", "secret"),
                ("next", "/orders?a=b&c"),
            ],
            ErrorCode::Invalid,
        );
        assert!(!flashed.flash.values.contains_key("password"));
        assert_eq!(flashed.location(), "/sign-in?next=/orders%3Fa%3Db%26c");
        let long = "a".repeat(100_000);
        for (action, field, value) in [
            ("/api/reserve", "ticket", "/evil.example/"),
            ("/api/reserve", "ticket", &*long),
            ("/api/edit_ticket", "title", "No id"),
            ("/api/sign_out", "a", "b"),
            (&*format!("/api/{long}"), "a", "b"),
        ] {
            let error = ApiError::new(ErrorCode::Conflict, "");
            assert!(
                FlashedPage::new(action, typed(&[(field, value)]), error).is_none(),
                "{field}"
            );
        }
    }

    #[test]
    fn what_lets_somebody_in_is_in_no_record() {
        let mut flashes = Flashes::default();
        for action in ["/api/decide_by_link", "/api/reset_password"] {
            let typed = [
                ("link", "SECRET1"),
                ("password", "SECRET2"),
                ("code", "SECRET3"),
            ];
            flashes.add(refused(action, &typed, ErrorCode::Invalid));
        }
        let record = serde_json::to_string(&flashes).expect("text");
        assert!(!record.contains("SECRET"), "{record}");
        let read: Flashes = serde_json::from_str(&record).expect("flashes");
        for page in ["/decide/SECRET1", "/reset-password/SECRET1"] {
            assert!(read.of_page(page).is_some(), "{page}");
        }
    }

    #[test]
    fn all_that_a_person_can_type_is_kept_and_not_more() {
        use domain::text::{DESCRIPTION, HANDOVER_NOTE, TITLE, VENUE};
        let full = |limits: domain::text::Limits| "😀".repeat(limits.max);
        let form = typed(&[
            ("title", &full(TITLE)),
            ("description", &full(DESCRIPTION)),
            ("venue", &full(VENUE)),
            ("starts", "2030-01-01T20:00"),
            ("zone", "America/Argentina/Buenos_Aires"),
            ("price", "19.99"),
            ("handover_note", &full(HANDOVER_NOTE)),
            ("relist_after_refund", "on"),
            ("id", "01JQZK5V7M3N8P2R4T6W9X0Y1Z"),
            ("content_version", "12"),
        ]);
        assert_eq!(bounded(form.clone()), form);

        let mut pasted = form.clone();
        pasted.insert("description".to_owned(), full(DESCRIPTION).repeat(5));
        let mut rest = form;
        rest.remove("description");
        assert_eq!(bounded(pasted), rest, "the longest goes first");

        let invented: BTreeMap<String, String> = (0..250)
            .map(|number| (format!("field{number}"), "x".repeat(8_000)))
            .collect();
        let kept = bounded(invented);
        let bytes: usize = kept.iter().map(|(k, v)| k.len() + v.len()).sum();
        assert!(kept.len() <= MOST_FIELDS && bytes <= MOST_BYTES, "{bytes}");
        let small: BTreeMap<String, String> = (0..250)
            .map(|number| (format!("field{number}"), String::new()))
            .collect();
        assert_eq!(bounded(small).len(), MOST_FIELDS);
    }

    #[test]
    fn a_form_waits_for_its_own_page_and_over_a_refused_sign_in() {
        let mut flashes = Flashes::default();
        flashes.add(refused(
            "/api/create_ticket",
            &[("title", "Typed before")],
            ErrorCode::Unauthenticated,
        ));
        for _ in 0..2 {
            flashes.add(refused("/api/sign_in", &[], ErrorCode::Invalid));
        }
        assert!(flashes.of_page("/").is_none() && flashes.of_page("/sign-in").is_some());
        let left = flashes.signed_in(Language::French);
        assert!(left.of_page("/sign-in").is_none());
        let flash = left.of_page("/tickets/new").expect("the listing");
        assert_eq!(flash.values["title"], "Typed before");
        assert_eq!(flash.error.message, texts::signed_in_now(Language::French));
    }

    #[test]
    fn no_more_than_two_forms_wait() {
        let mut flashes = Flashes::default();
        for id in ["1", "2", "3"] {
            flashes.add(refused(
                "/api/edit_ticket",
                &[("id", id)],
                ErrorCode::Invalid,
            ));
        }
        assert_eq!(flashes.0.len(), MOST_FORMS);
        assert!(flashes.of_page("/tickets/1/edit").is_none());
        flashes.remove("/tickets/3/edit");
        assert!(
            flashes.of_page("/tickets/3/edit").is_none()
                && flashes.of_page("/tickets/2/edit").is_some()
        );
    }
}
