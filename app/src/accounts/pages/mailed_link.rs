use domain::account::LinkPurpose;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    accounts::{api, types::LinkView},
    form::FormState,
    texts::accounts as text,
    ui::{Fact, Form, FormAlert, PageTitle, Password, Submit, load, param},
};

/// `/verify-email/:link`
#[component]
pub(crate) fn VerifyEmail() -> impl IntoView {
    let form = FormState::new(api::VerifyEmail::PATH);
    opened(
        LinkPurpose::VerifyEmail,
        form,
        text::VERIFY_TITLE,
        text::VERIFY_NOTE,
        || (),
        text::CONFIRM_ADDRESS,
    )
}

/// `/change-email/:link`
#[component]
pub(crate) fn ChangeEmail() -> impl IntoView {
    let form = FormState::new(api::ChangeEmail::PATH);
    opened(
        LinkPurpose::ChangeEmail,
        form,
        text::CHANGE_EMAIL_TITLE,
        text::CHANGE_EMAIL_NOTE,
        || (),
        text::CONFIRM_ADDRESS,
    )
}

/// `/link-identity/:link`
#[component]
pub(crate) fn LinkByMail() -> impl IntoView {
    let form = FormState::new(api::LinkByMail::PATH);
    opened(
        LinkPurpose::LinkIdentity,
        form,
        text::LINK_TITLE,
        text::LINK_MAIL_NOTE,
        || (),
        text::ADD_WAY,
    )
}

/// `/reset-password/:link`
#[component]
pub(crate) fn ResetPassword() -> impl IntoView {
    let form = FormState::new(api::ResetPassword::PATH);
    let password = move || {
        view! { <Password form name="password" label=text::NEW_PASSWORD new=true /> }
    };
    opened(
        LinkPurpose::ResetPassword,
        form,
        text::RESET_TITLE,
        text::RESET_NOTE,
        password,
        text::SET_PASSWORD,
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
                        <Fact term=text::PROVIDER>{provider}</Fact>
                        <Fact term=text::KNOWN_AS>{label}</Fact>
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
