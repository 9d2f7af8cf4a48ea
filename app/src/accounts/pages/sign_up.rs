use leptos::{prelude::*, server_fn::ServerFn};
use texts::accounts as text;

use super::{next, providers::ProviderLinks};
use crate::{
    accounts::api,
    form::FormState,
    language::language,
    ui::{Form, FormAlert, Input, PageTitle, Password, Submit, links},
};

/// `/sign-up`
#[component]
pub(crate) fn SignUp() -> impl IntoView {
    let language = language();
    let form = FormState::new(api::SignUp::PATH);
    let next = next();
    let sign_in = links::sign_in(&next);
    let here = next.clone();
    view! {
        <PageTitle text=text::sign_up_title(language) />
        <div class="panel narrow">
            <h1>{text::sign_up_title(language)}</h1>
            <p class="quiet">{text::sign_up_intro(language)}</p>
            <FormAlert form />
            <Form form reload=true>
                <input type="hidden" name="next" value=here />
                <Input form name="email" label=text::email(language) kind="email" autocomplete="email" />
                <Input form name="display_name" label=text::display_name(language) hint=text::display_name_hint(language) autocomplete="nickname" />
                <Password form name="password" label=text::password(language) new=true />
                <p class="hint">{text::accept(language)} " " <a href=links::TERMS target="_blank">{text::accept_link(language)}</a> "."</p>
                <Submit label=text::create_account(language) />
            </Form>
            <ProviderLinks next />
            <p>{text::have_account(language)} " " <a href=sign_in>{text::sign_in_instead(language)}</a></p>
        </div>
    }
}
