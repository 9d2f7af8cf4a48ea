use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    accounts::{
        api,
        types::{AccountView, Asked},
    },
    form::FormState,
    texts::accounts as text,
    ui::{Form, FormAlert, Input, PageTitle, Password, Submit, links, load},
};

/// What somebody shows before they change what matters.
#[component]
pub(super) fn Proof(form: FormState, asked: Asked) -> impl IntoView {
    view! {
        {asked.password.then(|| view! {
            <Password form name="current_password" label=text::CURRENT_PASSWORD />
        })}
        {asked.code.then(|| view! { <Code form hint=text::CODE_HINT /> })}
    }
}

/// A code of the second factor.
#[component]
pub(super) fn Code(form: FormState, hint: &'static str) -> impl IntoView {
    view! { <Input form name="code" label=text::CODE hint=hint autocomplete="one-time-code" /> }
}

/// A page of the account with one form, which changes something that matters.
pub(super) fn change<V: IntoView + 'static>(
    title: &'static str,
    note: &'static str,
    form: FormState,
    fields: impl FnOnce() -> V + Send + 'static,
    label: &'static str,
    class: &'static str,
) -> impl IntoView {
    view! {
        <PageTitle text=title />
        {load(api::account(), move |account: AccountView| {
            let asked = account.asked();
            view! {
                <div class="panel narrow">
                    <h1>{title}</h1>
                    <FormAlert form />
                    {(!note.is_empty()).then(|| view! { <p>{note}</p> })}
                    <Form form reload=true>
                        // Password managers ask whose password it is.
                        <input type="hidden" name="username" autocomplete="username" value=account.email />
                        {fields()}
                        <Proof form asked />
                        <p class="actions">
                            <Submit label class=class />
                            <a class="button" href=links::ACCOUNT>{text::BACK}</a>
                        </p>
                    </Form>
                </div>
            }.into_any()
        })}
    }
}

/// `/account/password`
#[component]
pub(crate) fn ChangePassword() -> impl IntoView {
    let form = FormState::new(api::ChangePassword::PATH);
    let field =
        move || view! { <Password form name="new_password" label=text::NEW_PASSWORD new=true /> };
    change(
        text::CHANGE_PASSWORD,
        text::RESET_NOTE_HERE,
        form,
        field,
        text::CHANGE_PASSWORD,
        "primary",
    )
}

/// `/account/email`
#[component]
pub(crate) fn RequestEmail() -> impl IntoView {
    let form = FormState::new(api::RequestEmail::PATH);
    let field = move || {
        view! { <Input form name="email" label=text::NEW_EMAIL hint=text::NEW_EMAIL_HINT kind="email" autocomplete="email" /> }
    };
    change(
        text::CHANGE_EMAIL,
        "",
        form,
        field,
        text::CHANGE_EMAIL,
        "primary",
    )
}

/// `/account/delete`
#[component]
pub(crate) fn DeleteAccount() -> impl IntoView {
    let form = FormState::new(api::DeleteAccount::PATH);
    change(
        text::DELETE_ACCOUNT,
        text::DELETE_NOTE,
        form,
        || (),
        text::DELETE_ACCOUNT,
        "danger",
    )
}
