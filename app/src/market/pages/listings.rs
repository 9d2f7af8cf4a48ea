use leptos::prelude::*;

use crate::{
    market::{
        api,
        islands::Badge,
        types::{Listing, ListingsPage},
    },
    texts::market as text,
    ui::{NextPage, Of, OptionalMoment, PageTitle, links, load, query},
};

/// `/listings`
#[component]
pub(crate) fn Listings() -> impl IntoView {
    view! {
        <PageTitle text=text::LISTINGS_TITLE />
        <div class="page">
            <div class="results-head">
                <h1>{text::LISTINGS_TITLE}</h1>
                <p class="quiet">{text::PAYOUTS}</p>
            </div>
            {load(api::listings(query("after")), list)}
        </div>
    }
}

fn list(page: ListingsPage) -> AnyView {
    if page.listings.is_empty() {
        return view! {
            <div class="panel narrow empty">
                <p>{text::NO_LISTINGS}</p>
                <p><a class="button primary" href=links::NEW_TICKET>{text::SELL_FIRST}</a></p>
            </div>
        }
        .into_any();
    }
    view! {
        <ul class="rows">{page.listings.into_iter().map(row).collect_view()}</ul>
        <NextPage path=links::LISTINGS after=page.next />
    }
    .into_any()
}

fn row(listing: Listing) -> AnyView {
    let what = listing.title;
    view! {
        <li class="row">
            <div>
                <h2><a href=links::ticket(&listing.id)>{what.clone()}</a></h2>
                <p class="when"><OptionalMoment when=listing.starts /></p>
                {listing.owed.map(|owed| view! { <p class="owed">{text::owed(&owed.text)}</p> })}
            </div>
            <Badge status=listing.status />
            <p class="price">{listing.price.text}</p>
            <p class="actions">
                {listing.order.map(|order| view! { <a class="button small" href=links::order(&order)>{text::SEE_ORDER} <Of what=what.clone() /></a> })}
                {listing.changeable.then(|| view! {
                    <a class="button small" href=links::edit(&listing.id)>{text::EDIT} <Of what=what.clone() /></a>
                    <a class="button small danger" href=links::delete(&listing.id)>{text::DELETE} <Of what=what.clone() /></a>
                })}
            </p>
        </li>
    }
    .into_any()
}
