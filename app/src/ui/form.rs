//! The form that every write goes through.
//!
//! It does what Leptos's `ActionForm` does, but sends the fields as the browser
//! would: `ActionForm` takes them apart into the server function's type and puts
//! them together again, with code of its own for each of them, which every
//! visitor would load.

use leptos::{ev::SubmitEvent, prelude::*, server_fn::error::FromServerFnError, task::spawn_local};
use leptos_router::hooks::{use_location, use_navigate};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FormData, Headers, RequestInit, Response, UrlSearchParams};

use super::{browser, links};
use crate::{
    error::{ApiError, ErrorCode},
    form::FormState,
    texts,
};

/// A form that is posted to its server function. Without script the browser
/// does it, and the server leads on or back here; with script the page stays
/// until there is somewhere to go.
#[component]
pub(crate) fn Form(
    form: FormState,
    /// Always loads a whole page, because the answer changes who is looking.
    #[prop(optional)]
    reload: bool,
    /// Is given the answer, instead of going where it leads; the form is busy
    /// until that ends it.
    #[prop(optional)]
    then: Option<Callback<String>>,
    children: Children,
) -> impl IntoView {
    let navigate = use_navigate();
    let location = use_location();
    let on_submit = move |event: SubmitEvent| {
        if reload {
            return;
        }
        event.prevent_default();
        let Some(Ok(data)) = event
            .target()
            .map(|form| FormData::new_with_form(form.unchecked_ref()))
        else {
            return;
        };
        if !form.begin() {
            return;
        }
        let navigate = navigate.clone();
        let here = untrack(|| links::here(&location));
        spawn_local(async move {
            match post(form.action(), &data).await {
                Ok((next, answer)) => {
                    if let Some(then) = then {
                        form.accept();
                        // Whoever asked may be gone.
                        then.try_run(answer);
                        return;
                    }
                    form.end(None);
                    if let Some(next) = next {
                        navigate(&next, Default::default());
                    }
                }
                Err(error) if error.code == ErrorCode::Unauthenticated => {
                    browser::open(&links::sign_in(&here))
                }
                Err(error) => form.end(Some(error)),
            }
        });
    };
    // The server says what is wrong, in the words of the catalogue and at the
    // field; the browser's own check would stop before it is asked.
    view! { <form method="post" action=form.action() novalidate on:submit=on_submit>{children()}</form> }
}

/// Posts `data` as a form; where its answer leads on to, and the answer.
async fn post(action: &str, data: &FormData) -> Result<(Option<String>, String), ApiError> {
    let (accepted, location, body) = send(action, data)
        .await
        .map_err(|_| ApiError::new(ErrorCode::Unavailable, texts::OFFLINE))?;
    if accepted {
        Ok((location, body))
    } else {
        Err(ApiError::de(body.into()))
    }
}

/// Whether the answer is a success, its `Location`, and its body.
async fn send(action: &str, data: &FormData) -> Result<(bool, Option<String>, String), JsValue> {
    let headers = Headers::new()?;
    headers.set("Accept", "application/json")?;
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    request.set_body(&UrlSearchParams::new_with_str_sequence_sequence(data)?.into());
    let response: Response = JsFuture::from(window().fetch_with_str_and_init(action, &request))
        .await?
        .unchecked_into();
    let body = JsFuture::from(response.text()?).await?;
    Ok((
        response.ok(),
        response.headers().get("Location")?,
        body.as_string().unwrap_or_default(),
    ))
}
