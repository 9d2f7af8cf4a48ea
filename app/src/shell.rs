//! The document around the app, and the app: its routes.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, Meta, MetaTags, Title, provide_meta_context};
use leptos_router::{
    Lazy, LazyRoute, SsrMode,
    components::{FlatRoutes, Route, Router},
    hooks::use_location,
    lazy_route, path,
};

use crate::{
    accounts::pages::{self as account_pages, SignIn, SignUp},
    form::provide_flash,
    market::pages::{self as market_pages, Listings, Market, Ticket},
    orders::pages::{Order, Orders, Refund},
    texts,
    ui::{CurrentVisitor, Footer, Header, UnknownPage},
};

/// The HTML document that the server sends around [`App`].
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="theme-color" content="#003049" />
                <meta name="color-scheme" content="dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet id="leptos" options=options.clone() />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The app. Every page is complete before it is sent, so that it works without
/// script.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_flash();
    CurrentVisitor::provide();
    let (is_routing, set_is_routing) = signal(false);
    view! {
        <Title text=texts::TAGLINE formatter=|text| format!("{text} · {}", texts::PRODUCT) />
        <Meta name="description" content=texts::DESCRIPTION />
        <Router set_is_routing>
            <a class="skip" href="#main" rel="external">{texts::SKIP}</a>
            <div class="progress" class:on=is_routing aria-hidden="true"></div>
            <Header />
            <Main>
                <FlatRoutes fallback=UnknownPage>
                    <Route path=path!("/") view=Market ssr=SsrMode::Async />
                    <Route path=path!("/sign-up") view=SignUp ssr=SsrMode::Async />
                    <Route path=path!("/sign-in") view=SignIn ssr=SsrMode::Async />
                    <Route path=path!("/sign-up/finish") view={Lazy::<AccountArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/sign-in/code") view={Lazy::<AccountArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/forgot-password") view={Lazy::<AccountArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/verify-email/:link") view={Lazy::<AccountArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/reset-password/:link") view={Lazy::<AccountArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/change-email/:link") view={Lazy::<AccountArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/link-identity/:link") view={Lazy::<AccountArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/account") view={Lazy::<AccountArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/account/password") view={Lazy::<AccountArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/account/email") view={Lazy::<AccountArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/account/second-factor") view={Lazy::<AccountArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/account/providers") view={Lazy::<AccountArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/account/link") view={Lazy::<AccountArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/account/delete") view={Lazy::<AccountArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/terms") view={Lazy::<AccountArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/tickets/new") view={Lazy::<EditingArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/tickets/:id") view=Ticket ssr=SsrMode::Async />
                    <Route path=path!("/tickets/:id/edit") view={Lazy::<EditingArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/tickets/:id/delete") view={Lazy::<EditingArea>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/listings") view=Listings ssr=SsrMode::Async />
                    <Route path=path!("/orders") view=Orders ssr=SsrMode::Async />
                    <Route path=path!("/orders/:id") view=Order ssr=SsrMode::Async />
                    <Route path=path!("/orders/:id/refund") view=Refund ssr=SsrMode::Async />
                </FlatRoutes>
            </Main>
            <Footer />
        </Router>
    }
}

/// The pages of the account, which few open: their code is loaded when somebody
/// goes there.
struct AccountArea;

#[lazy_route]
impl LazyRoute for AccountArea {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        account_pages::area(&use_location().pathname.get_untracked())
    }
}

/// The pages on which listings are written, likewise.
struct EditingArea;

#[lazy_route]
impl LazyRoute for EditingArea {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        market_pages::area(&use_location().pathname.get_untracked())
    }
}

/// The place of the page. It is focused when the page changes without being
/// loaded, as loading it would do.
#[component]
fn Main(children: Children) -> impl IntoView {
    let main = NodeRef::<leptos::html::Main>::new();
    let path = use_location().pathname;
    Effect::watch(
        move || path.get(),
        move |_, _, _| {
            if let Some(main) = main.get_untracked() {
                // Fails only when the element is gone.
                let _ = main.focus();
            }
        },
        false,
    );
    view! { <main id="main" tabindex="-1" node_ref=main>{children()}</main> }
}
