use leptos::{html, prelude::*};

/// A link to the page that asks before something is done, which asks in a dialog
/// where there is script. `children` are what the dialog says and its form.
#[component]
pub(crate) fn Confirm(
    /// The page.
    href: String,
    label: &'static str,
    /// The id of the dialog's heading, which is among `children`.
    heading: &'static str,
    /// On the button that closes the dialog.
    keep: &'static str,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let open = move |event: leptos::ev::MouseEvent| {
        // A new tab is wanted: let the browser open the page.
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        if let Some(dialog) = dialog.get_untracked()
            && dialog.show_modal().is_ok()
        {
            event.prevent_default();
        }
    };
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <a class="button danger" href=href on:click=open>{label}</a>
        <dialog class="confirm" aria-labelledby=heading node_ref=dialog>
            {children()}
            <button type="button" class="button" on:click=close>{keep}</button>
        </dialog>
    }
}
