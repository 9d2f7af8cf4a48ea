use leptos::prelude::*;
use leptos_meta::Meta;
use texts::market as text;

use crate::{
    language::language,
    market::{api, types::SellerView},
    ui::{Fact, Moment, PageTitle, load, param},
};

/// `/sellers/:id`
#[component]
pub(crate) fn Seller() -> impl IntoView {
    load(api::seller(param("id")), show)
}

fn show(seller: SellerView) -> AnyView {
    let language = language();
    view! {
        <PageTitle text=seller.name.clone() />
        // People are not what search engines are for.
        <Meta name="robots" content="noindex" />
        <div class="panel narrow">
            <h1>{seller.name}</h1>
            <dl>
                <Fact term=text::seller_since(language)><Moment when=seller.since /></Fact>
                <Fact term=text::seller_sales(language)>{language.number(seller.sales)}</Fact>
                <Fact term=text::seller_refunds(language)>{language.number(seller.refunds)}</Fact>
            </dl>
            <p class="quiet">{text::seller_note(language)}</p>
        </div>
    }
    .into_any()
}
