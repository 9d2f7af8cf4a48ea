use leptos::{prelude::*, server_fn::ServerFn};
use texts::accounts as text;

use super::{done, next, providers::ProviderLinks, signed_in};
use crate::{
    accounts::api,
    form::FormState,
    language::language,
    ui::{Form, FormAlert, Input, PageTitle, Password, Submit, links},
};

/// `/sign-in`
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let language = language();
    let form = FormState::new(api::SignIn::PATH);
    let next = next();
    let sign_up = links::sign_up(&next);
    let here = next.clone();
    view! {
        <PageTitle text=texts::sign_in(language) />
        <div class="panel narrow">
            <h1>{text::sign_in_title(language)}</h1>
            {done()}
            {signed_in()}
            <p class="quiet">{text::sign_in_intro(language)}</p>
            <FormAlert form />
            <Form form reload=true>
                <input type="hidden" name="next" value=here />
                <Input form name="email" label=text::email(language) kind="email" autocomplete="username" />
                <Password form name="password" label=text::password(language) />
                <Submit label=texts::sign_in(language) />
            </Form>
            <ProviderLinks next />
            <p><a href=links::FORGOT_PASSWORD>{text::forgot(language)}</a></p>
            <p>{text::no_account(language)} " " <a href=sign_up>{text::register_instead(language)}</a></p>
        </div>
    }
}
