//! A list that goes on: its first rows and a link to the next ones, which
//! script appends in place.

use std::{future::Future, pin::Pin};

use leptos::{prelude::*, task::spawn_local};

use crate::{error::ApiError, texts};

/// Rows, and what to pass as `after` for the next ones.
pub(crate) type Rows<T> = (Vec<T>, Option<String>);

/// Fetches the rows after the given one.
pub(crate) type Fetch<T> = Box<dyn Fn(String) -> Pin<Box<dyn Future<Output = Result<Rows<T>, ApiError>> + Send>> + Send + Sync>;

/// Shows `first` and all that follows. Without script the link leads to a page
/// that begins with the next rows: `link` makes its address.
#[component]
pub(crate) fn More<T>(
    first: Rows<T>,
    /// Class of the list.
    class: &'static str,
    row: fn(T) -> AnyView,
    link: Box<dyn Fn(&str) -> String + Send + Sync>,
    fetch: Fetch<T>,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    let (rows, next) = first;
    let next = RwSignal::new(next);
    let later = RwSignal::new(Vec::<T>::new());
    let busy = RwSignal::new(false);
    let said = RwSignal::new(String::new());
    let fetch = StoredValue::new(fetch);
    let on_click = move |event: leptos::ev::MouseEvent| {
        // A new tab is wanted: let the browser open the link.
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        let Some(after) = next.get_untracked().filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        let answer = fetch.with_value(|fetch| fetch(after));
        spawn_local(async move {
            match answer.await {
                Ok((rows, after)) => {
                    said.set(texts::loaded(rows.len()));
                    later.update(|later| later.extend(rows));
                    next.set(after);
                }
                Err(error) => said.set(error.message),
            }
            busy.set(false);
        });
    };
    view! {
        <ul class=class>
            {rows.into_iter().map(row).collect_view()}
            // Rows are only ever added at the end, so their place names them.
            <For each=move || 0..later.with(Vec::len) key=|at| *at children=move |at| row(later.with_untracked(|later| later[at].clone())) />
        </ul>
        <p class="more">
            {move || {
                next.get().map(|after| {
                    view! {
                        <a class="button" rel="next" href=link(&after) aria-busy=move || busy.get().then_some("true") on:click=on_click>
                            {texts::LOAD_MORE}
                        </a>
                    }
                })
            }}
            <span role="status" class="quiet">{said}</span>
        </p>
    }
}
