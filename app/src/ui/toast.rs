use std::time::Duration;

use leptos::prelude::*;

use super::browser;

/// How long after the page is there it is said: a place for announcements that
/// comes with its text is not read out.
const SAID_AFTER: Duration = Duration::from_millis(150);
/// How long it is shown.
const SHOWN_FOR: Duration = Duration::from_secs(8);

/// What was just done, said on the page that it led to.
#[island(lazy)]
pub(crate) fn Toast(text: String) -> impl IntoView {
    let said = RwSignal::new(text.clone());
    let shown = RwSignal::new(true);
    browser::effect(move || {
        let text = text.clone();
        said.set(String::new());
        set_timeout(move || drop(said.try_set(text)), SAID_AFTER);
        set_timeout(
            move || {
                shown.try_set(false);
            },
            SHOWN_FOR,
        );
    });
    view! { <p class="toast" role="status" class:over=move || !shown.get()>{said}</p> }
}
