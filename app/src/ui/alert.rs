//! What a form says about itself, and the button that sends it.

use leptos::{html, prelude::*};

use super::browser;
use crate::form::FormState;

/// A sentence that interrupts: read out when it appears, and focused whenever
/// `answers` grows while it is there.
#[component]
pub(crate) fn Alert(message: Signal<Option<String>>, answers: Signal<usize>) -> impl IntoView {
    let alert = NodeRef::<html::Div>::new();
    browser::effect(move || {
        answers.track();
        if message.with(Option::is_some)
            && let Some(alert) = alert.get()
        {
            // In the next frame, when it is no longer hidden. Fails only when
            // it is gone.
            request_animation_frame(move || {
                let _ = alert.focus();
            });
        }
    });
    view! {
        <div role="alert" tabindex="-1" class="alert" node_ref=alert hidden=move || message.with(Option::is_none)>
            <p>{move || message.get().unwrap_or_default()}</p>
        </div>
    }
}

/// Why a form was refused.
#[component]
pub(crate) fn FormAlert(form: FormState) -> impl IntoView {
    view! { <Alert message=form.message() answers=form.answers().into() /> }
}

/// The button that sends a form; off while the form is being sent.
#[component]
pub(crate) fn Submit(
    form: FormState,
    #[prop(into)] label: String,
    /// Classes beside `button`.
    #[prop(default = "primary")]
    class: &'static str,
) -> impl IntoView {
    let busy = form.busy();
    view! {
        <button class=format!("button {class}") disabled=move || busy.get() aria-busy=move || busy.get().then_some("true")>
            {label}
        </button>
    }
}
