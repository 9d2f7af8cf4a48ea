//! The few things that only a browser can do. Called from effects and event
//! handlers, which do not run on the server.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// The language of the page, which has one for as long as it is open.
#[cfg(not(feature = "ssr"))]
pub(crate) fn language() -> Option<texts::Language> {
    thread_local! {
        static LANGUAGE: Option<texts::Language> = document()
            .document_element()
            .and_then(|page| texts::Language::of_tag(&page.get_attribute("lang")?));
    }
    LANGUAGE.with(|language| *language)
}

/// Goes to `path`.
pub(crate) fn open(path: &str) {
    // Fails only for addresses that are none.
    let _ = window().location().set_href(path);
}

/// Milliseconds since the Unix epoch by the browser's clock, which also counts
/// while the computer sleeps. Good for differences only.
pub(crate) fn now_ms() -> u64 {
    js_sys::Date::now() as u64
}

/// When the browser asked for this page, by [`now_ms`].
pub(crate) fn page_asked_for_ms() -> u64 {
    window()
        .performance()
        .map_or_else(now_ms, |performance| performance.time_origin() as u64)
}

/// The browser's IANA time zone.
pub(crate) fn time_zone() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    js_sys::Reflect::get(&format.resolved_options(), &JsValue::from_str("timeZone"))
        .ok()?
        .as_string()
}

/// What says that a request is the first of what is done for it (W3C Trace Context).
pub(crate) fn traceparent() -> Option<String> {
    let mut random = [0; 24];
    window()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut random))
        .ok()?;
    let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let (trace, span) = digits.split_at(32);
    Some(format!("00-{trace}-{span}-01"))
}

/// What the control with this id holds.
pub(crate) fn value_of(id: &str) -> String {
    document()
        .get_element_by_id(id)
        .and_then(|control| js_sys::Reflect::get(&control, &JsValue::from_str("value")).ok())
        .and_then(|value| value.as_string())
        .unwrap_or_default()
}

/// Whether somebody is about to type into the control with this id.
pub(crate) fn is_focused(id: &str) -> bool {
    let focused = document().query_selector(&format!("#{id}:focus"));
    focused.is_ok_and(|control| control.is_some())
}

/// Calls `tick` every `period` while the calling component is shown.
pub(crate) fn every(period: Duration, tick: impl Fn() + 'static) {
    if let Ok(interval) = set_interval_with_handle(tick, period) {
        on_cleanup(move || interval.clear());
    }
}

/// Runs `effect` in the browser, again when a signal that it read changes.
/// Boxed: Leptos compiles an effect anew for each type of closure.
pub(crate) fn effect(effect: impl Fn() + 'static) {
    fn boxed(effect: Box<dyn Fn()>) {
        Effect::new(effect);
    }
    boxed(Box::new(effect));
}

/// Has the control with this id hold `value`.
pub(crate) fn set_value(id: &str, value: &str) {
    if let Some(control) = document().get_element_by_id(id) {
        // Fails only for what is no object.
        let _ = js_sys::Reflect::set(&control, &"value".into(), &value.into());
    }
}

/// Loads the page again.
pub(crate) fn reload() {
    // Fails only where there is no page.
    let _ = window().location().reload();
}

/// Has the address of the page say `path`.
pub(crate) fn set_address(path: &str) {
    // Fails only for other sites.
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(path));
    }
}
