use leptos::{prelude::*, server_fn::ServerFn};

use super::{next, providers::ProviderLinks};
use crate::{
    accounts::api,
    form::FormState,
    texts::accounts as text,
    ui::{Form, FormAlert, Input, PageTitle, Password, Submit, links},
};

/// `/sign-up`
#[component]
pub(crate) fn SignUp() -> impl IntoView {
    let form = FormState::new(api::SignUp::PATH);
    let next = next();
    let sign_in = links::sign_in(&next);
    let here = next.clone();
    view! {
        <PageTitle text=text::SIGN_UP_TITLE />
        <div class="panel narrow">
            <h1>{text::SIGN_UP_TITLE}</h1>
            <p class="quiet">{text::SIGN_UP_INTRO}</p>
            <FormAlert form />
            <Form form reload=true>
                <input type="hidden" name="next" value=here />
                <Input form name="email" label=text::EMAIL kind="email" autocomplete="email" />
                <Input form name="display_name" label=text::DISPLAY_NAME hint=text::DISPLAY_NAME_HINT autocomplete="nickname" />
                <Password form name="password" label=text::PASSWORD new=true />
                <p class="hint">{text::ACCEPT} " " <a href=links::TERMS target="_blank">{text::ACCEPT_LINK}</a> "."</p>
                <Submit label=text::CREATE_ACCOUNT />
            </Form>
            <ProviderLinks next />
            <p>{text::HAVE_ACCOUNT} <a href=sign_in>{text::SIGN_IN_INSTEAD}</a></p>
        </div>
    }
}
