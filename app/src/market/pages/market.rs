use leptos::{html, prelude::*};
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::{
    market::{
        api,
        types::{Card, MarketPage},
    },
    texts::{self, market as text},
    ui::{More, Of, OptionalMoment, PageTitle, links, read, show},
};

/// `/`
#[component]
pub(crate) fn Market() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            (
                query.get("q").unwrap_or_default(),
                query.get("after").unwrap_or_default(),
            )
        })
    });
    let page = read(
        move || asked.with(|(q, after)| links::market(q, after)),
        move |_| {
            let (q, after) = asked.get_untracked();
            api::market(q, after)
        },
    );
    view! {
        <PageTitle text=text::MARKET />
        <div class="hero">
            <h1>{text::MARKET_TITLE}</h1>
            <p>{text::MARKET_INTRO}</p>
            <Search q=Signal::derive(move || asked.with(|(q, _)| q.clone())) />
        </div>
        {show(page, move |page: MarketPage| {
            // Untracked: a new question is answered by new cards.
            let (q, _) = asked.get_untracked();
            view! { <Cards page q /> }.into_any()
        })}
    }
}

#[component]
fn Search(q: Signal<String>) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let navigate = use_navigate();
    // Going back shows the question again; what is being typed at the time the
    // page comes to life is kept.
    Effect::watch(
        move || q.get(),
        move |q, _, _| {
            if let Some(field) = field.get_untracked() {
                field.set_value(q);
            }
        },
        false,
    );
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(field) = field.get_untracked() {
            navigate(&links::market(field.value().trim(), ""), Default::default());
        }
    };
    view! {
        <form class="search" role="search" action=links::MARKET on:submit=on_submit>
            <label class="unseen" for="q">{text::SEARCH_LABEL}</label>
            <input id="q" name="q" type="search" placeholder=text::SEARCH_PLACEHOLDER value=q.get_untracked() node_ref=field />
            <button class="button primary">{text::SEARCH}</button>
        </form>
    }
}

#[component]
fn Cards(page: MarketPage, q: String) -> impl IntoView {
    if page.cards.is_empty() {
        return view! { <Nothing q /> }.into_any();
    }
    let heading = if q.is_empty() {
        text::NEWEST.to_owned()
    } else {
        text::results_for(&q)
    };
    let asked = q.clone();
    view! {
        <section class="results">
            <div class="results-head">
                <h2>{heading}</h2>
                {(!q.is_empty()).then(|| view! { <a href=links::MARKET>{text::SHOW_ALL}</a> })}
            </div>
            <More
                first=page
                class="cards"
                rows=|page: MarketPage| (page.cards.into_iter().map(card).collect(), page.next)
                link=move |after: &str| links::market(&q, after)
                fetch=move |after| api::market(asked.clone(), after)
            />
        </section>
    }
    .into_any()
}

/// What an empty market says.
#[component]
fn Nothing(q: String) -> impl IntoView {
    let searched = !q.is_empty();
    let (said, hint) = if searched {
        (text::nothing_found(&q), text::NO_RESULT_HINT)
    } else {
        (text::EMPTY_MARKET.to_owned(), text::EMPTY_MARKET_HINT)
    };
    let (path, label) = if searched {
        (links::MARKET, text::SHOW_ALL)
    } else {
        (links::NEW_TICKET, texts::NAV_SELL)
    };
    view! {
        <div class="panel narrow empty">
            <h2>{said}</h2>
            <p>{hint}</p>
            <p><a class="button" href=path>{label}</a></p>
        </div>
    }
}

fn card(card: Card) -> AnyView {
    view! {
        <li class="card">
            <h3><a class="cover" href=links::ticket(&card.id)>{card.title.clone()}</a></h3>
            <p class="when"><OptionalMoment when=card.starts /></p>
            {(!card.venue.is_empty()).then(|| view! { <p class="where">{card.venue}</p> })}
            <p class="price">{card.price.text}</p>
            {card.mine.then(|| {
                let what = card.title;
                view! {
                    <p class="own">
                        <span class="badge accent">{text::YOURS}</span>
                        <a href=links::edit(&card.id)>{text::EDIT} <Of what=what.clone() /></a>
                        <a href=links::delete(&card.id)>{text::DELETE} <Of what /></a>
                    </p>
                }
            })}
        </li>
    }
    .into_any()
}
