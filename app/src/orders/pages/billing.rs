use domain::Billing;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    form::FormState,
    orders::{
        api::address_form,
        types::{AddressForm, CheckoutForm, Choice},
    },
    texts::orders as text,
    ui::{Input, Select, browser},
};

/// Who pays, and where they live: what addresses of the chosen country have.
#[component]
pub(super) fn BillingFields(form: FormState, checkout: CheckoutForm) -> impl IntoView {
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
    let postal_code = known(|billing| billing.postal_code.as_ref());
    let region = known(|billing| billing.region.as_ref());
    let first_country = known(|billing| Some(&billing.country));
    // The country whose rules are shown.
    let shown = StoredValue::new(first_country.clone());
    let chosen = StoredValue::new(String::new());
    let address = RwSignal::new(address);
    // What is typed stays while the answer is the same for the next country.
    let has_postal_code = Memo::new(move |_| address.with(|address| address.has_postal_code));
    let choose = move |country: String| {
        chosen.set_value(country.clone());
        spawn_local(async move {
            if let Ok(rules) = address_form(country.clone()).await
                && chosen.try_get_value().as_ref() == Some(&country)
            {
                shown.set_value(country);
                address.try_set(rules);
            }
        });
    };
    // A country that was chosen before the page was ready, or whose rules did
    // not come: once now, and whenever *Pay* was refused.
    browser::effect(move || {
        form.answers().track();
        let country = browser::value_of("country");
        if !country.is_empty() && country != shown.get_value() {
            choose(country);
        }
    });
    view! {
        <fieldset>
            <legend>{text::BILLING}</legend>
            <Input form name="billing_name" label=text::BILLING_NAME initial=known(|billing| Some(&billing.name)) autocomplete="billing name" />
            <Select form name="country" label=text::COUNTRY choices=pairs(countries) initial=first_country.clone() autocomplete="billing country" on_choice=choose />
            <Input form name="line1" label=text::LINE1 initial=known(|billing| Some(&billing.line1)) autocomplete="billing address-line1" />
            <Input form name="line2" label=text::LINE2 initial=known(|billing| billing.line2.as_ref()) required=false autocomplete="billing address-line2" />
            <div class="pair">
                <Input form name="city" label=text::CITY initial=known(|billing| Some(&billing.city)) autocomplete="billing address-level2" />
                {move || has_postal_code.get().then(|| view! {
                    <Input form name="postal_code" label=text::POSTAL_CODE initial=postal_code.clone() autocomplete="billing postal-code" />
                })}
            </div>
            {move || {
                let AddressForm { regions, region_required, .. } = address.get();
                let initial = if shown.get_value() == first_country {
                    region.clone()
                } else {
                    String::new()
                };
                (!regions.is_empty()).then(|| view! {
                    <Select form name="region" label=text::REGION choices=pairs(regions) initial required=region_required autocomplete="billing address-level1" />
                })
            }}
        </fieldset>
    }
}

fn pairs(choices: Vec<Choice>) -> Vec<(String, String)> {
    choices
        .into_iter()
        .map(|choice| (choice.code, choice.name))
        .collect()
}
