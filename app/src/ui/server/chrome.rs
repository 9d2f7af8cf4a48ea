//! What is around every page: header and footer.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{RouteList, hooks::use_location};
use texts::Language;

use crate::{
    accounts::{
        api::{SetLanguage, SignOut, visitor},
        types::{Staff, Visitor},
    },
    language::language,
    ui::links,
};

/// Wordmark, menu, and who is signed in.
#[component]
pub(crate) fn Header() -> impl IntoView {
    let language = language();
    // The server runs the app once for its routes, when nobody asks.
    if RouteList::is_generating() {
        return ().into_any();
    }
    Suspend::new(async move {
        // Somebody unknown while the database is away, so that the page can say so.
        let visitor = visitor().await.unwrap_or_else(|_| Visitor::unknown());
        view! {
            <header class="header">
                {visitor.unverified.then(|| view! {
                    <p class="banner">{texts::accounts::unverified_banner(language)} " " <a href=links::ACCOUNT>{texts::accounts::see_account(language)}</a></p>
                })}
                {visitor.test_mode.then(|| view! { <p class="test-mode">{texts::test_mode(language)}</p> })}
                <div class="bar">
                    <a class="wordmark" href=links::MARKET>
                        <img src="/wordmark.svg" alt=texts::PRODUCT width="214" height="28" />
                    </a>
                    <Menu name=visitor.name staff=visitor.staff />
                </div>
            </header>
        }
    })
    .into_any()
}

#[component]
fn Menu(name: Option<String>, staff: Option<Staff>) -> impl IntoView {
    let language = language();
    view! {
        <nav class="menu" aria-label=texts::main_menu(language)>
            <MenuLink href=links::MARKET label=texts::nav_market(language) />
            <MenuLink href=links::NEW_TICKET label=texts::nav_sell(language) />
            {match name {
                Some(name) => view! {
                    <MenuLink href=links::LISTINGS label=texts::nav_listings(language) />
                    <MenuLink href=links::ORDERS label=texts::nav_orders(language) />
                    {staff.map(|_| view! { <MenuLink href=links::MODERATION label=texts::nav_moderation(language) /> })}
                    {(staff == Some(Staff::Administrator)).then(|| view! { <MenuLink href=links::ADMIN label=texts::administration::title(language) /> })}
                    <form class="visitor" method="post" action=SignOut::url()>
                        <a class="name" href=links::ACCOUNT>{name}</a>
                        <button class="button small">{texts::sign_out(language)}</button>
                    </form>
                }
                .into_any(),
                None => view! {
                    <span class="visitor">
                        <a class="button small" href=links::sign_in(&links::here())>{texts::sign_in(language)}</a>
                        <a class="button small primary" href=links::SIGN_UP>{texts::register(language)}</a>
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

/// Buttons to have the page in another language.
#[component]
fn Languages() -> impl IntoView {
    let spoken = language();
    view! {
        <form class="languages" method="post" action=SetLanguage::url() aria-label=texts::language(spoken)>
            <input type="hidden" name="next" value=links::here() />
            {Language::ALL
                .into_iter()
                .map(|language| {
                    let tag = language.tag();
                    view! {
                        <button name="language" value=tag lang=tag aria-current=(language == spoken).then_some("true")>
                            {language.own_name()}
                        </button>
                    }
                })
                .collect_view()}
        </form>
    }
}

/// What is below every page.
#[component]
pub(crate) fn Footer() -> impl IntoView {
    let language = language();
    view! {
        <footer class="footer">
            <p>{texts::footer(language)}</p>
            <Languages />
            <nav class="links" aria-label=texts::more_pages(language)>
                <a href=links::ABOUT>{texts::about::about_title(language)}</a>
                <a href=links::TERMS>{texts::terms(language)}</a>
                <a href=links::PRIVACY>{texts::about::privacy_title(language)}</a>
            </nav>
        </footer>
    }
}
