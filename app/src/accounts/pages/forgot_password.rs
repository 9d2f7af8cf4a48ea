use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    accounts::api,
    form::FormState,
    texts::accounts as text,
    ui::{Form, FormAlert, Input, PageTitle, Submit, links, query},
};

/// `/forgot-password`
#[component]
pub(crate) fn ForgotPassword() -> impl IntoView {
    let form = FormState::new(api::ForgotPassword::PATH);
    let sent = !query("done").is_empty();
    view! {
        <PageTitle text=text::FORGOT_TITLE />
        <div class="panel narrow">
            <h1>{text::FORGOT_TITLE}</h1>
            {sent.then(|| view! { <p class="note" role="status">{text::LINK_SENT}</p> })}
            <p class="quiet">{text::FORGOT_INTRO}</p>
            <FormAlert form />
            <Form form reload=true>
                <Input form name="email" label=text::EMAIL kind="email" autocomplete="username" />
                <Submit label=text::SEND_LINK />
            </Form>
            <p><a href=links::SIGN_IN>{text::SIGN_IN_INSTEAD}</a></p>
        </div>
    }
}
