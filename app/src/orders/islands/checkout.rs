use domain::order::OrderStatus;
use leptos::{html, prelude::*, server_fn::ServerFn, task::spawn_local};
use send_wrapper::SendWrapper;
use texts::orders as text;
use web_sys::HtmlFormElement;

use super::{
    countdown::Countdown,
    follow::Followed,
    stripe_js::{CardField, Confirmed},
};
use crate::{
    error::{ApiError, ErrorCode},
    form::FormState,
    language::language,
    orders::{
        api::{StartPayment, finish_payment},
        types::OrderPulse,
    },
    ui::{Fetched, FormAlert, Submit, browser, end, links},
};

/// Stripe's field for the card, once it is there.
type Card = StoredValue<Option<SendWrapper<CardField>>>;

/// A hold that its buyer has yet to pay: the time that is left, the card field,
/// and the button. `children` ask who pays.
#[island(lazy)]
pub(crate) fn Checkout(
    id: String,
    pulse: OrderPulse,
    position: String,
    being_paid: bool,
    /// Why the last attempt, before the page was loaded, was declined.
    decline: Option<String>,
    /// Where Stripe's library is loaded from.
    stripe_js: String,
    stripe_key: String,
    children: Children,
) -> impl IntoView {
    let language = language();
    let order = Followed::new(id, pulse);
    order.begin(position, being_paid);
    let bank_waits = Memo::new(move |_| order.pulse.with(|pulse| pulse.bank_waits));

    let place = NodeRef::<html::Div>::new();
    let card: Card = StoredValue::new(None);
    let (ready, loading) = (RwSignal::new(false), RwSignal::new(false));
    let mistyped = RwSignal::new(None::<String>);
    let tried = RwSignal::new(false);
    browser::effect(move || {
        let Some(place) = place.get() else { return };
        let (url, key) = (stripe_js.clone(), stripe_key.clone());
        loading.set(true);
        spawn_local(async move {
            // The page may be gone when Stripe is there.
            match CardField::mount(&url, &key, &place, move |problem| {
                drop(mistyped.try_set(problem))
            })
            .await
            {
                Ok(field) => {
                    card.try_set_value(Some(SendWrapper::new(field)));
                    ready.try_set(true);
                }
                Err(_) => drop(mistyped.try_set(Some(text::card_failed(language).to_owned()))),
            }
            loading.try_set(false);
        });
    });

    let attempt = move |with_card| {
        Callback::new(move |(form, begun): (HtmlFormElement, String)| {
            tried.set(true);
            spawn_local(attempt(order, form, card, begun, with_card));
        })
    };
    // What the bank waits for is gone on with: no address, no card.
    let (pay, go_on) = (attempt(true), attempt(false));
    let action = || StartPayment::PATH.to_owned();
    view! {
        <Countdown order />
        <div hidden=move || !bank_waits.get()>
            <Fetched action=action() then=go_on>
                <input type="hidden" name="order" value=order.id.get_value() />
                <p class="note">{text::bank_waits(language)}</p>
                <fieldset class="bare" disabled=move || !ready.get()>
                    <p class="actions"><Submit label=text::go_on(language) /></p>
                </fieldset>
            </Fetched>
        </div>
        <Fetched action=action() then=pay>
            <input type="hidden" name="order" value=order.id.get_value() />
            {children()}
            <fieldset>
                <legend id="card-label">{text::card(language)}</legend>
                <div class="card-field" role="group" aria-labelledby="card-label" node_ref=place></div>
                <p class="hint" hidden=move || !loading.get()>{text::card_loading(language)}</p>
                <p class="field-error" role="status" hidden=move || mistyped.with(Option::is_none)>{move || mistyped.get().unwrap_or_default()}</p>
                // Not as children: where script is on, the browser reads them as text.
                <noscript inner_html=format!("<p class=\"note\">{}</p>", text::card_needs_script(language))></noscript>
                <p class="hint">{text::card_safe(language)}</p>
            </fieldset>
            {decline.map(|decline| view! {
                <p class="note" hidden=move || tried.get()>{text::last_attempt(language)} " " {decline}</p>
            })}
            <FormAlert form=FormState::new(StartPayment::PATH) />
            <fieldset class="bare" disabled=move || !ready.get()>
                <Submit label=text::pay(language) busy_label=text::paying(language) class="primary wide" />
            </fieldset>
        </Fetched>
    }
}

/// Has Stripe confirm what was begun, and shows what became of it.
async fn attempt(
    order: Followed,
    form: HtmlFormElement,
    card: Card,
    begun: String,
    with_card: bool,
) {
    let language = language();
    let (Some(id), Some(card)) = (order.id.try_get_value(), card.try_get_value()) else {
        return;
    };
    order.paying.set_value(true);
    let why = match card {
        Some(card) => confirm(&card, &id, &begun, with_card).await,
        None => Some(text::card_failed(language).to_owned()),
    };
    order.paying.try_set_value(false);
    if let Some(why) = why {
        end(&form, Some(ApiError::new(ErrorCode::Conflict, why)));
    }
    // What is paid is another page; the form is busy until it is there.
    order.read().await;
}

/// The sentence to show if the payment is not under way or done.
async fn confirm(card: &CardField, order: &str, begun: &str, with_card: bool) -> Option<String> {
    let language = language();
    // What Stripe decided the server tells better; of an attempt that did not
    // get so far it only knows the one before.
    let (decided, said) = match card.confirm(begun, with_card).await {
        Ok(Confirmed::Incomplete(why)) => return Some(why),
        Ok(Confirmed::Decided(said)) => (true, said),
        Ok(Confirmed::Unknown(said)) => (false, Some(said)),
        Err(_) => (false, Some(texts::offline(language).to_owned())),
    };
    match finish_payment(order.to_owned()).await {
        Ok(result) if result.status == OrderStatus::Created => Some(
            result
                .decline
                .filter(|_| decided)
                .or(said)
                .unwrap_or_else(|| text::not_completed(language).to_owned()),
        ),
        Ok(_) => None,
        Err(error) => {
            if error.code == ErrorCode::Unauthenticated {
                browser::open(&links::sign_in(&links::order(order)));
            }
            Some(error.message)
        }
    }
}
