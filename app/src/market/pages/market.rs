use leptos::prelude::*;
use texts::market as text;

use crate::{
    accounts::api::visitor,
    error::{ErrorCode, Fields},
    language::language,
    market::{
        api,
        islands::Finder,
        types::{Asked, MarketPage},
    },
    ui::{PageTitle, Sharing, links, load, query},
};

/// `/`
#[component]
pub(crate) fn Market() -> impl IntoView {
    let language = language();
    let mut asked = Asked::default();
    for name in ["q", "price_from", "price_to", "from", "to", "sort"] {
        if let Some(field) = asked.field(name) {
            *field = query(name);
        }
    }
    let after = query("after");
    view! {
        <PageTitle text=text::market(language) />
        <Sharing title=texts::tagline(language).to_owned() description=texts::description(language).to_owned() path=links::market(&asked, "") />
        <div class="hero">
            <h1>{text::market_title(language)}</h1>
            <p>{text::market_intro(language)}</p>
        </div>
        {load(async move {
            let Asked { q, price_from, price_to, from, to, sort } = asked.clone();
            let currency = visitor().await.map(|visitor| visitor.currency).unwrap_or_default();
            let (page, problems) = match api::market(q, price_from, price_to, from, to, sort, after).await {
                Ok(page) => (page, Fields::default()),
                Err(error) if error.code == ErrorCode::Invalid => (MarketPage::default(), error.fields),
                Err(error) => return Err(error),
            };
            Ok((asked, page, problems, currency))
        }, |(asked, page, problems, currency)| view! { <Finder asked page problems currency /> }.into_any())}
    }
}
