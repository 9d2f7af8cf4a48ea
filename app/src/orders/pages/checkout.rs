use domain::order::OrderStatus;
use leptos::{html, prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;

use super::{countdown::Countdown, order::Shown};
use crate::{
    error::{ApiError, ErrorCode},
    form::FormState,
    orders::{
        api::{finish_payment, start_payment},
        stripe_js::{CardField, Confirmed},
        types::OrderView,
    },
    texts::{self, orders as text},
    ui::{Alert, Fact, Form, OptionalMoment, PageTitle, Submit, browser, links},
};

/// A hold that its buyer has yet to pay.
#[component]
pub(super) fn Checkout(shown: Shown, form: FormState) -> impl IntoView {
    let OrderView {
        id,
        title,
        starts,
        price,
        payment,
        ..
    } = shown.order.get_untracked();
    let decline = payment.and_then(|payment| payment.decline);
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
            <Pay shown decline />
            <Form form>
                <input type="hidden" name="order" value=id />
                <Submit form label=text::CANCEL class="plain" />
            </Form>
        </div>
    }
}

/// The card field and the button.
#[component]
fn Pay(
    shown: Shown,
    /// Why the last attempt, before the page was loaded, was declined.
    decline: Option<String>,
) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    let field = StoredValue::new(None::<SendWrapper<CardField>>);
    let (ready, loading, paying) = (
        RwSignal::new(false),
        RwSignal::new(false),
        RwSignal::new(false),
    );
    let mistyped = RwSignal::new(None::<String>);
    let refused = RwSignal::new(None::<String>);
    let attempts = RwSignal::new(0_usize);

    browser::effect(move || {
        let Some(place) = place.get() else { return };
        let (url, key) = shown
            .order
            .with_untracked(|order| (order.stripe_js.clone(), order.stripe_key.clone()));
        loading.set(true);
        spawn_local(async move {
            // The page may be gone when Stripe is there.
            match CardField::mount(&url, &key, &place, move |problem| {
                drop(mistyped.try_set(problem))
            })
            .await
            {
                Ok(card) => {
                    field.try_set_value(Some(SendWrapper::new(card)));
                    ready.try_set(true);
                }
                Err(_) => drop(refused.try_set(Some(text::CARD_FAILED.to_owned()))),
            }
            loading.try_set(false);
        });
    });

    let pay = move |_| {
        let Some(card) = field.get_value().filter(|_| !paying.get_untracked()) else {
            return;
        };
        paying.set(true);
        refused.set(None);
        spawn_local(async move {
            let why = attempt(shown.id.get_value(), &card).await;
            shown.read().await;
            if why.is_some() {
                refused.try_set(why);
                attempts.try_update(|attempts| *attempts += 1);
            }
            paying.try_set(false);
        });
    };

    view! {
        <div class="field" role="group" aria-labelledby="card-label">
            <p id="card-label" class="label">{text::CARD}</p>
            <div class="card-field" node_ref=place></div>
            <p class="hint" hidden=move || !loading.get()>{text::CARD_LOADING}</p>
            <p class="field-error" role="status">{move || mistyped.get().unwrap_or_default()}</p>
            // Not as children: where script is on, the browser reads them as text.
            <noscript inner_html=format!("<p class=\"note\">{}</p>", text::CARD_NEEDS_SCRIPT)></noscript>
            <p class="hint">{text::CARD_SAFE}</p>
        </div>
        {decline.map(|decline| view! {
            <p class="note" hidden=move || paying.get() || attempts.get() != 0>{text::LAST_ATTEMPT} " " {decline}</p>
        })}
        <Alert message=refused.into() answers=attempts.into() />
        <button
            type="button"
            class="button primary wide"
            disabled=move || !ready.get() || paying.get()
            aria-busy=move || paying.get().then_some("true")
            on:click=pay
        >
            {move || if paying.get() { text::PAYING } else { text::PAY }}
        </button>
    }
}

/// Pays with the card that was typed; the sentence to show if that did not
/// work.
async fn attempt(order: String, card: &CardField) -> Option<String> {
    let begun = match start_payment(order.clone()).await {
        Ok(begun) => begun,
        Err(error) => return Some(explain(error, &order)),
    };
    let said = match card.confirm(&begun.client_secret).await {
        Ok(Confirmed::Incomplete(why)) => return Some(why),
        Ok(Confirmed::Asked(said)) => said,
        // Stripe may have been asked all the same.
        Err(_) => Some(texts::OFFLINE.to_owned()),
    };
    match finish_payment(order.clone()).await {
        Ok(result) if result.status == OrderStatus::Created => Some(
            result
                .decline
                .or(said)
                .unwrap_or_else(|| text::NOT_COMPLETED.to_owned()),
        ),
        Ok(_) => None,
        Err(error) => Some(explain(error, &order)),
    }
}

fn explain(error: ApiError, order: &str) -> String {
    if error.code == ErrorCode::Unauthenticated {
        browser::open(&links::sign_in(&links::order(order)));
    }
    error.message
}
