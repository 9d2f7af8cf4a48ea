//! The field of a password.

use leptos::{html, prelude::*};

use super::{browser, fields::Frame};
use crate::{form::FormState, texts::accounts as text};

/// A password, which can be looked at.
#[component]
pub(crate) fn Password(
    form: FormState,
    name: &'static str,
    #[prop(into)] label: String,
    /// It is being chosen: what is typed is commented on while it is typed. The
    /// server decides.
    #[prop(optional)]
    new: bool,
) -> impl IntoView {
    let problem = form.problem(name);
    let shown = RwSignal::new(false);
    let said = RwSignal::new("");
    // Without script there is nothing to press.
    let pressable = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    browser::effect(move || {
        pressable.set(true);
        // What was typed before the script was there.
        if let Some(input) = input.get().filter(|_| new) {
            said.set(text::strength(&input.value()));
        }
    });
    let hint = if new { text::PASSWORD_HINT } else { "" };
    let described_by = move || {
        let error = problem.with(Option::is_some).then_some("error");
        let hints: &[&str] = if new { &["hint", "strength"] } else { &[] };
        let ids: Vec<String> = error
            .iter()
            .chain(hints)
            .map(|part| format!("{name}-{part}"))
            .collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    };
    view! {
        <Frame name label hint=hint.to_owned() required=true problem>
            <div class="with-button">
                <input
                    id=name
                    name=name
                    type=move || if shown.get() { "text" } else { "password" }
                    required
                    autocomplete=if new { "new-password" } else { "current-password" }
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby=described_by
                    aria-invalid=move || problem.with(Option::is_some).then_some("true")
                    node_ref=input
                    on:input=move |event| if new { said.set(text::strength(&event_target_value(&event))) }
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
            {new.then(|| view! { <p id=format!("{name}-strength") class="hint" aria-live="polite">{said}</p> })}
        </Frame>
    }
}
