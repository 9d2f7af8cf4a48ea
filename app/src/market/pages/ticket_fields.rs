//! The fields of a listing, for the form that creates it and the one that
//! edits it.

use leptos::prelude::*;
use texts::market as text;

use crate::{
    accounts::api::visitor,
    form::FormState,
    language::language,
    market::{islands::Stored, types::TicketForm},
    ui::{Area, Checkbox, Input},
};

/// Offered while typing a time zone; any other IANA zone can be typed too.
const ZONES: [&str; 54] = [
    "America/Anchorage",
    "America/Argentina/Buenos_Aires",
    "America/Bogota",
    "America/Chicago",
    "America/Denver",
    "America/Edmonton",
    "America/Halifax",
    "America/Lima",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/Montreal",
    "America/New_York",
    "America/Phoenix",
    "America/Regina",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Toronto",
    "America/Vancouver",
    "America/Winnipeg",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Nairobi",
    "Asia/Bangkok",
    "Asia/Dubai",
    "Asia/Hong_Kong",
    "Asia/Jakarta",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Manila",
    "Asia/Seoul",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Taipei",
    "Asia/Tokyo",
    "Australia/Brisbane",
    "Australia/Melbourne",
    "Australia/Perth",
    "Australia/Sydney",
    "Europe/Amsterdam",
    "Europe/Athens",
    "Europe/Berlin",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Paris",
    "Europe/Rome",
    "Europe/Stockholm",
    "Europe/Warsaw",
    "Pacific/Auckland",
    "UTC",
];

/// All fields. `newer` is the stored listing when it is newer than what the
/// form shows: its other values are shown beside the fields.
#[component]
pub(super) fn TicketFields(
    form: FormState,
    initial: TicketForm,
    newer: Option<TicketForm>,
) -> impl IntoView {
    let language = language();
    let now = |name: &str, initial: &String, stored: fn(&TicketForm) -> &String| {
        let shown = form.value(name, initial.clone());
        newer
            .as_ref()
            .map(stored)
            .filter(|stored| **stored != shown)
            .map(|stored| view! { <Stored name=name.to_owned() value=stored.clone() /> })
    };
    view! {
        <Input form name="title" label=text::title(language) hint=text::title_hint(language) initial=initial.title.clone() />
        {now("title", &initial.title, |form| &form.title)}
        <Area form name="description" label=text::description(language) hint=text::description_hint(language) initial=initial.description.clone() rows=5 />
        {now("description", &initial.description, |form| &form.description)}
        <Input form name="venue" label=text::venue(language) initial=initial.venue.clone() required=false />
        {now("venue", &initial.venue, |form| &form.venue)}
        <div class="pair">
            <div>
                <Input form name="starts" label=text::starts(language) hint=text::starts_hint(language) initial=initial.starts.clone() kind="datetime-local" required=false />
                {now("starts", &initial.starts, |form| &form.starts)}
            </div>
            <div>
                <Input form name="zone" label=text::zone(language) hint=text::zone_hint(language) initial=initial.zone.clone() required=false list="zones" />
                {now("zone", &initial.zone, |form| &form.zone)}
            </div>
        </div>
        <datalist id="zones">{ZONES.map(|zone| view! { <option value=zone></option> }).into_iter().collect_view()}</datalist>
        <PriceField form initial=initial.price.clone() />
        {now("price", &initial.price, |form| &form.price)}
        <Area form name="handover_note" label=text::handover_note(language) hint=text::handover_note_hint(language) initial=initial.handover_note.clone() rows=3 />
        {now("handover_note", &initial.handover_note, |form| &form.handover_note)}
        <Checkbox form name="relist_after_refund" initial=initial.relist_after_refund>{text::relist(language)}</Checkbox>
    }
}

/// The price, in the currency of the deployment.
#[component]
fn PriceField(form: FormState, initial: String) -> impl IntoView {
    let language = language();
    Suspend::new(async move {
        let currency = visitor().await.map(|visitor| visitor.currency);
        let hint = text::price_hint(language, &currency.unwrap_or_default());
        view! { <Input form name="price" label=text::price(language) hint initial=initial inputmode="decimal" autocomplete="off" /> }
    })
}
