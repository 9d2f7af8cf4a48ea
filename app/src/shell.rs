//! The document around the app, and the app: its routes.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    accounts::pages::{
        About, Account, ChangeEmail, ChangePassword, DeleteAccount, FinishSignUp, ForgotPassword,
        Keys, LinkByMail, LinkIdentity, Privacy, Providers, RequestEmail, ResetPassword,
        SecondFactor, SignIn, SignInCode, SignUp, Terms, VerifyEmail,
    },
    administration::pages::{Dashboard, DeadLetters, Events, Health, Mails, People, Person},
    language::language,
    market::pages::{DeleteTicket, EditTicket, Listings, Market, NewTicket, Seller, Ticket},
    moderation::pages::{Case, CaseByLink, Queue, RemoveTicket, Report},
    orders::pages::{Order, Orders, Refund},
    ui::{Done, Footer, Header, Hydration, Offline, UnknownPage},
};

/// Has the browser keep a page for when it is offline, once there is nothing more
/// urgent.
const WORKER: &str = r#"addEventListener("load",()=>navigator.serviceWorker?.register("/sw.js?language="+document.documentElement.lang))"#;

/// The HTML document that the server sends around [`App`].
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang=language().tag()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#ffffff" />
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#001b29" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                // Needed for the first words of every page.
                <link rel="preload" href="/fonts/exchange-round-1.woff2" r#as="font" type="font/woff2" crossorigin="anonymous" />
                <link rel="preload" href="/fonts/exchange-text-1.woff2" r#as="font" type="font/woff2" crossorigin="anonymous" />
                <HashedStylesheet id="leptos" options=options.clone() />
                <AutoReload options=options.clone() />
                <Hydration options />
                <script nonce=use_nonce()>{WORKER}</script>
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
    let language = language();
    provide_meta_context();
    view! {
        <Title text=texts::tagline(language) formatter=|text| format!("{text} · {}", texts::PRODUCT) />
        <Router>
            <a class="skip" href="#main">{texts::skip(language)}</a>
            <Header />
            <main id="main" tabindex="-1">
                <FlatRoutes fallback=UnknownPage>
                    <Route path=path!("/") view=Market ssr=SsrMode::Async />
                    <Route path=path!("/sign-up") view=SignUp ssr=SsrMode::Async />
                    <Route path=path!("/sign-in") view=SignIn ssr=SsrMode::Async />
                    <Route path=path!("/sign-up/finish") view=FinishSignUp ssr=SsrMode::Async />
                    <Route path=path!("/sign-in/code") view=SignInCode ssr=SsrMode::Async />
                    <Route path=path!("/forgot-password") view=ForgotPassword ssr=SsrMode::Async />
                    <Route path=path!("/verify-email/:link") view=VerifyEmail ssr=SsrMode::Async />
                    <Route path=path!("/reset-password/:link") view=ResetPassword ssr=SsrMode::Async />
                    <Route path=path!("/change-email/:link") view=ChangeEmail ssr=SsrMode::Async />
                    <Route path=path!("/link-identity/:link") view=LinkByMail ssr=SsrMode::Async />
                    <Route path=path!("/account") view=Account ssr=SsrMode::Async />
                    <Route path=path!("/account/password") view=ChangePassword ssr=SsrMode::Async />
                    <Route path=path!("/account/email") view=RequestEmail ssr=SsrMode::Async />
                    <Route path=path!("/account/second-factor") view=SecondFactor ssr=SsrMode::Async />
                    <Route path=path!("/account/keys") view=Keys ssr=SsrMode::Async />
                    <Route path=path!("/account/providers") view=Providers ssr=SsrMode::Async />
                    <Route path=path!("/account/link") view=LinkIdentity ssr=SsrMode::Async />
                    <Route path=path!("/account/delete") view=DeleteAccount ssr=SsrMode::Async />
                    <Route path=path!("/about") view=About ssr=SsrMode::Async />
                    <Route path=path!("/privacy") view=Privacy ssr=SsrMode::Async />
                    <Route path=path!("/offline") view=Offline ssr=SsrMode::Async />
                    <Route path=path!("/terms") view=Terms ssr=SsrMode::Async />
                    <Route path=path!("/tickets/new") view=NewTicket ssr=SsrMode::Async />
                    <Route path=path!("/sellers/:id") view=Seller ssr=SsrMode::Async />
                    <Route path=path!("/tickets/:id") view=Ticket ssr=SsrMode::Async />
                    <Route path=path!("/tickets/:id/edit") view=EditTicket ssr=SsrMode::Async />
                    <Route path=path!("/tickets/:id/delete") view=DeleteTicket ssr=SsrMode::Async />
                    <Route path=path!("/tickets/:id/report") view=Report ssr=SsrMode::Async />
                    <Route path=path!("/tickets/:id/remove") view=RemoveTicket ssr=SsrMode::Async />
                    <Route path=path!("/moderation") view=Queue ssr=SsrMode::Async />
                    <Route path=path!("/moderation/:id") view=Case ssr=SsrMode::Async />
                    <Route path=path!("/decide/:link") view=CaseByLink ssr=SsrMode::Async />
                    <Route path=path!("/admin") view=Dashboard ssr=SsrMode::Async />
                    <Route path=path!("/admin/people") view=People ssr=SsrMode::Async />
                    <Route path=path!("/admin/people/:id") view=Person ssr=SsrMode::Async />
                    <Route path=path!("/admin/events") view=Events ssr=SsrMode::Async />
                    <Route path=path!("/admin/mails") view=Mails ssr=SsrMode::Async />
                    <Route path=path!("/admin/dead-letters") view=DeadLetters ssr=SsrMode::Async />
                    <Route path=path!("/admin/health") view=Health ssr=SsrMode::Async />
                    <Route path=path!("/listings") view=Listings ssr=SsrMode::Async />
                    <Route path=path!("/orders") view=Orders ssr=SsrMode::Async />
                    <Route path=path!("/orders/:id") view=Order ssr=SsrMode::Async />
                    <Route path=path!("/orders/:id/refund") view=Refund ssr=SsrMode::Async />
                </FlatRoutes>
            </main>
            <Footer />
            <Done />
        </Router>
    }
}
