//! What a form says about itself, and the button that sends it.

use leptos::prelude::*;

use crate::form::FormState;

/// Why a form was refused: read out when it appears. It is focused when the form
/// is answered and no field is to blame.
#[component]
pub(crate) fn FormAlert(form: FormState) -> impl IntoView {
    let error = form.error();
    let to_blame = error
        .as_ref()
        .is_some_and(|error| error.fields.is_empty())
        .then_some("");
    let message = error.map(|error| error.message);
    let hidden = message.is_none();
    view! {
        <div role="alert" tabindex="-1" class="alert" data-alert=form.action() hidden=hidden autofocus=to_blame>
            <p>{message.unwrap_or_default()}</p>
        </div>
    }
}

/// The button that sends a form; `ui/form.rs` turns it off while the form is
/// being sent.
#[component]
pub(crate) fn Submit(
    #[prop(into)] label: String,
    /// What it says meanwhile, if not the same.
    #[prop(optional)]
    busy_label: Option<&'static str>,
    /// Classes beside `button`.
    #[prop(default = "primary")]
    class: &'static str,
) -> impl IntoView {
    view! { <button class=format!("button {class}") data-busy=busy_label>{label}</button> }
}
