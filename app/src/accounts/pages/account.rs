use leptos::{prelude::*, server_fn::ServerFn};
use texts::accounts as text;

use super::done;
use crate::{
    accounts::{
        api,
        types::{AccountView, SessionView},
    },
    form::FormState,
    language::language,
    ui::{Fact, Form, FormAlert, Moment, Of, PageTitle, Submit, links, load},
};

/// `/account`
#[component]
pub(crate) fn Account() -> impl IntoView {
    let language = language();
    let verify = FormState::new(api::VerifyAgain::PATH);
    let end = FormState::new(api::EndSession::PATH);
    let end_others = FormState::new(api::EndOtherSessions::PATH);
    view! {
        <PageTitle text=text::account_title(language) />
        {load(api::account(), move |account: AccountView| {
            let others = account.sessions.len() > 1;
            view! {
                <div class="panel form">
                    <h1>{text::account_title(language)}</h1>
                    {done()}
                    <dl>
                        <Fact term=text::display_name(language)>{account.name}</Fact>
                        <Fact term=text::email(language)>
                            {account.email} " "
                            <span class="quiet">"("{if account.verified { text::address_confirmed(language) } else { text::address_unconfirmed(language) }}")"</span>
                            " " <a href=links::ACCOUNT_EMAIL>{text::change(language)}<Of what=text::email(language).to_owned() /></a>
                        </Fact>
                        <Fact term=text::password(language)>
                            {if account.has_password { text::is_set(language) } else { text::not_set(language) }}
                            " " <a href=links::ACCOUNT_PASSWORD>{if account.has_password { text::change(language) } else { text::set(language) }}<Of what=text::password(language).to_owned() /></a>
                        </Fact>
                        <Fact term=text::second_factor(language)>
                            {if account.second_factor { text::on(language) } else { text::off(language) }}
                            " " <a href=links::ACCOUNT_SECOND_FACTOR>{if account.second_factor { text::change(language) } else { text::set_up(language) }}<Of what=text::second_factor(language).to_owned() /></a>
                        </Fact>
                        {(!account.providers.is_empty() || !account.identities.is_empty()).then(|| view! {
                            <Fact term=text::other_ways(language)>
                                {account.identities.len()} " " <a href=links::ACCOUNT_PROVIDERS>{text::change(language)}<Of what=text::other_ways(language).to_owned() /></a>
                            </Fact>
                        })}
                    </dl>
                    <p><a href=links::ACCOUNT_KEYS>{text::keys(language)}</a></p>
                    {(!account.verified).then(|| view! {
                        <FormAlert form=verify />
                        <p class="note">{text::unverified_note(language)}</p>
                        <Form form=verify reload=true>
                            <Submit label=text::send_again(language) />
                        </Form>
                    })}
                    <section>
                        <h2>{text::sessions(language)}</h2>
                        <FormAlert form=end />
                        <FormAlert form=end_others />
                        <ul class="sessions">
                            {account.sessions.into_iter().map(|session| view! { <Session form=end session /> }).collect_view()}
                        </ul>
                        {others.then(|| view! {
                            <Form form=end_others reload=true>
                                <Submit label=text::end_others(language) class="" />
                            </Form>
                        })}
                    </section>
                    <section>
                        <h2>{text::my_data(language)}</h2>
                        <p class="actions">
                            <a class="button" href="/account/data" download="ticket-exchange.json">{text::download(language)}</a>
                            <a class="button danger" href=links::ACCOUNT_DELETE>{text::delete_account(language)}</a>
                        </p>
                    </section>
                </div>
            }.into_any()
        })}
    }
}

#[component]
fn Session(form: FormState, session: SessionView) -> impl IntoView {
    let language = language();
    view! {
        <li>
            <strong>{session.device.clone()}</strong>
            <span class="quiet">{text::last_used(language)} " " <Moment when=session.used /></span>
            {if session.here {
                view! { <span class="quiet">{text::this_one(language)}</span> }.into_any()
            } else {
                view! {
                    <Form form reload=true>
                        <input type="hidden" name="name" value=session.name />
                        <button class="button small">{text::end_session(language)}<Of what=session.device /></button>
                    </Form>
                }.into_any()
            }}
        </li>
    }
}
