use leptos::{prelude::*, server_fn::ServerFn};

use super::{change::Code, next};
use crate::{
    accounts::api,
    form::FormState,
    texts::{self, accounts as text},
    ui::{Form, FormAlert, PageTitle, Submit, links},
};

/// `/sign-in/code`
#[component]
pub(crate) fn SignInCode() -> impl IntoView {
    let form = FormState::new(api::SignInCode::PATH);
    let next = next();
    let sign_in = links::sign_in(&next);
    view! {
        <PageTitle text=text::CODE />
        <div class="panel narrow">
            <h1>{text::CODE}</h1>
            <FormAlert form />
            <Form form reload=true>
                <input type="hidden" name="next" value=next />
                <Code form hint=text::SIGN_IN_CODE_HINT />
                <Submit label=texts::SIGN_IN />
            </Form>
            <p><a href=sign_in>{text::START_OVER}</a></p>
        </div>
    }
}
