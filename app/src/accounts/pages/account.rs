use leptos::{prelude::*, server_fn::ServerFn};

use super::done;
use crate::{
    accounts::{
        api,
        types::{AccountView, SessionView},
    },
    form::FormState,
    texts::accounts as text,
    ui::{Fact, Form, FormAlert, Moment, Of, PageTitle, Submit, links, load},
};

/// `/account`
#[component]
pub(crate) fn Account() -> impl IntoView {
    let verify = FormState::new(api::VerifyAgain::PATH);
    let end = FormState::new(api::EndSession::PATH);
    let end_others = FormState::new(api::EndOtherSessions::PATH);
    view! {
        <PageTitle text=text::ACCOUNT_TITLE />
        {load(api::account(), move |account: AccountView| {
            let others = account.sessions.len() > 1;
            view! {
                <div class="panel form">
                    <h1>{text::ACCOUNT_TITLE}</h1>
                    {done()}
                    <dl>
                        <Fact term=text::DISPLAY_NAME>{account.name}</Fact>
                        <Fact term=text::EMAIL>
                            {account.email} " "
                            <span class="quiet">"("{if account.verified { text::ADDRESS_CONFIRMED } else { text::ADDRESS_UNCONFIRMED }}")"</span>
                            " " <a href=links::ACCOUNT_EMAIL>{text::CHANGE}<Of what=text::EMAIL.to_owned() /></a>
                        </Fact>
                        <Fact term=text::PASSWORD>
                            {if account.has_password { text::IS_SET } else { text::NOT_SET }}
                            " " <a href=links::ACCOUNT_PASSWORD>{if account.has_password { text::CHANGE } else { text::SET }}<Of what=text::PASSWORD.to_owned() /></a>
                        </Fact>
                        <Fact term=text::SECOND_FACTOR>
                            {if account.second_factor { text::ON } else { text::OFF }}
                            " " <a href=links::ACCOUNT_SECOND_FACTOR>{if account.second_factor { text::CHANGE } else { text::SET_UP }}<Of what=text::SECOND_FACTOR.to_owned() /></a>
                        </Fact>
                        {(!account.providers.is_empty() || !account.identities.is_empty()).then(|| view! {
                            <Fact term=text::OTHER_WAYS>
                                {account.identities.len()} " " <a href=links::ACCOUNT_PROVIDERS>{text::CHANGE}<Of what=text::OTHER_WAYS.to_owned() /></a>
                            </Fact>
                        })}
                    </dl>
                    {(!account.verified).then(|| view! {
                        <FormAlert form=verify />
                        <p class="note">{text::UNVERIFIED_NOTE}</p>
                        <Form form=verify reload=true>
                            <Submit label=text::SEND_AGAIN />
                        </Form>
                    })}
                    <section>
                        <h2>{text::SESSIONS}</h2>
                        <FormAlert form=end />
                        <FormAlert form=end_others />
                        <ul class="sessions">
                            {account.sessions.into_iter().map(|session| view! { <Session form=end session /> }).collect_view()}
                        </ul>
                        {others.then(|| view! {
                            <Form form=end_others reload=true>
                                <Submit label=text::END_OTHERS class="" />
                            </Form>
                        })}
                    </section>
                    <section>
                        <h2>{text::MY_DATA}</h2>
                        <p class="actions">
                            <a class="button" href="/account/data" download="ticket-exchange.json">{text::DOWNLOAD}</a>
                            <a class="button danger" href=links::ACCOUNT_DELETE>{text::DELETE_ACCOUNT}</a>
                        </p>
                    </section>
                </div>
            }.into_any()
        })}
    }
}

#[component]
fn Session(form: FormState, session: SessionView) -> impl IntoView {
    view! {
        <li>
            <strong>{session.device.clone()}</strong>
            <span class="quiet">{text::LAST_USED} " " <Moment when=session.used /></span>
            {if session.here {
                view! { <span class="quiet">{text::THIS_ONE}</span> }.into_any()
            } else {
                view! {
                    <Form form reload=true>
                        <input type="hidden" name="name" value=session.name />
                        <button class="button small">{text::END_SESSION}<Of what=session.device /></button>
                    </Form>
                }.into_any()
            }}
        </li>
    }
}
