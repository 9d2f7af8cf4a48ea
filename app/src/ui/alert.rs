//! What a form says about itself, and the button that sends it.

use leptos::{html, prelude::*};

use super::browser;
use crate::form::FormState;

/// Why a form was refused: read out when it appears, and focused whenever the
/// form is answered.
#[component]
pub(crate) fn FormAlert(form: FormState) -> impl IntoView {
    let message = form.message();
    let alert = NodeRef::<html::Div>::new();
    browser::effect(move || {
        form.answers().track();
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

/// The button that sends a form; off while the form is being sent.
#[component]
pub(crate) fn Submit(
    form: FormState,
    #[prop(into)] label: String,
    /// What it says meanwhile, if not the same.
    #[prop(optional)]
    busy_label: Option<&'static str>,
    /// Whether there is something to send yet.
    #[prop(default = Signal::stored(true))]
    enabled: Signal<bool>,
    /// Classes beside `button`.
    #[prop(default = "primary")]
    class: &'static str,
) -> impl IntoView {
    let busy = form.busy();
    view! {
        <button
            class=format!("button {class}")
            disabled=move || busy.get() || !enabled.get()
            aria-busy=move || busy.get().then_some("true")
        >
            {move || busy_label.filter(|_| busy.get()).map_or_else(|| label.clone(), str::to_owned)}
        </button>
    }
}
