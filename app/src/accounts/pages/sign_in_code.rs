use leptos::{prelude::*, server_fn::ServerFn};
use texts::accounts as text;

use super::{change::Code, next};
use crate::{
    accounts::api,
    form::FormState,
    language::language,
    ui::{Form, FormAlert, PageTitle, Submit, links},
};

/// `/sign-in/code`
#[component]
pub(crate) fn SignInCode() -> impl IntoView {
    let language = language();
    let form = FormState::new(api::SignInCode::PATH);
    let next = next();
    let sign_in = links::sign_in(&next);
    view! {
        <PageTitle text=text::code(language) />
        <div class="panel narrow">
            <h1>{text::code(language)}</h1>
            <FormAlert form />
            <Form form reload=true>
                <input type="hidden" name="next" value=next />
                <Code form hint=text::sign_in_code_hint(language) />
                <Submit label=texts::sign_in(language) />
            </Form>
            <p><a href=sign_in>{text::start_over(language)}</a></p>
        </div>
    }
}
