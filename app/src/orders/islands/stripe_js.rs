//! Stripe's browser library, as far as it is used here.
//!
//! Source: <https://docs.stripe.com/js>. The library has to be loaded from
//! Stripe, so it is no dependency; in development a stand-in serves the same.

use js_sys::{Function, JSON, Object, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::language::language;

#[wasm_bindgen]
extern "C" {
    /// <https://docs.stripe.com/js/initializing>
    #[derive(Clone)]
    pub(super) type Stripe;
    #[wasm_bindgen(catch, js_name = Stripe)]
    fn stripe(publishable_key: &str, options: &JsValue) -> Result<Stripe, JsValue>;
    #[wasm_bindgen(method)]
    fn elements(this: &Stripe) -> Elements;
    #[wasm_bindgen(method, catch, js_name = confirmCardPayment)]
    fn confirm_card_payment(
        this: &Stripe,
        client_secret: &str,
        data: &Object,
    ) -> Result<Promise, JsValue>;

    /// <https://docs.stripe.com/js/elements_object>
    type Elements;
    #[wasm_bindgen(method)]
    fn create(this: &Elements, kind: &str, options: &JsValue) -> Element;

    /// <https://docs.stripe.com/js/element>
    #[derive(Clone)]
    type Element;
    #[wasm_bindgen(method)]
    fn mount(this: &Element, place: &web_sys::HtmlElement);
    #[wasm_bindgen(method)]
    fn on(this: &Element, event: &str, handler: &Function);

    /// What a change of an element, and a confirmation, resolve to.
    type Outcome;
    #[wasm_bindgen(method, getter)]
    fn error(this: &Outcome) -> Option<StripeError>;

    /// <https://docs.stripe.com/js/errors>
    type StripeError;
    #[wasm_bindgen(method, getter, js_name = type)]
    fn kind(this: &StripeError) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn message(this: &StripeError) -> Option<String>;
}

/// The look of the card field inside Stripe's frame, which no style sheet of
/// ours reaches. `--…` stands for the colour of that name in `style/tokens.css`.
const CARD_OPTIONS: &str = r#"{"hidePostalCode":true,"style":{
"base":{"color":"--text","iconColor":"--quiet","fontFamily":"system-ui, sans-serif","fontSize":"17px","::placeholder":{"color":"--quiet"}},
"invalid":{"color":"--bad","iconColor":"--bad"}}}"#;

/// [`CARD_OPTIONS`] with the colours that the page has now, light or dark.
fn card_options() -> Result<JsValue, JsValue> {
    let page = document().document_element().ok_or(JsValue::NULL)?;
    let style = window().get_computed_style(&page)?.ok_or(JsValue::NULL)?;
    let mut options = CARD_OPTIONS.to_owned();
    for name in ["--text", "--quiet", "--bad"] {
        options = options.replace(name, style.get_property_value(name)?.trim());
    }
    JSON::parse(&options)
}

/// Stripe's answer to a confirmation.
pub(super) enum Confirmed {
    /// Stripe has decided; the server knows what. With Stripe's own sentence
    /// when it refused.
    Decided(Option<String>),
    /// Whether Stripe was reached is not known: its library's sentence.
    Unknown(String),
    /// What was typed is no card: Stripe's sentence.
    Incomplete(String),
}

/// A card field on the page. The card number stays in Stripe's frame.
#[derive(Clone)]
pub(super) struct CardField {
    stripe: Stripe,
    element: Element,
}

impl CardField {
    /// Loads Stripe's library from `url` if need be, and puts the card field
    /// into `place`. `on_change` is told what is wrong with what is typed.
    pub(super) async fn mount(
        url: &str,
        publishable_key: &str,
        place: &web_sys::HtmlElement,
        on_change: impl Fn(Option<String>) + 'static,
    ) -> Result<Self, JsValue> {
        if Reflect::get(&window(), &"Stripe".into())?.is_undefined() {
            JsFuture::from(load_script(url)?).await?;
        }
        let options = format!(r#"{{"locale":"{}"}}"#, language().tag());
        let stripe = stripe(publishable_key, &JSON::parse(&options)?)?;
        let element = stripe.elements().create("card", &card_options()?);
        let on_change = Closure::<dyn Fn(Outcome)>::new(move |change: Outcome| {
            on_change(change.error().and_then(|error| error.message()))
        });
        // The field calls it for as long as it lives, so the browser owns it.
        element.on("change", on_change.into_js_value().unchecked_ref());
        element.mount(place);
        Ok(Self { stripe, element })
    }

    /// Has Stripe confirm a payment; `begun` is the JSON of a
    /// [`Confirmation`](super::types::Confirmation). With `card` that is charged,
    /// without it what the bank waits for goes on. A dialog of the card's bank
    /// may come up meanwhile.
    pub(super) async fn confirm(&self, begun: &str, card: bool) -> Result<Confirmed, JsValue> {
        let begun = JSON::parse(begun)?;
        let of_begun = |name: &str| Reflect::get(&begun, &name.into());
        let data = Object::new();
        if card {
            let method = Object::new();
            Reflect::set(&method, &"card".into(), &self.element)?;
            let details = "billing_details";
            Reflect::set(&method, &details.into(), &of_begun(details)?)?;
            Reflect::set(&data, &"payment_method".into(), &method)?;
        }
        let secret = of_begun("client_secret")?.as_string().unwrap_or_default();
        let outcome = JsFuture::from(self.stripe.confirm_card_payment(&secret, &data)?).await?;
        let Some(error) = outcome.unchecked_into::<Outcome>().error() else {
            return Ok(Confirmed::Decided(None));
        };
        let message = error.message();
        Ok(match error.kind().as_deref() {
            Some("validation_error") => Confirmed::Incomplete(message.unwrap_or_default()),
            Some("api_connection_error" | "api_error" | "rate_limit_error") => {
                Confirmed::Unknown(message.unwrap_or_default())
            }
            _ => Confirmed::Decided(message),
        })
    }
}

/// Resolves when the script at `url` has run.
fn load_script(url: &str) -> Result<Promise, JsValue> {
    let script: web_sys::HtmlScriptElement = document().create_element("script")?.unchecked_into();
    // Trusted like the script that adds it, for browsers without 'strict-dynamic'.
    if let Some(trusted) = document().query_selector("script[nonce]")? {
        script.set_nonce(&trusted.unchecked_into::<web_sys::HtmlElement>().nonce());
    }
    script.set_src(url);
    let promise = Promise::new(&mut |resolve, reject| {
        script.set_onload(Some(&resolve));
        script.set_onerror(Some(&reject));
    });
    document()
        .head()
        .ok_or(JsValue::NULL)?
        .append_child(&script)?;
    Ok(promise)
}
