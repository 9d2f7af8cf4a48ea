use leptos::prelude::*;
use texts::market as text;

use crate::{language::language, ui::browser};

/// What is stored now for the field called `name`, which shows something else:
/// whoever edits chooses.
#[island(lazy)]
pub(crate) fn Stored(name: String, value: String) -> impl IntoView {
    let language = language();
    // Without script there is nothing to press.
    let pressable = RwSignal::new(false);
    browser::effect(move || pressable.set(true));
    let said = text::stored(language, &value);
    let choose = move |_| {
        browser::set_value(&name, &value);
        pressable.set(false);
    };
    view! {
        <p class="now">
            <span>{said}</span>
            <button type="button" class="button small" hidden=move || !pressable.get() on:click=choose>
                {text::use_stored(language)}
            </button>
        </p>
    }
}
