//! What is around every page: header and footer.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_location;

use super::{CurrentVisitor, links};
use crate::{
    accounts::{api::SignOut, types::Visitor},
    texts,
};

/// Wordmark, menu, and who is signed in.
#[component]
pub(crate) fn Header() -> impl IntoView {
    let bar = |visitor: Visitor| {
        view! {
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
        }
        .into_any()
    };
    view! { <header class="header">{CurrentVisitor::expect().view(bar)}</header> }
}

#[component]
fn Menu(name: Option<String>) -> impl IntoView {
    let location = use_location();
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
                        <a class="button small" href=move || links::sign_in(&links::here(&location))>{texts::SIGN_IN}</a>
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
    let path = use_location().pathname;
    view! { <a href=href aria-current=move || path.with(|path| path == href).then_some("page")>{label}</a> }
}

/// What is below every page.
#[component]
pub(crate) fn Footer() -> impl IntoView {
    view! {
        <footer class="footer">
            <p>{texts::FOOTER}</p>
            <p><a href=links::TERMS>{texts::TERMS}</a></p>
        </footer>
    }
}
