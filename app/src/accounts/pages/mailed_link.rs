use domain::account::LinkPurpose;
use leptos::{prelude::*, server_fn::ServerFn};
use texts::accounts as text;

use crate::{
    accounts::{api, types::LinkView},
    form::FormState,
    language::language,
    ui::{Fact, Form, FormAlert, PageTitle, Password, Submit, load, param},
};

/// `/verify-email/:link`
#[component]
pub(crate) fn VerifyEmail() -> impl IntoView {
    let language = language();
    let form = FormState::new(api::VerifyEmail::PATH);
    opened(
        LinkPurpose::VerifyEmail,
        form,
        text::verify_title(language),
        text::verify_note(language),
        || (),
        text::confirm_address(language),
    )
}

/// `/change-email/:link`
#[component]
pub(crate) fn ChangeEmail() -> impl IntoView {
    let language = language();
    let form = FormState::new(api::ChangeEmail::PATH);
    opened(
        LinkPurpose::ChangeEmail,
        form,
        text::change_email_title(language),
        text::change_email_note(language),
        || (),
        text::confirm_address(language),
    )
}

/// `/link-identity/:link`
#[component]
pub(crate) fn LinkByMail() -> impl IntoView {
    let language = language();
    let form = FormState::new(api::LinkByMail::PATH);
    opened(
        LinkPurpose::LinkIdentity,
        form,
        text::link_title(language),
        text::link_mail_note(language),
        || (),
        text::add_way(language),
    )
}

/// `/reset-password/:link`
#[component]
pub(crate) fn ResetPassword() -> impl IntoView {
    let language = language();
    let form = FormState::new(api::ResetPassword::PATH);
    let password = move || {
        view! { <Password form name="password" label=text::new_password(language) new=true /> }
    };
    opened(
        LinkPurpose::ResetPassword,
        form,
        text::reset_title(language),
        text::reset_note(language),
        password,
        text::set_password(language),
    )
}

/// The page that a mailed link opens. It changes nothing: whoever follows links
/// to look what is behind them must not use them up. Its button does.
fn opened<V: IntoView + 'static>(
    purpose: LinkPurpose,
    form: FormState,
    title: &'static str,
    said: &'static str,
    fields: impl FnOnce() -> V + Send + 'static,
    label: &'static str,
) -> impl IntoView {
    let language = language();
    let link = param("link");
    let found = api::link(purpose.name().to_owned(), link.clone());
    view! {
        <PageTitle text=title />
        {load(found, move |found: LinkView| view! {
            <div class="panel narrow">
                <h1>{title}</h1>
                <FormAlert form />
                <p>{said}</p>
                <p><strong>{found.email}</strong></p>
                {found.identity.map(|(provider, label)| view! {
                    <dl>
                        <Fact term=text::provider(language)>{provider}</Fact>
                        <Fact term=text::known_as(language)>{label}</Fact>
                    </dl>
                })}
                <Form form reload=true>
                    <input type="hidden" name="link" value=link />
                    {fields()}
                    <Submit label />
                </Form>
            </div>
        }.into_any())}
    }
}
