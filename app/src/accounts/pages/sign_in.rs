use leptos::{prelude::*, server_fn::ServerFn};

use super::{done, next, providers::ProviderLinks, signed_in};
use crate::{
    accounts::api,
    form::FormState,
    texts::{self, accounts as text},
    ui::{Form, FormAlert, Input, PageTitle, Password, Submit, links},
};

/// `/sign-in`
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let form = FormState::new(api::SignIn::PATH);
    let next = next();
    let sign_up = links::sign_up(&next);
    let here = next.clone();
    view! {
        <PageTitle text=texts::SIGN_IN />
        <div class="panel narrow">
            <h1>{text::SIGN_IN_TITLE}</h1>
            {done()}
            {signed_in()}
            <p class="quiet">{text::SIGN_IN_INTRO}</p>
            <FormAlert form />
            <Form form reload=true>
                <input type="hidden" name="next" value=here />
                <Input form name="email" label=text::EMAIL kind="email" autocomplete="username" />
                <Password form name="password" label=text::PASSWORD />
                <Submit label=texts::SIGN_IN />
            </Form>
            <ProviderLinks next />
            <p><a href=links::FORGOT_PASSWORD>{text::FORGOT}</a></p>
            <p>{text::NO_ACCOUNT} <a href=sign_up>{text::REGISTER_INSTEAD}</a></p>
        </div>
    }
}
