use leptos::{prelude::*, server_fn::ServerFn};
use texts::accounts as text;

use super::{change::Proof, done};
use crate::{
    accounts::{
        api,
        types::{AccountView, Asked, ClaimView, IdentityView},
    },
    form::FormState,
    language::language,
    ui::{Fact, Form, FormAlert, Input, PageTitle, Problem, Submit, links, load},
};

/// Links to sign in with somebody else, on pages of those who are signed out.
#[component]
pub(super) fn ProviderLinks(next: String) -> impl IntoView {
    let language = language();
    load(api::providers(), move |providers: Vec<(String, String)>| {
        if providers.is_empty() {
            return ().into_any();
        }
        view! {
            <p class="divider">{text::or(language)}</p>
            <p class="providers">
                {providers
                    .into_iter()
                    .map(|(key, name)| view! {
                        <a class="button" href=links::provider(&key, &next)>{text::go_on_with(language, &name)}</a>
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
    let language = language();
    let unlink = FormState::new(api::UnlinkIdentity::PATH);
    view! {
        <PageTitle text=text::other_ways(language) />
        {load(api::account(), move |account: AccountView| {
            let asked = account.asked();
            view! {
                <div class="panel form">
                    <h1>{text::other_ways(language)}</h1>
                    {done()}
                    <FormAlert form=unlink />
                    {if account.identities.is_empty() {
                        view! { <p class="quiet">{text::no_other_ways(language)}</p> }.into_any()
                    } else {
                        view! { <Linked form=unlink identities=account.identities asked /> }.into_any()
                    }}
                    {(!account.providers.is_empty()).then(|| view! {
                        <section>
                            <h2>{text::add_way(language)}</h2>
                            <p class="providers">
                                {account.providers.into_iter().map(|(key, name)| view! {
                                    <a class="button" href=links::provider(&key, links::ACCOUNT_PROVIDERS)>{text::add_provider(language, &name)}</a>
                                }).collect_view()}
                            </p>
                        </section>
                    })}
                    <p><a href=links::ACCOUNT>{text::back(language)}</a></p>
                </div>
            }.into_any()
        })}
    }
}

/// The ways to sign in, and how to end one.
#[component]
fn Linked(form: FormState, identities: Vec<IdentityView>, asked: Asked) -> impl IntoView {
    let language = language();
    let only = identities.len() == 1;
    view! {
        <Form form reload=true>
            <fieldset class="field" aria-describedby="identity-error">
                <legend>{text::remove_which(language)}</legend>
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
            <Submit label=text::remove(language) class="danger" />
        </Form>
    }
}

/// `/account/link`: asks before whom a provider named may sign in.
#[component]
pub(crate) fn LinkIdentity() -> impl IntoView {
    let language = language();
    let form = FormState::new(api::LinkIdentity::PATH);
    view! {
        <PageTitle text=text::link_title(language) />
        {load(api::claim(), move |claim: ClaimView| view! {
            <div class="panel narrow">
                <h1>{text::link_title(language)}</h1>
                <FormAlert form />
                <p>{text::link_note(language)}</p>
                <dl>
                    <Fact term=text::provider(language)>{claim.provider}</Fact>
                    <Fact term=text::known_as(language)>{claim.label}</Fact>
                </dl>
                <Form form reload=true>
                    <Proof form asked=claim.asked />
                    <p class="actions">
                        <Submit label=text::add_way(language) />
                        <a class="button" href=links::ACCOUNT_PROVIDERS>{text::back(language)}</a>
                    </p>
                </Form>
            </div>
        }.into_any())}
    }
}

/// `/sign-up/finish`: an account of what a provider said.
#[component]
pub(crate) fn FinishSignUp() -> impl IntoView {
    let language = language();
    let form = FormState::new(api::SignUpWith::PATH);
    view! {
        <PageTitle text=text::sign_up_title(language) />
        {super::signed_in()}
        {load(api::claim(), move |claim: ClaimView| view! {
            <div class="panel narrow">
                <h1>{text::sign_up_title(language)}</h1>
                <FormAlert form />
                <dl>
                    <Fact term=text::provider(language)>{claim.provider}</Fact>
                    <Fact term=text::email(language)>{claim.email.unwrap_or_default()}</Fact>
                </dl>
                <Form form reload=true>
                    <Input form name="display_name" label=text::display_name(language) hint=text::display_name_hint(language) initial=claim.name autocomplete="nickname" />
                    <p class="hint">{text::accept(language)} " " <a href=links::TERMS target="_blank">{text::accept_link(language)}</a> "."</p>
                    <Submit label=text::create_account(language) />
                </Form>
            </div>
        }.into_any())}
    }
}
