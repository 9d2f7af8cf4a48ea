//! What a refused form shows again: its errors and what was typed.
//!
//! With script the errors come with the answer; without, the server keeps them
//! in the session and the form shows them once.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    error::{ApiError, ErrorCode},
    ui::{browser, reading::Json},
};

/// A refused plain form post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The path it was posted to, such as `/api/sign_in`.
    pub action: String,
    /// What was typed, by field; never a password.
    pub values: BTreeMap<String, String>,
    /// Why it was refused.
    pub error: ApiError,
}

/// The refused post that the page was loaded for.
#[derive(Clone, Copy)]
struct LoadedFlash(StoredValue<Option<Flash>>);

/// Takes the request's [`Flash`] along to the browser. Called once, at the top
/// of the app, where server and client count their shared values alike.
pub(crate) fn provide_flash() {
    let flash = SharedValue::<_, Json>::new_with_encoding(use_context::<Flash>).into_inner();
    provide_context(LoadedFlash(StoredValue::new(flash)));
}

/// The refused post to `action`, if the page was loaded for one.
fn flash_for(action: &str) -> Option<Flash> {
    let loaded = use_context::<LoadedFlash>()?.0;
    let flash = loaded.get_value().filter(|flash| flash.action == action);
    if flash.is_some() {
        // Runs in the browser only, once the form is there: whoever comes back
        // to the form later finds it as it was.
        browser::effect(move || loaded.set_value(None));
    }
    flash
}

/// One form: where it goes, what it was refused for, and whether it is on its
/// way.
#[derive(Clone, Copy)]
pub(crate) struct FormState {
    action: &'static str,
    typed: StoredValue<Option<BTreeMap<String, String>>>,
    error: RwSignal<Option<ApiError>>,
    busy: RwSignal<bool>,
    answers: RwSignal<usize>,
}

impl FormState {
    /// The form that is posted to `action`, a server function's path.
    pub(crate) fn new(action: &'static str) -> Self {
        let (values, error) = flash_for(action)
            .map(|flash| (flash.values, flash.error))
            .unzip();
        Self {
            action,
            typed: StoredValue::new(values),
            error: RwSignal::new(error),
            busy: RwSignal::new(false),
            answers: RwSignal::new(0),
        }
    }

    /// The path it is posted to.
    pub(crate) fn action(self) -> &'static str {
        self.action
    }

    /// What a text field holds: what was typed, else `initial`.
    pub(crate) fn value(self, field: &str, initial: String) -> String {
        self.typed.with_value(|typed| {
            typed.as_ref().map_or(initial, |typed| {
                typed.get(field).cloned().unwrap_or_default()
            })
        })
    }

    /// Whether a box is ticked: as it was sent, else `initial`.
    pub(crate) fn checked(self, field: &str, initial: bool) -> bool {
        self.typed.with_value(|typed| {
            typed
                .as_ref()
                .map_or(initial, |typed| typed.contains_key(field))
        })
    }

    /// Whether the form shows what was typed and refused before the page was
    /// loaded.
    pub(crate) fn shows_typed(self) -> bool {
        self.typed.with_value(Option::is_some)
    }

    /// Why `field` was refused.
    pub(crate) fn problem(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.error.with(|error| {
                error
                    .as_ref()
                    .and_then(|error| error.fields.get(field).cloned())
            })
        })
    }

    /// Why the form was refused.
    pub(crate) fn message(self) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.error
                .with(|error| error.as_ref().map(|error| error.message.clone()))
        })
    }

    /// What kind of refusal it was.
    pub(crate) fn refusal(self) -> Option<ErrorCode> {
        self.error
            .with(|error| error.as_ref().map(|error| error.code))
    }

    /// Whether it is being sent, or was accepted: the page is about to change
    /// then, and a second click would send the form twice.
    pub(crate) fn busy(self) -> RwSignal<bool> {
        self.busy
    }

    /// How many answers there were since the page was loaded.
    pub(crate) fn answers(self) -> RwSignal<usize> {
        self.answers
    }

    /// Notes that the form is on its way; `false` if it is already.
    pub(crate) fn begin(self) -> bool {
        let idle = !self.busy.get_untracked();
        self.busy.set(true);
        idle
    }

    /// Notes that the form was accepted, and something else follows that ends it.
    pub(crate) fn accept(self) {
        self.error.try_set(None);
    }

    /// Notes the answer: why it was refused, if it was. The form may be gone.
    pub(crate) fn end(self, refused: Option<ApiError>) {
        self.busy.try_set(refused.is_none());
        self.error.try_set(refused);
        self.answers.try_update(|answers| *answers += 1);
    }
}
