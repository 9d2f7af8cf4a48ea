//! What is around every page: header and footer.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{RouteList, hooks::use_location};

use crate::{
    accounts::{
        api::{SignOut, visitor},
        types::Visitor,
    },
    texts,
    ui::links,
};

/// Wordmark, menu, and who is signed in.
#[component]
pub(crate) fn Header() -> impl IntoView {
    // The server runs the app once for its routes, when nobody asks.
    if RouteList::is_generating() {
        return ().into_any();
    }
    Suspend::new(async {
        // Somebody unknown while the database is away, so that the page can say so.
        let visitor = visitor().await.unwrap_or_else(|_| Visitor::unknown());
        view! {
            <header class="header">
                {visitor.unverified.then(|| view! {
                    <p class="banner">{texts::accounts::UNVERIFIED_BANNER} " " <a href=links::ACCOUNT>{texts::accounts::SEE_ACCOUNT}</a></p>
                })}
                {visitor.test_mode.then(|| view! { <p class="test-mode">{texts::TEST_MODE}</p> })}
                <div class="bar">
                    <a class="wordmark" href=links::MARKET>
                        <img src="/wordmark.svg" alt=texts::PRODUCT width="214" height="28" />
                    </a>
                    <Menu name=visitor.name />
                </div>
            </header>
        }
    })
    .into_any()
}

#[component]
fn Menu(name: Option<String>) -> impl IntoView {
    view! {
        <nav class="menu" aria-label=texts::MAIN_MENU>
            <MenuLink href=links::MARKET label=texts::NAV_MARKET />
            <MenuLink href=links::NEW_TICKET label=texts::NAV_SELL />
            {match name {
                Some(name) => view! {
                    <MenuLink href=links::LISTINGS label=texts::NAV_LISTINGS />
                    <MenuLink href=links::ORDERS label=texts::NAV_ORDERS />
                    <form class="visitor" method="post" action=SignOut::url()>
                        <a class="name" href=links::ACCOUNT>{name}</a>
                        <button class="button small">{texts::SIGN_OUT}</button>
                    </form>
                }
                .into_any(),
                None => view! {
                    <span class="visitor">
                        <a class="button small" href=links::sign_in(&links::here())>{texts::SIGN_IN}</a>
                        <a class="button small primary" href=links::SIGN_UP>{texts::REGISTER}</a>
                    </span>
                }
                .into_any(),
            }}
        </nav>
    }
}

#[component]
fn MenuLink(href: &'static str, label: &'static str) -> impl IntoView {
    let here = use_location().pathname.with_untracked(|path| path == href);
    view! { <a href=href aria-current=here.then_some("page")>{label}</a> }
}

/// What is below every page.
#[component]
pub(crate) fn Footer() -> impl IntoView {
    view! {
        <footer class="footer">
            <p>{texts::FOOTER}</p>
            <nav class="links" aria-label=texts::MORE_PAGES>
                <a href=links::ABOUT>{texts::about::ABOUT_TITLE}</a>
                <a href=links::TERMS>{texts::TERMS}</a>
                <a href=links::PRIVACY>{texts::about::PRIVACY_TITLE}</a>
            </nav>
        </footer>
    }
}
