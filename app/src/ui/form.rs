//! The form that every write goes through, and what script adds to it.
//!
//! Without script the browser posts it, and the server leads on, or back to the
//! form's page with what was wrong. With script it is posted in the background:
//! the page stays, with all that was typed, until there is somewhere to go.

use leptos::{ev::SubmitEvent, prelude::*, server_fn::error::FromServerFnError, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, FormData, Headers, HtmlElement, HtmlFormElement, RequestInit, Response,
    UrlSearchParams,
};

use super::{browser, links};
#[cfg(feature = "ssr")]
use crate::form::FormState;
use crate::{
    error::{ApiError, ErrorCode},
    language::language,
};

/// A form that is posted to its server function.
#[cfg(feature = "ssr")]
#[component]
pub(crate) fn Form(
    form: FormState,
    /// Is not sent in the background, because the answer changes who is looking
    /// or is a page of its own.
    #[prop(optional)]
    reload: bool,
    /// A conflict is shown by the page that a plain post leads back to.
    #[prop(optional)]
    show_conflict: bool,
    children: Children,
) -> impl IntoView {
    let action = form.action();
    if reload {
        view! { <form method="post" action=action novalidate>{children()}</form> }.into_any()
    } else {
        view! { <FetchedForm action=action.to_owned() show_conflict>{children()}</FetchedForm> }
            .into_any()
    }
}

/// A form around fields that only the server renders.
#[island(lazy)]
fn FetchedForm(action: String, show_conflict: bool, children: Children) -> impl IntoView {
    let refused = Callback::new(move |(form, code): (HtmlFormElement, ErrorCode)| {
        if show_conflict && code == ErrorCode::Conflict {
            // Past the handler below; fails only for a form that is gone.
            let _ = form.submit();
        }
    });
    view! { <Fetched action refused>{children()}</Fetched> }
}

/// The form element. On the page itself it also shows, at the fields and in its
/// alert, why it was refused; those need not be part of the same view.
#[component]
pub(crate) fn Fetched(
    action: String,
    /// Is given the form and the answer, instead of going where that leads; the
    /// form is busy until [`end`] is called.
    #[prop(optional)]
    then: Option<Callback<(HtmlFormElement, String)>>,
    /// Is told of a refusal, once it is shown.
    #[prop(optional)]
    refused: Option<Callback<(HtmlFormElement, ErrorCode)>>,
    children: Children,
) -> impl IntoView {
    browser::effect(|| {
        // Whoever comes back to a page that was left for the answer finds the
        // browser's copy of it, with its forms still busy.
        let listener = window_event_listener_untyped("pageshow", |_| {
            for form in all("form[data-busy]") {
                set_busy(form.unchecked_ref(), false);
            }
        });
        on_cleanup(move || listener.remove());
    });
    let on_submit = move |event: SubmitEvent| {
        let Some(form) = event
            .target()
            .map(JsCast::unchecked_into::<HtmlFormElement>)
        else {
            return;
        };
        event.prevent_default();
        if form.has_attribute("data-busy") {
            return;
        }
        let Ok(data) = FormData::new_with_form(&form) else {
            return;
        };
        set_busy(&form, true);
        let action = form.get_attribute("action").unwrap_or_default();
        spawn_local(async move {
            match (post(&action, &data).await, then) {
                // Whoever asked may be gone.
                (Ok((_, answer)), Some(then)) => drop(then.try_run((form, answer))),
                (Ok((next, _)), None) => browser::open(&next.unwrap_or_else(links::here)),
                (Err(error), _) => {
                    let code = error.code;
                    end(&form, Some(error));
                    if let Some(refused) = refused {
                        refused.try_run((form, code));
                    }
                }
            }
        });
    };
    // The server says what is wrong, in the words of the catalogue and at the
    // field; the browser's own check would stop before it is asked.
    view! { <form method="post" action=action novalidate on:submit=on_submit>{children()}</form> }
}

/// The form was answered: shows why it was refused, if it was, and lets it be
/// sent again.
pub(crate) fn end(form: &HtmlFormElement, refused: Option<ApiError>) {
    set_busy(form, false);
    for marked in within(form, "[aria-invalid]") {
        // Fails only for names that are none.
        let _ = marked.remove_attribute("aria-invalid");
    }
    for shown in within(form, ".field-error") {
        shown.unchecked_ref::<HtmlElement>().set_hidden(true);
    }
    let action = form.get_attribute("action").unwrap_or_default();
    let alert = all(&format!("[data-alert='{action}']")).next();
    let Some(error) = refused else {
        if let Some(alert) = alert {
            alert.unchecked_ref::<HtmlElement>().set_hidden(true);
        }
        return;
    };
    if error.code == ErrorCode::Unauthenticated {
        browser::open(&links::sign_in(&links::here()));
        return;
    }
    for (field, problem) in error.fields.iter() {
        if let Some(said) = document().get_element_by_id(&format!("{field}-error")) {
            said.set_text_content(Some(problem));
            said.unchecked_ref::<HtmlElement>().set_hidden(false);
        }
        if let Some(control) = document().get_element_by_id(field) {
            let _ = control.set_attribute("aria-invalid", "true");
        }
    }
    if let Some(alert) = &alert {
        if let Ok(Some(said)) = alert.query_selector("p") {
            said.set_text_content(Some(&error.message));
        }
        alert.unchecked_ref::<HtmlElement>().set_hidden(false);
    }
    let first = within(form, "[aria-invalid]").next().or(alert);
    if let Some(first) = first {
        let _ = first.unchecked_ref::<HtmlElement>().focus();
    }
}

/// A form that is on its way cannot be sent again, and its button says so.
fn set_busy(form: &HtmlFormElement, busy: bool) {
    let set = |element: &Element, name: &str, on: bool, value: &str| {
        let _ = if on {
            element.set_attribute(name, value)
        } else {
            element.remove_attribute(name)
        };
    };
    set(form, "data-busy", busy, "");
    for button in within(form, "button:not([type=button])") {
        set(&button, "disabled", busy, "");
        set(&button, "aria-busy", busy, "true");
        let (says, other) = if busy {
            ("data-busy", "data-idle")
        } else {
            ("data-idle", "data-busy")
        };
        if let Some(label) = button.get_attribute(says) {
            set(
                &button,
                other,
                true,
                &button.text_content().unwrap_or_default(),
            );
            set(&button, says, false, "");
            button.set_text_content(Some(&label));
        }
    }
}

/// The elements on the page that `selector` names.
fn all(selector: &str) -> impl Iterator<Item = Element> {
    elements(document().query_selector_all(selector))
}

fn within(form: &HtmlFormElement, selector: &str) -> impl Iterator<Item = Element> {
    elements(form.query_selector_all(selector))
}

fn elements(found: Result<web_sys::NodeList, JsValue>) -> impl Iterator<Item = Element> {
    let length = found.as_ref().map_or(0, web_sys::NodeList::length);
    (0..length).filter_map(move |at| {
        let node = found.as_ref().ok()?.get(at)?;
        Some(node.unchecked_into())
    })
}

/// Posts `data` as a form; where its answer leads on to, and the answer.
async fn post(action: &str, data: &FormData) -> Result<(Option<String>, String), ApiError> {
    let language = language();
    let (accepted, location, body) = send(action, data)
        .await
        .map_err(|_| ApiError::new(ErrorCode::Unavailable, texts::offline(language)))?;
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
    if let Some(trace) = browser::traceparent() {
        headers.set("traceparent", &trace)?;
    }
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
