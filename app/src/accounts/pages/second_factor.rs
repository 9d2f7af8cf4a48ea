use leptos::{prelude::*, server_fn::ServerFn};
use texts::accounts as text;

use super::change::{Code, Proof};
use crate::{
    accounts::{
        api,
        types::{AccountView, Setup, SetupView},
    },
    form::FormState,
    language::language,
    ui::{Form, FormAlert, PageTitle, Submit, links, load},
};

/// `/account/second-factor`
#[component]
pub(crate) fn SecondFactor() -> impl IntoView {
    let language = language();
    view! {
        <PageTitle text=text::second_factor(language) />
        {load(api::second_factor_setup(), move |found: SetupView| {
            let account = found.account;
            view! {
                <div class="panel form">
                    <h1>{text::second_factor(language)}</h1>
                    {match found.setup {
                        Some(setup) => view! { <Confirm setup /> }.into_any(),
                        None => view! { <Begin account /> }.into_any(),
                    }}
                    <p><a href=links::ACCOUNT>{text::back(language)}</a></p>
                </div>
            }.into_any()
        })}
    }
}

/// What is shown once: what the app gets, and the backup codes.
#[component]
fn Confirm(setup: Setup) -> impl IntoView {
    let language = language();
    let form = FormState::new(api::ConfirmSecondFactor::PATH);
    let with_app = setup.app.is_some();
    view! {
        <FormAlert form />
        {setup.app.map(|(secret, uri, qr)| view! {
            <section>
                <h2>{text::scan(language)}</h2>
                <p>{text::scan_note(language)}</p>
                <div class="qr" role="img" aria-label=text::qr(language) inner_html=qr></div>
                <p>{text::type_instead(language)} " " <code class="secret">{secret}</code></p>
                <p><a href=uri>{text::open_app(language)}</a></p>
            </section>
        })}
        <section>
            <h2>{text::backup_codes(language)}</h2>
            <p>{text::backup_note(language)}</p>
            <ul class="codes">
                {setup.backup_codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}
            </ul>
        </section>
        <Form form reload=true>
            {with_app.then(|| view! { <Code form hint=text::app_code_hint(language) /> })}
            <Submit label=if with_app { text::turn_on(language) } else { text::codes_kept(language) } />
        </Form>
    }
}

/// What can be begun.
#[component]
fn Begin(account: AccountView) -> impl IntoView {
    let language = language();
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
    let left = text::codes_left(language, account.backup_codes);
    if !account.second_factor {
        return view! {
            <p>{text::second_factor_note(language)}</p>
            <FormAlert form />
            <Form form=begin reload=true>
                <Proof form asked />
                <Submit label=text::set_up(language) />
            </Form>
        }
        .into_any();
    }
    // One form: what its button says is where it goes.
    view! {
        <p class="note">{text::second_factor_on(language)} " " {left}</p>
        <FormAlert form />
        <Form form=begin reload=true>
            <Proof form asked />
            <p class="actions">
                <button class="button">{text::set_up_anew(language)}</button>
                <button class="button" formaction=codes.action()>{text::new_codes(language)}</button>
                <button class="button danger" formaction=remove.action()>{text::turn_off(language)}</button>
            </p>
        </Form>
    }
    .into_any()
}
