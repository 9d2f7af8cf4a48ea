//! Reading what pages show.
//!
//! All pages share one type of resource: what Leptos builds around a resource
//! is compiled for each type that it carries, and every visitor loads that.

use std::{future::Future, pin::Pin, sync::Arc};

use codee::{Decoder, Encoder};
use leptos::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::ErrorPage;
use crate::{
    accounts::types::{AccountView, ClaimView, LinkView, SetupView, Visitor},
    error::ApiError,
    market::types::{ListingsPage, MarketPage, TicketForm, TicketView},
    orders::types::{OrderView, OrdersPage},
    texts,
};

/// What can be read for a page.
pub(crate) trait Readable: Sized {
    /// As one of all.
    fn wrap(self) -> Content;
    /// Out of all; `None` if it is another one.
    fn unwrap(content: Content) -> Option<Self>;
}

macro_rules! readable {
    ($($name:ident($type:ty)),*) => {
        /// Any of the things that are read for a page.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub(crate) enum Content {
            $($name(Box<$type>)),*
        }

        $(impl Readable for $type {
            fn wrap(self) -> Content {
                Content::$name(Box::new(self))
            }

            fn unwrap(content: Content) -> Option<Self> {
                match content {
                    Content::$name(value) => Some(*value),
                    _ => None,
                }
            }
        })*
    };
}

readable!(
    Visitor(Visitor),
    Account(AccountView),
    Providers(Vec<(String, String)>),
    Claim(ClaimView),
    Link(LinkView),
    Setup(SetupView),
    Market(MarketPage),
    Ticket(TicketView),
    TicketForm(TicketForm),
    MaySell(()),
    Listings(ListingsPage),
    Orders(OrdersPage),
    Order(OrderView)
);

/// The answer of a server function that reads.
pub(crate) type Answer = Result<Content, ApiError>;

/// Such an answer, to come.
pub(crate) type Pending = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// What a page reads, again whenever its key changes.
pub(crate) type Reading = Resource<Answer, Json>;

/// JSON on its way from the page into the app: read as bytes, as answers of
/// server functions are, so that one set of parsers does for both.
pub(crate) struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// The answer of `call`, as one of all.
pub(crate) fn pending<T: Readable>(
    call: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Pending {
    Box::pin(async move { call.await.map(Readable::wrap) })
}

/// Reads what the key names, before the page is sent.
pub(crate) fn read<T, F>(
    key: impl Fn() -> String + Send + Sync + 'static,
    fetch: impl Fn(String) -> F + Send + Sync + 'static,
) -> Reading
where
    T: Readable,
    F: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    fn erased(
        key: Box<dyn Fn() -> String + Send + Sync>,
        fetch: Box<dyn Fn(String) -> Pending + Send + Sync>,
    ) -> Reading {
        Resource::new_with_options(key, fetch, true)
    }
    erased(Box::new(key), Box::new(move |key| pending(fetch(key))))
}

/// Shows what `reading` brings, or why it brings nothing.
pub(crate) fn show<T: Readable + 'static>(
    reading: Reading,
    view: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    fn erased(reading: Reading, view: Arc<dyn Fn(Content) -> AnyView + Send + Sync>) -> AnyView {
        view! {
            <Transition fallback=|| view! { <p class="panel quiet">{texts::LOADING}</p> }>
                {move || {
                    let view = view.clone();
                    Suspend::new(async move {
                        match reading.await {
                            Ok(content) => view(content),
                            Err(error) => view! { <ErrorPage error /> }.into_any(),
                        }
                    })
                }}
            </Transition>
        }
        .into_any()
    }
    erased(
        reading,
        Arc::new(move |content| T::unwrap(content).map(&view).into_any()),
    )
}
