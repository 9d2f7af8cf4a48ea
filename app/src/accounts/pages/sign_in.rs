use leptos::{prelude::*, server_fn::ServerFn};

use super::{done, next, providers::ProviderLinks, signed_in};
use crate::{
    accounts::api,
    form::FormState,
    texts::{self, accounts as text},
    ui::{CurrentVisitor, Form, FormAlert, Input, PageTitle, Password, Submit, links},
};

/// `/sign-in`
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let form = FormState::new(api::SignIn::PATH);
    let next = next();
    view! {
        <PageTitle text=texts::SIGN_IN />
        <div class="panel narrow">
            <h1>{text::SIGN_IN_TITLE}</h1>
            {done()}
            {CurrentVisitor::expect().view(signed_in)}
            <p class="quiet">{text::SIGN_IN_INTRO}</p>
            <FormAlert form />
            <Form form reload=true>
                <input type="hidden" name="next" value=next />
                <Input form name="email" label=text::EMAIL kind="email" autocomplete="username" />
                <Password form name="password" label=text::PASSWORD />
                <Submit form label=texts::SIGN_IN />
            </Form>
            <ProviderLinks next />
            <p><a href=links::FORGOT_PASSWORD>{text::FORGOT}</a></p>
            <p>{text::NO_ACCOUNT} <a href=move || links::sign_up(&next.get())>{text::REGISTER_INSTEAD}</a></p>
        </div>
    }
}
