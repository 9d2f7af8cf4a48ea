use domain::{order::OrderStatus, payment::PaymentStatus};
use leptos::{html, prelude::*, server_fn::ServerFn, task::spawn_local};
use send_wrapper::SendWrapper;

use super::{billing::BillingFields, countdown::Countdown, order::Shown};
use crate::{
    error::{ApiError, ErrorCode},
    form::FormState,
    orders::{
        api::{StartPayment, finish_payment},
        stripe_js::{CardField, Confirmed},
        types::{CheckoutForm, OrderView},
    },
    texts::{self, orders as text},
    ui::{Fact, Form, FormAlert, OptionalMoment, PageTitle, Submit, browser, links},
};

/// A hold that its buyer has yet to pay.
#[component]
pub(super) fn Checkout(shown: Shown, form: FormState) -> impl IntoView {
    let OrderView {
        id,
        title,
        starts,
        price,
        checkout,
        ..
    } = shown.order.get_untracked();
    view! {
        <PageTitle text=text::CHECKOUT_TITLE />
        <div class="panel form">
            <h1>{text::CHECKOUT_TITLE}</h1>
            <p class="quiet">{text::RESERVED_FOR_YOU}</p>
            <Countdown shown />
            <dl>
                <Fact term=text::TICKET>{title}</Fact>
                <Fact term=text::EVENT_DATE><OptionalMoment when=starts /></Fact>
                <Fact term=text::PRICE><strong class="price">{price.text}</strong></Fact>
            </dl>
            {checkout.map(|checkout| view! { <Pay shown checkout /> })}
            <Form form>
                <input type="hidden" name="order" value=id />
                <Submit form label=text::CANCEL class="plain" />
            </Form>
        </div>
    }
}

/// Stripe's field for the card, once it is there.
type Card = StoredValue<Option<SendWrapper<CardField>>>;

/// Who pays, the card field, and the button.
#[component]
fn Pay(shown: Shown, checkout: CheckoutForm) -> impl IntoView {
    let payment = move || shown.order.with(|order| order.payment.clone());
    // Why the last attempt, before the page was loaded, was declined.
    let decline = payment().and_then(|payment| payment.decline);
    let waits_for_bank = Memo::new(move |_| {
        payment().is_some_and(|payment| payment.status == PaymentStatus::RequiresAction)
    });

    let place = NodeRef::<html::Div>::new();
    let card: Card = StoredValue::new(None);
    let (ready, loading) = (RwSignal::new(false), RwSignal::new(false));
    let mistyped = RwSignal::new(None::<String>);
    let (url, key) = (checkout.stripe_js.clone(), checkout.stripe_key.clone());
    let form = FormState::new(StartPayment::PATH);
    browser::effect(move || {
        let Some(place) = place.get() else { return };
        let (url, key) = (url.clone(), key.clone());
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
                Err(_) => drop(mistyped.try_set(Some(text::CARD_FAILED.to_owned()))),
            }
            loading.try_set(false);
        });
    });

    let pay = move |begun: String| attempt(shown, form, card, begun, true);
    // What the bank waits for is gone on with: no address, no card.
    let go_on = move |begun: String| attempt(shown, form, card, begun, false);
    view! {
        <div hidden=move || !waits_for_bank.get()>
            <Form form then=Callback::new(go_on)>
                <input type="hidden" name="order" value=shown.id.get_value() />
                <p class="note">{text::BANK_WAITS}</p>
                <p class="actions"><Submit form label=text::GO_ON enabled=ready.into() /></p>
            </Form>
        </div>
        <Form form then=Callback::new(pay)>
            <input type="hidden" name="order" value=shown.id.get_value() />
            <BillingFields form checkout />
            <fieldset>
                <legend id="card-label">{text::CARD}</legend>
                <div class="card-field" role="group" aria-labelledby="card-label" node_ref=place></div>
                <p class="hint" hidden=move || !loading.get()>{text::CARD_LOADING}</p>
                <p class="field-error" role="status">{move || mistyped.get().unwrap_or_default()}</p>
                // Not as children: where script is on, the browser reads them as text.
                <noscript inner_html=format!("<p class=\"note\">{}</p>", text::CARD_NEEDS_SCRIPT)></noscript>
                <p class="hint">{text::CARD_SAFE}</p>
            </fieldset>
            {decline.map(|decline| view! {
                <p class="note" hidden=move || form.busy().get() || form.answers().get() != 0>{text::LAST_ATTEMPT} " " {decline}</p>
            })}
            <FormAlert form />
            <Submit form label=text::PAY busy_label=text::PAYING enabled=ready.into() class="primary wide" />
        </Form>
    }
}

/// Has Stripe confirm what was begun, and shows what became of it.
fn attempt(shown: Shown, form: FormState, card: Card, begun: String, with_card: bool) {
    spawn_local(async move {
        let (Some(order), Some(card)) = (shown.id.try_get_value(), card.try_get_value()) else {
            return;
        };
        let why = match card {
            Some(card) => confirm(&card, &order, &begun, with_card).await,
            None => Some(text::CARD_FAILED.to_owned()),
        };
        shown.read().await;
        // The page may be gone.
        form.end(why.map(|why| ApiError::new(ErrorCode::Conflict, why)));
    });
}

/// The sentence to show if the payment is not under way or done.
async fn confirm(card: &CardField, order: &str, begun: &str, with_card: bool) -> Option<String> {
    // What Stripe decided the server tells better; of an attempt that did not
    // get so far it only knows the one before.
    let (decided, said) = match card.confirm(begun, with_card).await {
        Ok(Confirmed::Incomplete(why)) => return Some(why),
        Ok(Confirmed::Decided(said)) => (true, said),
        Ok(Confirmed::Unknown(said)) => (false, Some(said)),
        Err(_) => (false, Some(texts::OFFLINE.to_owned())),
    };
    match finish_payment(order.to_owned()).await {
        Ok(result) if result.status == OrderStatus::Created => Some(
            result
                .decline
                .filter(|_| decided)
                .or(said)
                .unwrap_or_else(|| text::NOT_COMPLETED.to_owned()),
        ),
        Ok(_) => None,
        Err(error) => Some(explain(error, order)),
    }
}

fn explain(error: ApiError, order: &str) -> String {
    if error.code == ErrorCode::Unauthenticated {
        browser::open(&links::sign_in(&links::order(order)));
    }
    error.message
}
