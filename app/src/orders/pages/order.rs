use domain::order::OrderStatus;
use leptos::{prelude::*, server_fn::ServerFn};
use texts::orders as text;

use super::{billing::BillingFields, receipt::Receipt, status::Badge};
use crate::{
    form::FormState,
    language::language,
    orders::{
        api::{CancelOrder, order},
        islands::{Checkout, FollowOrder},
        types::{OrderView, Role},
    },
    server,
    ui::{Fact, Form, FormAlert, Moment, OptionalMoment, PageTitle, Submit, links, load, param},
};

/// `/orders/:id`
#[component]
pub(crate) fn Order() -> impl IntoView {
    let id = param("id");
    let form = FormState::new(CancelOrder::PATH);
    let found = async {
        // What happens from here on may be in what is read, or is told.
        let position = server::position();
        Ok((order(id, false).await?, position))
    };
    view! {
        <FormAlert form />
        {load(found, move |(order, position): (OrderView, String)| {
            if order.checkout.is_some() {
                return view! { <Unpaid order position form /> }.into_any();
            }
            let (id, pulse, being_paid) = (order.id.clone(), order.pulse(), order.is_being_paid());
            let receipt = order.role == Role::Buyer && order.status.is_paid();
            view! {
                {if receipt {
                    view! { <Receipt order /> }.into_any()
                } else {
                    view! { <Other order /> }.into_any()
                }}
                <FollowOrder id pulse position being_paid />
            }
            .into_any()
        })}
    }
}

/// A hold that its buyer has yet to pay.
#[component]
fn Unpaid(order: OrderView, position: String, form: FormState) -> impl IntoView {
    let language = language();
    let (pulse, being_paid) = (order.pulse(), order.is_being_paid());
    let decline = order.payment.and_then(|payment| payment.decline);
    view! {
        <PageTitle text=text::checkout_title(language) />
        <div class="panel form">
            <h1>{text::checkout_title(language)}</h1>
            <p class="quiet">{text::reserved_for_you(language)}</p>
            <dl>
                <Fact term=text::ticket(language)>{order.title}</Fact>
                <Fact term=text::event_date(language)><OptionalMoment when=order.starts /></Fact>
                <Fact term=text::price(language)><strong class="price">{order.price.text}</strong></Fact>
            </dl>
            {order.checkout.map(|checkout| {
                let (stripe_js, stripe_key) = (checkout.stripe_js.clone(), checkout.stripe_key.clone());
                view! {
                    <Checkout id=order.id.clone() pulse position being_paid decline stripe_js stripe_key>
                        <BillingFields checkout />
                    </Checkout>
                }
            })}
            <Form form>
                <input type="hidden" name="order" value=order.id.clone() />
                <Submit label=text::cancel(language) class="plain" />
            </Form>
        </div>
    }
}

/// An order that is not to be paid here and has no receipt: being paid, ended,
/// or somebody else's.
#[component]
fn Other(order: OrderView) -> impl IntoView {
    let language = language();
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
    } = order;
    let buyer = role == Role::Buyer;
    // A hold that its buyer can still pay is on another face of this page.
    let live = !buyer && left_ms > 0;
    let (heading, said) = if buyer {
        (
            text::order_title(language),
            text::outcome(language, status, cancel_reason),
        )
    } else {
        (
            text::sale_title(language),
            text::sale(language, status, live),
        )
    };
    let over = matches!(status, OrderStatus::Created | OrderStatus::Cancelled);
    view! {
        <PageTitle text=heading />
        <div class="panel form">
            <h1>{heading}</h1>
            <Badge status reason=cancel_reason live />
            <p class="note" role="status">{said}</p>
            {text::dispute(language, dispute).map(|said| view! { <p class="note" role="status">{said}</p> })}
            <dl>
                <Fact term=text::ticket(language)>{title}</Fact>
                <Fact term=text::event_date(language)><OptionalMoment when=starts /></Fact>
                <Fact term=text::price(language)>{price.text}</Fact>
                <Fact term=text::ordered_at(language)><Moment when=created /></Fact>
                <Fact term=text::changed_at(language)><Moment when=updated /></Fact>
            </dl>
            {(buyer && over).then(|| view! { <p><a class="button primary" href=links::MARKET>{text::look_for_another(language)}</a></p> })}
            {(!buyer).then(|| view! { <p><a class="button" href=links::ticket(&ticket)>{text::see_ticket(language)}</a></p> })}
        </div>
    }
}
