use leptos::prelude::*;

use super::status::Badge;
use crate::{
    orders::{
        api,
        types::{OrderRow, OrdersPage},
    },
    texts::orders as text,
    ui::{Moment, NextPage, Of, OptionalMoment, PageTitle, links, load, query},
};

/// `/orders`
#[component]
pub(crate) fn Orders() -> impl IntoView {
    view! {
        <PageTitle text=text::ORDERS_TITLE />
        <div class="page">
            <div class="results-head">
                <h1>{text::ORDERS_TITLE}</h1>
            </div>
            {load(api::orders(query("after")), list)}
        </div>
    }
}

fn list(page: OrdersPage) -> AnyView {
    if page.orders.is_empty() {
        return view! {
            <div class="panel narrow empty">
                <p>{text::NO_ORDERS}</p>
                <p><a class="button primary" href=links::MARKET>{text::FIND_ONE}</a></p>
            </div>
        }
        .into_any();
    }
    view! {
        <ul class="rows">{page.orders.into_iter().map(row).collect_view()}</ul>
        <NextPage path=links::ORDERS after=page.next />
    }
    .into_any()
}

fn row(order: OrderRow) -> AnyView {
    let (class, label) = match (order.payable, order.status.is_paid()) {
        (true, _) => ("button small primary", text::RESUME),
        (false, true) => ("button small", text::RECEIPT),
        (false, false) => ("button small", text::SHOW),
    };
    view! {
        <li class="row">
            <div>
                <h2>{order.title.clone()}</h2>
                <p class="when"><OptionalMoment when=order.starts /></p>
                <p class="quiet">{text::ORDERED_AT} " " <Moment when=order.created /></p>
            </div>
            <Badge status=order.status reason=order.cancel_reason live=order.payable />
            <p class="price">{order.price.text}</p>
            <p class="actions"><a class=class href=links::order(&order.id)>{label} <Of what=order.title /></a></p>
        </li>
    }
    .into_any()
}
