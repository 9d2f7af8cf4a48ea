use leptos::{prelude::*, server_fn::ServerFn};

use super::next;
use crate::{
    accounts::api,
    form::FormState,
    texts::{self, accounts as text},
    ui::{FormAlert, Input, PageTitle, Submit, VisitorResource, links},
};

/// `/sign-in`
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let form = FormState::plain(api::SignIn::PATH);
    let next = next();
    let visitor = VisitorResource::expect();
    view! {
        <PageTitle text=texts::SIGN_IN />
        <div class="panel narrow">
            <h1>{text::SIGN_IN_TITLE}</h1>
            <Suspense>
                {move || Suspend::new(async move {
                    let name = visitor.await.ok().and_then(|visitor| visitor.name);
                    name.map(|name| view! {
                        <p class="note">
                            {text::signed_in_as(&name)} " "
                            // To the page itself only if it is one of ours: the server decides
                            // about `next`, a link to it would not.
                            <a href=links::MARKET>{text::GO_ON}</a>
                        </p>
                    })
                })}
            </Suspense>
            <p class="quiet">{text::SIGN_IN_INTRO}</p>
            <FormAlert form />
            <form method="post" action=api::SignIn::url()>
                <input type="hidden" name="next" value=next />
                <Input form name="email" label=text::EMAIL kind="email" autocomplete="username" />
                <Input form name="password" label=text::PASSWORD kind="password" autocomplete="current-password" />
                <Submit form label=texts::SIGN_IN />
            </form>
            <p>{text::NO_ACCOUNT} <a href=move || links::sign_up(&next.get())>{text::REGISTER_INSTEAD}</a></p>
        </div>
    }
}
