use domain::scope::Scope;
use leptos::{prelude::*, server_fn::ServerFn};
use texts::accounts as text;

use super::{change::Proof, done};
use crate::{
    accounts::{
        api,
        types::{KeyView, KeysView, WebhookView},
    },
    form::FormState,
    language::language,
    ui::{
        Checkbox, Form, FormAlert, Input, Moment, Of, PageTitle, Problem, Select, Submit, links,
        load, query,
    },
};

/// `/account/keys`
#[component]
pub(crate) fn Keys() -> impl IntoView {
    let language = language();
    let create = FormState::new(api::CreateKey::PATH);
    let end = FormState::new(api::EndKey::PATH);
    let end_webhook = FormState::new(api::EndWebhook::PATH);
    view! {
        <PageTitle text=text::keys(language) />
        {load(api::keys(query("made")), move |found: KeysView| {
            let asked = found.asked;
            let days = found
                .days
                .into_iter()
                .map(|days| (days.to_string(), text::days(language, days as usize)))
                .collect::<Vec<_>>();
            view! {
                <div class="panel form">
                    <h1>{text::keys(language)}</h1>
                    {done()}
                    <p>{text::keys_note(language)} " " <a href="/api/v1/docs">{text::keys_reference(language)}</a></p>
                    {found.made.map(|(name, secret)| view! {
                        <section class="note" role="status">
                            <h2>{text::key_made(language, &name)}</h2>
                            <p>{text::key_made_note(language)}</p>
                            <p><code class="secret">{secret}</code></p>
                        </section>
                    })}
                    <FormAlert form=end />
                    {(!found.keys.is_empty()).then(|| view! {
                        <ul class="sessions">
                            {found.keys.into_iter().map(|key| view! { <Key form=end key /> }).collect_view()}
                        </ul>
                    })}
                    {(!found.webhooks.is_empty()).then(|| view! {
                        <section>
                            <h2>{text::webhooks(language)}</h2>
                            <p>{text::webhooks_note(language)}</p>
                            <FormAlert form=end_webhook />
                            <ul class="sessions">
                                {found.webhooks.into_iter().map(|hook| view! { <Webhook form=end_webhook hook /> }).collect_view()}
                            </ul>
                        </section>
                    })}
                    <section>
                        <h2>{text::new_key(language)}</h2>
                        <FormAlert form=create />
                        <Form form=create reload=true>
                            <Input form=create name="name" label=text::key_name(language) hint=text::key_name_hint(language) autocomplete="off" />
                            <fieldset class="field">
                                <legend>{text::key_scopes(language)}</legend>
                                {Scope::ALL.map(|scope| view! {
                                    <Checkbox form=create name=api::scope_field(scope)>
                                        {text::scope(language, scope)} " " <code class="quiet">{scope.name()}</code>
                                    </Checkbox>
                                }).collect_view()}
                                <Problem form=create name="scopes" />
                            </fieldset>
                            <Select form=create name="days" label=text::key_days(language) choices=days initial="90".to_owned() autocomplete="off" />
                            <Proof form=create asked />
                            <p class="actions">
                                <Submit label=text::make_key(language) class="primary" />
                                <a class="button" href=links::ACCOUNT>{text::back(language)}</a>
                            </p>
                        </Form>
                    </section>
                </div>
            }.into_any()
        })}
    }
}

#[component]
fn Key(form: FormState, key: KeyView) -> impl IntoView {
    let language = language();
    view! {
        <li>
            <strong>{key.name.clone()}</strong>
            <span class="quiet">{key.scopes}</span>
            <span class="quiet">
                {match key.used {
                    Some(used) => view! { {text::last_used(language)} " " <Moment when=used /> }.into_any(),
                    None => text::never_used(language).into_any(),
                }}
                ", " {text::key_until(language)} " " <Moment when=key.expires />
            </span>
            <Form form reload=true>
                <input type="hidden" name="id" value=key.id />
                <button class="button small">{text::end_key(language)}<Of what=key.name /></button>
            </Form>
        </li>
    }
}

#[component]
fn Webhook(form: FormState, hook: WebhookView) -> impl IntoView {
    let language = language();
    view! {
        <li>
            <strong>{hook.url.clone()}</strong>
            <span class="quiet">{hook.state}</span>
            {(!hook.deliveries.is_empty()).then(|| view! {
                <details>
                    <summary>{text::deliveries(language)}</summary>
                    <ul>
                        {hook.deliveries.into_iter().map(|delivery| view! {
                            <li><Moment when=delivery.at /> " " <code>{delivery.kind}</code> " " {delivery.answer}</li>
                        }).collect_view()}
                    </ul>
                </details>
            })}
            <Form form reload=true>
                <input type="hidden" name="id" value=hook.id />
                <button class="button small">{text::end_key(language)}<Of what=hook.url /></button>
            </Form>
        </li>
    }
}
