//! What a refused form shows again: its errors and what was typed.
//!
//! With script the errors come from the action; without, the server keeps them
//! in the session and the form shows them once.

use std::collections::BTreeMap;

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

use crate::{
    error::{ApiError, ErrorCode},
    ui::{browser, links},
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
    let flash = SharedValue::new(use_context::<Flash>).into_inner();
    provide_context(LoadedFlash(StoredValue::new(flash)));
}

/// The refused post to `action`, if the page was loaded for one.
fn flash_for(action: &str) -> Option<Flash> {
    let loaded = use_context::<LoadedFlash>()?.0;
    let flash = loaded.get_value().filter(|flash| flash.action == action);
    if flash.is_some() {
        // Runs in the browser only, once the form is there: whoever comes back
        // to the form later finds it as it was.
        Effect::new(move || loaded.set_value(None));
    }
    flash
}

/// What was typed, by field, when the page shows a refused post.
type Typed = StoredValue<Option<BTreeMap<String, String>>>;

/// One form: what it was refused for, and whether it is being sent.
#[derive(Clone, Copy)]
pub(crate) struct FormState {
    typed: Typed,
    error: Signal<Option<ApiError>>,
    busy: Signal<bool>,
    answers: Signal<usize>,
}

impl FormState {
    /// A form that is posted as a whole page load, to `action`.
    pub(crate) fn plain(action: &str) -> Self {
        let (typed, error) = Self::refused(action);
        Self { typed, error: error.into(), busy: false.into(), answers: 0.into() }
    }

    /// An `ActionForm`. When nobody is signed in any more, it leads to the
    /// sign-in page and from there back here.
    pub(crate) fn of<S>(action: ServerAction<S>) -> Self
    where
        S: ServerFn<Error = ApiError> + Clone + Send + Sync + 'static,
        S::Output: Clone + Send + Sync + 'static,
    {
        let (typed, loaded) = Self::refused(S::PATH);
        let (answers, value) = (action.version(), action.value());
        // Before the first answer the action's value is what Leptos reads from
        // the address, where anybody can write it: it is not shown.
        let error = Signal::derive(move || if answers.get() == 0 { loaded.get() } else { value.get().and_then(Result::err) });
        // After success the page is about to change: a second click would send
        // the form twice.
        let busy = Signal::derive(move || action.pending().get() || (answers.get() > 0 && value.with(|value| matches!(value, Some(Ok(_))))));
        let location = use_location();
        Effect::new(move || {
            if error.with(|error| error.as_ref().is_some_and(|error| error.code == ErrorCode::Unauthenticated)) && answers.get_untracked() > 0 {
                browser::open(&links::sign_in(&untrack(|| links::here(&location))));
            }
        });
        Self { typed, error, busy, answers: answers.into() }
    }

    fn refused(action: &str) -> (Typed, ArcRwSignal<Option<ApiError>>) {
        let (values, error) = flash_for(action).map(|flash| (flash.values, flash.error)).unzip();
        (StoredValue::new(values), ArcRwSignal::new(error))
    }

    /// What a text field holds: what was typed, else `initial`.
    pub(crate) fn value(self, field: &str, initial: String) -> String {
        self.typed.with_value(|typed| typed.as_ref().map_or(initial, |typed| typed.get(field).cloned().unwrap_or_default()))
    }

    /// Whether a box is ticked: as it was sent, else `initial`.
    pub(crate) fn checked(self, field: &str, initial: bool) -> bool {
        self.typed.with_value(|typed| typed.as_ref().map_or(initial, |typed| typed.contains_key(field)))
    }

    /// Whether the form shows what was typed and refused.
    pub(crate) fn shows_typed(self) -> bool {
        self.typed.with_value(Option::is_some)
    }

    /// Why `field` was refused.
    pub(crate) fn problem(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.error.with(|error| error.as_ref().and_then(|error| error.fields.get(field).cloned())))
    }

    /// Why the form was refused.
    pub(crate) fn message(self) -> Signal<Option<String>> {
        Signal::derive(move || self.error.with(|error| error.as_ref().map(|error| error.message.clone())))
    }

    /// What kind of refusal it was.
    pub(crate) fn refusal(self) -> Option<ErrorCode> {
        self.error.with(|error| error.as_ref().map(|error| error.code))
    }

    /// Whether it is being sent, or was accepted.
    pub(crate) fn busy(self) -> Signal<bool> {
        self.busy
    }

    /// How many answers there were since the page was loaded.
    pub(crate) fn answers(self) -> Signal<usize> {
        self.answers
    }
}
