use leptos::{prelude::*, task::spawn_local};

use crate::{
    form::FormState,
    orders::{
        api::address_form,
        types::{AddressForm, BillingForm, CheckoutForm, Choice},
    },
    texts::orders as text,
    ui::{Input, Select},
};

/// Who pays, and where they live: what addresses of the chosen country have.
#[component]
pub(super) fn BillingFields(form: FormState, checkout: CheckoutForm) -> impl IntoView {
    let CheckoutForm {
        billing:
            BillingForm {
                name,
                country,
                line1,
                line2,
                city,
                region,
                postal_code,
            },
        address,
        countries,
        ..
    } = checkout;
    let address = RwSignal::new(address);
    let choose = move |country: String| {
        spawn_local(async move {
            // Without an answer the server says what is missing.
            if let Ok(rules) = address_form(country).await {
                address.try_set(rules);
            }
        });
    };
    view! {
        <fieldset>
            <legend>{text::BILLING}</legend>
            <Input form name="billing_name" label=text::BILLING_NAME initial=name autocomplete="billing name" />
            <Select form name="country" label=text::COUNTRY choices=pairs(countries) initial=country autocomplete="billing country" on_choice=choose />
            <Input form name="line1" label=text::LINE1 initial=line1 autocomplete="billing address-line1" />
            <Input form name="line2" label=text::LINE2 initial=line2 required=false autocomplete="billing address-line2" />
            <div class="pair">
                <Input form name="city" label=text::CITY initial=city autocomplete="billing address-level2" />
                {move || address.with(|address| address.has_postal_code).then(|| view! {
                    <Input form name="postal_code" label=text::POSTAL_CODE initial=postal_code.clone() autocomplete="billing postal-code" />
                })}
            </div>
            {move || {
                let AddressForm { regions, region_required, .. } = address.get();
                let initial = region.clone();
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
