use leptos::{prelude::*, server_fn::ServerFn};
use texts::accounts as text;

use crate::{
    accounts::{
        api,
        types::{AccountView, Asked},
    },
    form::FormState,
    language::language,
    ui::{Form, FormAlert, Input, PageTitle, Password, Submit, links, load},
};

/// What somebody shows before they change what matters.
#[component]
pub(crate) fn Proof(form: FormState, asked: Asked) -> impl IntoView {
    let language = language();
    view! {
        {asked.password.then(|| view! {
            <Password form name="current_password" label=text::current_password(language) />
        })}
        {asked.code.then(|| view! { <Code form hint=text::code_hint(language) /> })}
    }
}

/// A code of the second factor.
#[component]
pub(super) fn Code(form: FormState, hint: &'static str) -> impl IntoView {
    let language = language();
    view! { <Input form name="code" label=text::code(language) hint=hint autocomplete="one-time-code" /> }
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
    let language = language();
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
                            <a class="button" href=links::ACCOUNT>{text::back(language)}</a>
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
    let language = language();
    let form = FormState::new(api::ChangePassword::PATH);
    let field = move || view! { <Password form name="new_password" label=text::new_password(language) new=true /> };
    change(
        text::change_password(language),
        text::reset_note_here(language),
        form,
        field,
        text::change_password(language),
        "primary",
    )
}

/// `/account/email`
#[component]
pub(crate) fn RequestEmail() -> impl IntoView {
    let language = language();
    let form = FormState::new(api::RequestEmail::PATH);
    let field = move || {
        view! { <Input form name="email" label=text::new_email(language) hint=text::new_email_hint(language) kind="email" autocomplete="email" /> }
    };
    change(
        text::change_email(language),
        "",
        form,
        field,
        text::change_email(language),
        "primary",
    )
}

/// `/account/delete`
#[component]
pub(crate) fn DeleteAccount() -> impl IntoView {
    let language = language();
    let form = FormState::new(api::DeleteAccount::PATH);
    change(
        text::delete_account(language),
        text::delete_note(language),
        form,
        || (),
        text::delete_account(language),
        "danger",
    )
}
