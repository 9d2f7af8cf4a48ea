//! A list that goes on: its first rows and a link to the next ones, which
//! script appends in place.

use std::future::Future;

use leptos::{prelude::*, task::spawn_local};

use super::reading::{Content, Pending, Readable, pending};
use crate::{error::ApiError, texts};

/// The rows of a page of the list, and what to pass as `after` for the next.
pub(crate) type Rows = (Vec<AnyView>, Option<String>);

/// How a list goes on, whatever it is a list of.
struct Next {
    rows: Box<dyn Fn(Content) -> Option<Rows> + Send + Sync>,
    fetch: Box<dyn Fn(String) -> Pending + Send + Sync>,
    link: Box<dyn Fn(&str) -> String + Send + Sync>,
}

/// Shows `first` and all that follows. Without script the link leads to a page
/// that begins with the next rows.
#[component]
pub(crate) fn More<T, F>(
    first: T,
    /// Class of the list.
    class: &'static str,
    rows: fn(T) -> Rows,
    /// The address of the page that begins after the given row.
    link: impl Fn(&str) -> String + Send + Sync + 'static,
    /// Reads what comes after the given row.
    fetch: impl Fn(String) -> F + Send + Sync + 'static,
) -> impl IntoView
where
    T: Readable + 'static,
    F: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    let next = Next {
        rows: Box::new(move |content| T::unwrap(content).map(rows)),
        fetch: Box::new(move |after| pending(fetch(after))),
        link: Box::new(link),
    };
    list(rows(first), class, next)
}

fn list((first, after): Rows, class: &'static str, next: Next) -> AnyView {
    let next = StoredValue::new(next);
    let after = RwSignal::new(after);
    let later = RwSignal::new(Vec::<Content>::new());
    let busy = RwSignal::new(false);
    let said = RwSignal::new(String::new());
    let on_click = move |event: leptos::ev::MouseEvent| {
        // A new tab is wanted: let the browser open the link.
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        let Some(from) = after.get_untracked().filter(|_| !busy.get_untracked()) else {
            return;
        };
        busy.set(true);
        let answer = next.with_value(|next| (next.fetch)(from));
        spawn_local(async move {
            match answer.await {
                Ok(content) => {
                    let (rows, from) = next
                        .with_value(|next| (next.rows)(content.clone()))
                        .unwrap_or_default();
                    said.set(texts::loaded(rows.len()));
                    later.update(|later| later.push(content));
                    after.set(from);
                }
                Err(error) => said.set(error.message),
            }
            busy.set(false);
        });
    };
    let page = move |at: usize| {
        later
            .with_untracked(|later| next.with_value(|next| (next.rows)(later[at].clone())))
            .unwrap_or_default()
            .0
            .into_any()
    };
    view! {
        <ul class=class>
            {first}
            // Pages are only ever added at the end, so their place names them.
            <For each=move || 0..later.with(Vec::len) key=|at| *at children=page />
        </ul>
        <p class="more">
            {move || {
                after.get().map(|after| {
                    let href = next.with_value(|next| (next.link)(&after));
                    view! {
                        <a class="button" rel="next" href=href aria-busy=move || busy.get().then_some("true") on:click=on_click>
                            {texts::LOAD_MORE}
                        </a>
                    }
                    .into_any()
                })
            }}
            <span role="status" class="quiet">{said}</span>
        </p>
    }
    .into_any()
}
