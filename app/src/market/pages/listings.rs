use leptos::prelude::*;
use texts::{market as text, orders};

use crate::{
    language::language,
    market::{
        api,
        islands::Badge,
        types::{Listing, ListingsPage, SaleRow},
    },
    ui::{NextPage, Of, OptionalMoment, PageTitle, links, load, query},
};

/// `/listings`
#[component]
pub(crate) fn Listings() -> impl IntoView {
    let language = language();
    view! {
        <PageTitle text=text::listings_title(language) />
        <div class="page">
            <div class="results-head">
                <h1>{text::listings_title(language)}</h1>
                <p class="quiet">{text::payouts(language)}</p>
            </div>
            {load(api::listings(query("after")), list)}
        </div>
    }
}

fn list(page: ListingsPage) -> AnyView {
    let language = language();
    if page.listings.is_empty() {
        return view! {
            <div class="panel narrow empty">
                <p>{text::no_listings(language)}</p>
                <p><a class="button primary" href=links::NEW_TICKET>{text::sell_first(language)}</a></p>
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
    let language = language();
    let what = listing.title;
    view! {
        <li class="row">
            <div>
                <h2><a href=links::ticket(&listing.id)>{what.clone()}</a></h2>
                <p class="when"><OptionalMoment when=listing.starts /></p>
                {listing.sale.as_ref().map(|sale| view! { <p class="quiet">{said(sale)}</p> })}
                {listing.owed.map(|owed| view! { <p class="owed">{text::owed(language, &owed.text)}</p> })}
            </div>
            <Badge status=listing.status />
            <p class="price">{listing.price.text}</p>
            <p class="actions">
                {listing.sale.map(|sale| view! { <a class="button small" href=links::order(&sale.order)>{text::see_order(language)} <Of what=what.clone() /></a> })}
                {listing.changeable.then(|| view! {
                    <a class="button small" href=links::edit(&listing.id)>{text::edit(language)} <Of what=what.clone() /></a>
                    <a class="button small danger" href=links::delete(&listing.id)>{text::delete(language)} <Of what=what.clone() /></a>
                })}
            </p>
        </li>
    }
    .into_any()
}

/// Where the sale stands, and what is to be done.
fn said(sale: &SaleRow) -> String {
    let language = language();
    let stands = orders::sale(language, sale.status, sale.live);
    match orders::dispute(language, sale.dispute) {
        Some(dispute) => format!("{stands} {dispute}"),
        None => stands.to_owned(),
    }
}
