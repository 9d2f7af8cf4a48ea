use leptos::prelude::*;
use texts::orders as text;

use super::status::Badge;
use crate::{
    language::language,
    orders::{
        api,
        types::{OrderRow, OrdersPage},
    },
    ui::{Moment, NextPage, Of, OptionalMoment, PageTitle, links, load, query},
};

/// `/orders`
#[component]
pub(crate) fn Orders() -> impl IntoView {
    let language = language();
    view! {
        <PageTitle text=text::orders_title(language) />
        <div class="page">
            <div class="results-head">
                <h1>{text::orders_title(language)}</h1>
            </div>
            {load(api::orders(query("after")), list)}
        </div>
    }
}

fn list(page: OrdersPage) -> AnyView {
    let language = language();
    if page.orders.is_empty() {
        return view! {
            <div class="panel narrow empty">
                <p>{text::no_orders(language)}</p>
                <p><a class="button primary" href=links::MARKET>{text::find_one(language)}</a></p>
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
    let language = language();
    let (class, label) = match (order.payable, order.status.is_paid()) {
        (true, _) => ("button small primary", text::resume(language)),
        (false, true) => ("button small", text::receipt(language)),
        (false, false) => ("button small", text::show(language)),
    };
    view! {
        <li class="row">
            <div>
                <h2>{order.title.clone()}</h2>
                <p class="when"><OptionalMoment when=order.starts /></p>
                <p class="quiet">{text::ordered_at(language)} " " <Moment when=order.created /></p>
            </div>
            <Badge status=order.status reason=order.cancel_reason live=order.payable />
            <p class="price">{order.price.text}</p>
            <p class="actions"><a class=class href=links::order(&order.id)>{label} <Of what=order.title /></a></p>
        </li>
    }
    .into_any()
}
