use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::status::Badge;
use crate::{
    orders::{
        api,
        types::{OrderRow, OrdersPage},
    },
    texts::orders as text,
    ui::{Moment, More, Of, OptionalMoment, PageTitle, links, read, show},
};

/// `/orders`
#[component]
pub(crate) fn Orders() -> impl IntoView {
    let query = use_query_map();
    let page = read(
        move || query.with(|query| query.get("after").unwrap_or_default()),
        api::orders,
    );
    view! {
        <PageTitle text=text::ORDERS_TITLE />
        <div class="page">
            <div class="results-head">
                <h1>{text::ORDERS_TITLE}</h1>
            </div>
            {show(page, list)}
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
        <More
            first=page
            class="rows"
            rows=|page: OrdersPage| (page.orders.into_iter().map(row).collect(), page.next)
            link=|after: &str| links::with_query(links::ORDERS, &[("after", after)])
            fetch=api::orders
        />
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
