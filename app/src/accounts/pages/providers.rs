use leptos::{prelude::*, server_fn::ServerFn};

use super::{change::Proof, done};
use crate::{
    accounts::{
        api,
        types::{AccountView, Asked, ClaimView, IdentityView},
    },
    form::FormState,
    texts::accounts as text,
    ui::{Fact, Form, FormAlert, Input, PageTitle, Problem, Submit, links, load},
};

/// Links to sign in with somebody else, on pages of those who are signed out.
#[component]
pub(super) fn ProviderLinks(next: String) -> impl IntoView {
    load(api::providers(), move |providers: Vec<(String, String)>| {
        if providers.is_empty() {
            return ().into_any();
        }
        view! {
            <p class="divider">{text::OR}</p>
            <p class="providers">
                {providers
                    .into_iter()
                    .map(|(key, name)| view! {
                        <a class="button" href=links::provider(&key, &next)>{text::go_on_with(&name)}</a>
                    })
                    .collect_view()}
            </p>
        }
        .into_any()
    })
}

/// `/account/providers`
#[component]
pub(crate) fn Providers() -> impl IntoView {
    let unlink = FormState::new(api::UnlinkIdentity::PATH);
    view! {
        <PageTitle text=text::OTHER_WAYS />
        {load(api::account(), move |account: AccountView| {
            let asked = account.asked();
            view! {
                <div class="panel form">
                    <h1>{text::OTHER_WAYS}</h1>
                    {done()}
                    <FormAlert form=unlink />
                    {if account.identities.is_empty() {
                        view! { <p class="quiet">{text::NO_OTHER_WAYS}</p> }.into_any()
                    } else {
                        view! { <Linked form=unlink identities=account.identities asked /> }.into_any()
                    }}
                    <section>
                        <h2>{text::ADD_WAY}</h2>
                        <p class="providers">
                            {account.providers.into_iter().map(|(key, name)| view! {
                                <a class="button" href=links::provider(&key, links::ACCOUNT_PROVIDERS)>{text::add_provider(&name)}</a>
                            }).collect_view()}
                        </p>
                    </section>
                    <p><a href=links::ACCOUNT>{text::BACK}</a></p>
                </div>
            }.into_any()
        })}
    }
}

/// The ways to sign in, and how to end one.
#[component]
fn Linked(form: FormState, identities: Vec<IdentityView>, asked: Asked) -> impl IntoView {
    let only = identities.len() == 1;
    view! {
        <Form form reload=true>
            <fieldset class="field" aria-describedby="identity-error">
                <legend>{text::REMOVE_WHICH}</legend>
                {(0..).zip(identities).map(|(number, identity): (usize, IdentityView)| {
                    let id = format!("identity-{number}");
                    view! {
                        <div class="check">
                            <input id=id.clone() type="radio" name="identity" value=identity.name checked=only required />
                            <label for=id><strong>{identity.provider}</strong> " " {identity.label}</label>
                        </div>
                    }
                }).collect_view()}
                <Problem form name="identity" />
            </fieldset>
            <Proof form asked />
            <Submit label=text::REMOVE class="danger" />
        </Form>
    }
}

/// `/account/link`: asks before whom a provider named may sign in.
#[component]
pub(crate) fn LinkIdentity() -> impl IntoView {
    let form = FormState::new(api::LinkIdentity::PATH);
    view! {
        <PageTitle text=text::LINK_TITLE />
        {load(api::claim(), move |claim: ClaimView| view! {
            <div class="panel narrow">
                <h1>{text::LINK_TITLE}</h1>
                <FormAlert form />
                <p>{text::LINK_NOTE}</p>
                <dl>
                    <Fact term=text::PROVIDER>{claim.provider}</Fact>
                    <Fact term=text::KNOWN_AS>{claim.label}</Fact>
                </dl>
                <Form form reload=true>
                    <Proof form asked=claim.asked />
                    <p class="actions">
                        <Submit label=text::ADD_WAY />
                        <a class="button" href=links::ACCOUNT_PROVIDERS>{text::BACK}</a>
                    </p>
                </Form>
            </div>
        }.into_any())}
    }
}

/// `/sign-up/finish`: an account of what a provider said.
#[component]
pub(crate) fn FinishSignUp() -> impl IntoView {
    let form = FormState::new(api::SignUpWith::PATH);
    view! {
        <PageTitle text=text::SIGN_UP_TITLE />
        {super::signed_in()}
        {load(api::claim(), move |claim: ClaimView| view! {
            <div class="panel narrow">
                <h1>{text::SIGN_UP_TITLE}</h1>
                <FormAlert form />
                <dl>
                    <Fact term=text::PROVIDER>{claim.provider}</Fact>
                    <Fact term=text::EMAIL>{claim.email.unwrap_or_default()}</Fact>
                </dl>
                <Form form reload=true>
                    <Input form name="display_name" label=text::DISPLAY_NAME hint=text::DISPLAY_NAME_HINT initial=claim.name autocomplete="nickname" />
                    <p class="hint">{text::ACCEPT} " " <a href=links::TERMS target="_blank">{text::ACCEPT_LINK}</a> "."</p>
                    <Submit label=text::CREATE_ACCOUNT />
                </Form>
            </div>
        }.into_any())}
    }
}
