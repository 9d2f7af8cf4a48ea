use std::time::Duration;

use domain::order::OrderStatus;
use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};
use leptos_router::hooks::use_params_map;

use super::{checkout::Checkout, receipt::Receipt, status::Badge};
use crate::{
    form::FormState,
    orders::{
        api::{CancelOrder, finish_payment, order},
        types::{OrderView, Role},
    },
    texts::orders as text,
    ui::{Fact, FormAlert, Moment, OptionalMoment, PageTitle, browser, links, read, show},
};

/// How often an order that is being paid is read again.
const WHILE_PAYING: Duration = Duration::from_secs(1);
/// How often one is that waits for its buyer or for Stripe: another tab, or
/// Stripe, may go on with it.
const WHILE_WAITING: Duration = Duration::from_secs(4);

/// An order that is shown, and how to read it again. What was read first comes
/// with the page; later readings change only what differs, so that the card
/// field and what is typed in it stay.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    pub(super) id: StoredValue<String>,
    pub(super) order: RwSignal<OrderView>,
}

impl Shown {
    /// Reads the order again.
    pub(super) async fn read(self) {
        let Some(id) = self.id.try_get_value() else {
            return;
        };
        // A reading that fails is made again by whatever asked for it.
        if let Ok(read) = order(id, true).await {
            // The page may be gone by now.
            self.order.try_set(read);
        }
    }

    /// Reads the order again, meanwhile.
    pub(super) fn read_again(self) {
        spawn_local(self.read());
    }
}

/// `/orders/:id`
#[component]
pub(crate) fn Order() -> impl IntoView {
    let params = use_params_map();
    let first = read(
        move || params.with(|params| params.get("id").unwrap_or_default()),
        |id| order(id, false),
    );
    let form = FormState::new(CancelOrder::PATH);
    view! {
        <FormAlert form />
        {show(first, move |first: OrderView| view! { <Detail first form /> }.into_any())}
    }
}

#[component]
fn Detail(first: OrderView, form: FormState) -> impl IntoView {
    let shown = Shown {
        id: StoredValue::new(first.id.clone()),
        order: RwSignal::new(first),
    };
    // Cancelling leads back to this page, which therefore stays: read what
    // became of the order, also when it was refused.
    browser::effect(move || {
        if form.answers().get() > 0 {
            shown.read_again();
        }
    });
    browser::effect(move || browser::on_return(move || shown.read_again()));
    // Who comes back in the middle of a payment sees where it stands at Stripe.
    if shown.order.with_untracked(is_being_paid) {
        browser::effect(move || {
            spawn_local(async move {
                if let Some(id) = shown.id.try_get_value()
                    && finish_payment(id).await.is_ok()
                {
                    shown.read().await;
                }
            })
        });
    }
    let pace = Memo::new(move |_| shown.order.with(pace));
    browser::effect(move || {
        if let Some(pace) = pace.get() {
            browser::every(pace, move || {
                if !document().hidden() {
                    shown.read_again();
                }
            });
        }
    });
    let stage = Memo::new(move |_| shown.order.with(Stage::of));
    view! {
        {move || match stage.get() {
            Stage::Checkout => view! { <Checkout shown form /> }.into_any(),
            Stage::Receipt => view! { <Receipt order=shown.order /> }.into_any(),
            Stage::Other => view! { <Other order=shown.order /> }.into_any(),
        }}
    }
}

/// Whether its buyer has pressed *Pay* and it is not decided yet.
fn is_being_paid(order: &OrderView) -> bool {
    let undecided = matches!(
        order.status,
        OrderStatus::Created | OrderStatus::AwaitingPayment
    );
    order.role == Role::Buyer && undecided && order.payment.is_some()
}

/// How often the order is read again, if it goes on without its viewer.
fn pace(order: &OrderView) -> Option<Duration> {
    match order.status {
        OrderStatus::AwaitingPayment => Some(WHILE_PAYING),
        OrderStatus::Refunding => Some(WHILE_WAITING),
        OrderStatus::Created if order.left_ms > 0 => Some(WHILE_WAITING),
        _ => None,
    }
}

/// Which of its faces the page shows.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// The buyer has yet to pay.
    Checkout,
    /// The buyer has paid.
    Receipt,
    /// Whatever else, and whatever the seller sees.
    Other,
}

impl Stage {
    fn of(order: &OrderView) -> Self {
        match (order.role, order.payable) {
            (Role::Buyer, true) => Self::Checkout,
            (Role::Buyer, false) if order.status.is_paid() => Self::Receipt,
            _ => Self::Other,
        }
    }
}

/// An order that is not to be paid here and has no receipt: being paid, ended,
/// or somebody else's.
#[component]
fn Other(order: RwSignal<OrderView>) -> impl IntoView {
    move || {
        let OrderView {
            ticket,
            title,
            starts,
            price,
            status,
            cancel_reason,
            role,
            left_ms,
            created,
            updated,
            dispute,
            ..
        } = order.get();
        let buyer = role == Role::Buyer;
        // A hold that its buyer can still pay is on another face of this page.
        let live = !buyer && left_ms > 0;
        let (heading, said) = if buyer {
            (text::ORDER_TITLE, text::outcome(status, cancel_reason))
        } else {
            (text::SALE_TITLE, text::sale(status, live))
        };
        let over = matches!(status, OrderStatus::Created | OrderStatus::Cancelled);
        view! {
            <PageTitle text=heading />
            <div class="panel form">
                <h1>{heading}</h1>
                <Badge status reason=cancel_reason live />
                <p class="note" role="status">{said}</p>
                {text::dispute(dispute).map(|said| view! { <p class="note" role="status">{said}</p> })}
                <dl>
                    <Fact term=text::TICKET>{title}</Fact>
                    <Fact term=text::EVENT_DATE><OptionalMoment when=starts /></Fact>
                    <Fact term=text::PRICE>{price.text}</Fact>
                    <Fact term=text::ORDERED_AT><Moment when=created /></Fact>
                    <Fact term=text::CHANGED_AT><Moment when=updated /></Fact>
                </dl>
                {(buyer && over).then(|| view! { <p><a class="button primary" href=links::MARKET>{text::LOOK_FOR_ANOTHER}</a></p> })}
                {(!buyer).then(|| view! { <p><a class="button" href=links::ticket(&ticket)>{text::SEE_TICKET}</a></p> })}
            </div>
        }
    }
}
