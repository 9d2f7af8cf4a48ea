use leptos::{prelude::*, server_fn::ServerFn};

use super::change::{Code, Proof};
use crate::{
    accounts::{
        api,
        types::{AccountView, Setup, SetupView},
    },
    form::FormState,
    texts::accounts as text,
    ui::{Form, FormAlert, PageTitle, Submit, links, load},
};

/// `/account/second-factor`
#[component]
pub(crate) fn SecondFactor() -> impl IntoView {
    view! {
        <PageTitle text=text::SECOND_FACTOR />
        {load(api::second_factor_setup(), move |found: SetupView| {
            let account = found.account;
            view! {
                <div class="panel form">
                    <h1>{text::SECOND_FACTOR}</h1>
                    {match found.setup {
                        Some(setup) => view! { <Confirm setup /> }.into_any(),
                        None => view! { <Begin account /> }.into_any(),
                    }}
                    <p><a href=links::ACCOUNT>{text::BACK}</a></p>
                </div>
            }.into_any()
        })}
    }
}

/// What is shown once: what the app gets, and the backup codes.
#[component]
fn Confirm(setup: Setup) -> impl IntoView {
    let form = FormState::new(api::ConfirmSecondFactor::PATH);
    let with_app = setup.app.is_some();
    view! {
        <FormAlert form />
        {setup.app.map(|(secret, uri, qr)| view! {
            <section>
                <h2>{text::SCAN}</h2>
                <p>{text::SCAN_NOTE}</p>
                <div class="qr" role="img" aria-label=text::QR inner_html=qr></div>
                <p>{text::TYPE_INSTEAD} " " <code class="secret">{secret}</code></p>
                <p><a href=uri>{text::OPEN_APP}</a></p>
            </section>
        })}
        <section>
            <h2>{text::BACKUP_CODES}</h2>
            <p>{text::BACKUP_NOTE}</p>
            <ul class="codes">
                {setup.backup_codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}
            </ul>
        </section>
        <Form form reload=true>
            {with_app.then(|| view! { <Code form hint=text::APP_CODE_HINT /> })}
            <Submit label=if with_app { text::TURN_ON } else { text::CODES_KEPT } />
        </Form>
    }
}

/// What can be begun.
#[component]
fn Begin(account: AccountView) -> impl IntoView {
    let begin = FormState::new(api::BeginSecondFactor::PATH);
    let codes = FormState::new(api::BeginBackupCodes::PATH);
    let remove = FormState::new(api::RemoveSecondFactor::PATH);
    // What was refused before the page was loaded is shown in the one form.
    // Also what can be confirmed no longer.
    let confirm = FormState::new(api::ConfirmSecondFactor::PATH);
    let refused = [codes, remove, confirm]
        .into_iter()
        .find(|form| form.error().is_some());
    let form = refused.unwrap_or(begin);
    let asked = account.asked();
    let left = text::codes_left(account.backup_codes);
    if !account.second_factor {
        return view! {
            <p>{text::SECOND_FACTOR_NOTE}</p>
            <FormAlert form />
            <Form form=begin reload=true>
                <Proof form asked />
                <Submit label=text::SET_UP />
            </Form>
        }
        .into_any();
    }
    // One form: what its button says is where it goes.
    view! {
        <p class="note">{text::SECOND_FACTOR_ON} " " {left}</p>
        <FormAlert form />
        <Form form=begin reload=true>
            <Proof form asked />
            <p class="actions">
                <button class="button">{text::SET_UP_ANEW}</button>
                <button class="button" formaction=codes.action()>{text::NEW_CODES}</button>
                <button class="button danger" formaction=remove.action()>{text::TURN_OFF}</button>
            </p>
        </Form>
    }
    .into_any()
}
