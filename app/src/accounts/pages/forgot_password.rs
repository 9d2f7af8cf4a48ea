use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    accounts::api,
    form::FormState,
    texts::accounts as text,
    ui::{Form, FormAlert, Input, PageTitle, Submit, links},
};

/// `/forgot-password`
#[component]
pub(crate) fn ForgotPassword() -> impl IntoView {
    let form = FormState::new(api::ForgotPassword::PATH);
    let query = use_query_map();
    let sent = move || query.with(|query| query.get("done").is_some());
    view! {
        <PageTitle text=text::FORGOT_TITLE />
        <div class="panel narrow">
            <h1>{text::FORGOT_TITLE}</h1>
            {move || sent().then(|| view! { <p class="note" role="status">{text::LINK_SENT}</p> })}
            <p class="quiet">{text::FORGOT_INTRO}</p>
            <FormAlert form />
            <Form form reload=true>
                <Input form name="email" label=text::EMAIL kind="email" autocomplete="username" />
                <Submit form label=text::SEND_LINK />
            </Form>
            <p><a href=links::SIGN_IN>{text::SIGN_IN_INSTEAD}</a></p>
        </div>
    }
}
