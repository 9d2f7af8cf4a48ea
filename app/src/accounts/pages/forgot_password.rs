use leptos::{prelude::*, server_fn::ServerFn};
use texts::accounts as text;

use crate::{
    accounts::api,
    form::FormState,
    language::language,
    ui::{Form, FormAlert, Input, PageTitle, Submit, links, query},
};

/// `/forgot-password`
#[component]
pub(crate) fn ForgotPassword() -> impl IntoView {
    let language = language();
    let form = FormState::new(api::ForgotPassword::PATH);
    let sent = !query("done").is_empty();
    view! {
        <PageTitle text=text::forgot_title(language) />
        <div class="panel narrow">
            <h1>{text::forgot_title(language)}</h1>
            {sent.then(|| view! { <p class="note" role="status">{text::link_sent(language)}</p> })}
            <p class="quiet">{text::forgot_intro(language)}</p>
            <FormAlert form />
            <Form form reload=true>
                <Input form name="email" label=text::email(language) kind="email" autocomplete="username" />
                <Submit label=text::send_link(language) />
            </Form>
            <p><a href=links::SIGN_IN>{text::sign_in_instead(language)}</a></p>
        </div>
    }
}
