use domain::Billing;
use leptos::{prelude::*, server_fn::ServerFn};
use texts::orders as text;

use crate::{
    form::FormState,
    language::language,
    orders::{
        api::StartPayment,
        islands::{AddressOfCountry, pairs},
        types::CheckoutForm,
    },
    ui::{Input, Select},
};

/// Who pays, and where they live.
#[component]
pub(super) fn BillingFields(checkout: CheckoutForm) -> impl IntoView {
    let language = language();
    let form = FormState::new(StartPayment::PATH);
    let CheckoutForm {
        billing,
        address,
        countries,
        ..
    } = checkout;
    let known = move |field: fn(&Billing) -> Option<&String>| {
        billing
            .as_ref()
            .and_then(field)
            .cloned()
            .unwrap_or_default()
    };
    let country = known(|billing| Some(&billing.country));
    view! {
        <fieldset>
            <legend>{text::billing(language)}</legend>
            <Input form name="billing_name" label=text::billing_name(language) initial=known(|billing| Some(&billing.name)) autocomplete="billing name" />
            <Select form name="country" label=text::country(language) choices=pairs(countries) initial=country.clone() autocomplete="billing country" />
            <Input form name="line1" label=text::line1(language) initial=known(|billing| Some(&billing.line1)) autocomplete="billing address-line1" />
            <Input form name="line2" label=text::line2(language) initial=known(|billing| billing.line2.as_ref()) required=false autocomplete="billing address-line2" />
            <AddressOfCountry
                country
                address
                city=known(|billing| Some(&billing.city))
                postal_code=known(|billing| billing.postal_code.as_ref())
                region=known(|billing| billing.region.as_ref())
            />
        </fieldset>
    }
}
