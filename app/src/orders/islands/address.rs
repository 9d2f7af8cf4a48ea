use leptos::{prelude::*, task::spawn_local};
use texts::orders as text;

use crate::{
    form::FormState,
    language::language,
    orders::{
        api::{StartPayment, address_form},
        types::{AddressForm, Choice},
    },
    ui::{Input, Select, browser},
};
use leptos::server_fn::ServerFn;

/// City, postal code and region: what addresses of the chosen country have. The
/// country is chosen elsewhere on the page.
#[island(lazy)]
pub(crate) fn AddressOfCountry(
    /// The country that `address` is of.
    country: String,
    address: AddressForm,
    city: String,
    postal_code: String,
    region: String,
) -> impl IntoView {
    let language = language();
    let form = FormState::new(StartPayment::PATH);
    let first_country = country.clone();
    // The country whose rules are shown.
    let shown = StoredValue::new(country);
    let address = RwSignal::new(address);
    // What is typed stays while the answer is the same for the next country.
    let has_postal_code = Memo::new(move |_| address.with(|address| address.has_postal_code));
    let regions = Memo::new(move |_| {
        address.with(|address| (address.regions.clone(), address.region_required))
    });
    let choose = move || {
        let country = browser::value_of("country");
        if country.is_empty() || country == shown.get_value() {
            return;
        }
        spawn_local(async move {
            if let Ok(rules) = address_form(country.clone()).await
                && browser::value_of("country") == country
            {
                shown.set_value(country);
                address.try_set(rules);
            }
        });
    };
    browser::effect(move || {
        // One may have been chosen before the page was ready.
        choose();
        let listener = window_event_listener_untyped("change", move |_| choose());
        on_cleanup(move || listener.remove());
    });
    view! {
        <div class="pair">
            <Input form name="city" label=text::city(language) initial=city autocomplete="billing address-level2" />
            {move || {
                let initial = postal_code.clone();
                has_postal_code.get().then(|| view! {
                    <Input form name="postal_code" label=text::postal_code(language) initial autocomplete="billing postal-code" />
                }.into_any())
            }}
        </div>
        {move || {
            let (regions, required) = regions.get();
            let initial = if shown.get_value() == first_country {
                region.clone()
            } else {
                String::new()
            };
            (!regions.is_empty()).then(|| view! {
                <Select form name="region" label=text::region(language) choices=pairs(regions) initial required autocomplete="billing address-level1" />
            }.into_any())
        }}
    }
}

/// Values and labels.
pub(crate) fn pairs(choices: Vec<Choice>) -> Vec<(String, String)> {
    choices
        .into_iter()
        .map(|choice| (choice.code, choice.name))
        .collect()
}
