//! The field of a password that is being chosen.

use leptos::prelude::*;

use super::{browser, fields::Frame};
use crate::{form::FormState, texts::accounts as text};

/// A new password: it can be looked at, and what is typed is commented on while
/// it is typed. The server decides.
#[component]
pub(crate) fn NewPassword(
    form: FormState,
    name: &'static str,
    #[prop(into)] label: String,
) -> impl IntoView {
    let problem = form.problem(name);
    let shown = RwSignal::new(false);
    let said = RwSignal::new("");
    // Without script there is nothing to press.
    let pressable = RwSignal::new(false);
    browser::effect(move || pressable.set(true));
    view! {
        <Frame name label hint=text::PASSWORD_HINT.to_owned() required=true problem>
            <div class="with-button">
                <input
                    id=name
                    name=name
                    type=move || if shown.get() { "text" } else { "password" }
                    required
                    autocomplete="new-password"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby=move || {
                        let ids = format!("{name}-hint {name}-strength");
                        if problem.with(Option::is_some) { format!("{name}-error {ids}") } else { ids }
                    }
                    aria-invalid=move || problem.with(Option::is_some).then_some("true")
                    on:input=move |event| said.set(text::strength(&event_target_value(&event)))
                />
                <button
                    type="button"
                    class="button small"
                    aria-pressed=move || if shown.get() { "true" } else { "false" }
                    hidden=move || !pressable.get()
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    {text::SHOW_PASSWORD}
                </button>
            </div>
            <p id=format!("{name}-strength") class="hint" aria-live="polite">{said}</p>
        </Frame>
    }
}
