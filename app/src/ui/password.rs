//! The field of a password.

use crate::language::language;
use leptos::{html, prelude::*};

use super::browser;
#[cfg(feature = "ssr")]
use super::fields::{Frame, marks};
#[cfg(feature = "ssr")]
use crate::form::FormState;
use texts::accounts as text;

/// A password, which can be looked at.
#[cfg(feature = "ssr")]
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
    let language = language();
    let hint = if new {
        text::password_hint(language)
    } else {
        ""
    };
    let (invalid, _) = marks(form, name);
    view! {
        <Frame form name label hint=hint.to_owned() required=true>
            <Revealing name=name.to_owned() new invalid=invalid.is_some() />
        </Frame>
    }
}

#[island(lazy)]
fn Revealing(name: String, new: bool, invalid: bool) -> impl IntoView {
    let language = language();
    let shown = RwSignal::new(false);
    let said = RwSignal::new("");
    // Without script there is nothing to press.
    let pressable = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    browser::effect(move || {
        pressable.set(true);
        // What was typed before the script was there.
        if let Some(input) = input.get().filter(|_| new) {
            said.set(text::strength(language, &input.value()));
        }
    });
    let described_by = if new {
        format!("{name}-error {name}-hint {name}-strength")
    } else {
        format!("{name}-error")
    };
    let strength = format!("{name}-strength");
    view! {
        <div class="with-button">
            <input
                id=name.clone()
                name=name
                type=move || if shown.get() { "text" } else { "password" }
                required
                autocomplete=if new { "new-password" } else { "current-password" }
                autocapitalize="none"
                spellcheck="false"
                autofocus=invalid.then_some("")
                aria-describedby=described_by
                aria-invalid=invalid.then_some("true")
                node_ref=input
                on:input=move |event| if new { said.set(text::strength(language, &event_target_value(&event))) }
            />
            <button
                type="button"
                class="button small"
                aria-pressed=move || if shown.get() { "true" } else { "false" }
                hidden=move || !pressable.get()
                on:click=move |_| shown.update(|shown| *shown = !*shown)
            >
                {text::show_password(language)}
            </button>
        </div>
        {new.then(|| view! { <p id=strength class="hint" aria-live="polite">{said}</p> })}
    }
}
