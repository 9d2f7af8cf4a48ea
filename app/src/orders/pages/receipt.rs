use domain::order::OrderStatus;
use leptos::prelude::*;
use texts::orders as text;

use super::status::Badge;
use crate::{
    language::language,
    orders::{islands::RefundButton, types::OrderView},
    ui::{Fact, Moment, OptionalMoment, PageTitle},
};

/// What the buyer has paid for, and how they get it. Fit to be printed.
#[component]
pub(super) fn Receipt(order: OrderView) -> impl IntoView {
    let language = language();
    let OrderView {
        id,
        title,
        starts,
        price,
        status,
        payment,
        paid,
        refundable,
        billed_to,
        handover_note,
        dispute,
        ..
    } = order;
    let refund_failed = payment
        .as_ref()
        .is_some_and(|payment| payment.refund_failed);
    let card = payment.and_then(|payment| {
        Some(text::card_name(
            language,
            &payment.card_brand?,
            &payment.card_last4?,
        ))
    });
    let note = handover_note
        .or_else(|| (status == OrderStatus::Complete).then(|| text::no_note(language).to_owned()));
    let number = id.clone();
    view! {
        <PageTitle text=text::receipt_title(language) />
        <article class="panel form receipt">
            <p class="issuer">{texts::PRODUCT}</p>
            <h1>{text::receipt_title(language)}</h1>
            <Badge status reason=None live=false />
            <p class="note" role="status">{text::outcome(language, status, None)}</p>
            {text::dispute(language, dispute).map(|said| view! { <p class="note" role="status">{said}</p> })}
            {note.map(|note| view! {
                <section class="handover">
                    <h2>{texts::market::handover(language)}</h2>
                    <p class="lines">{note}</p>
                </section>
            })}
            <dl>
                <Fact term=text::ticket(language)>{title}</Fact>
                <Fact term=text::event_date(language)><OptionalMoment when=starts /></Fact>
                <Fact term=text::price(language)><strong>{price.text}</strong></Fact>
                {card.map(|card| view! { <Fact term=text::paid_with(language)>{card}</Fact> })}
                {(!billed_to.is_empty()).then(|| view! { <Fact term=text::billed_to(language)><span class="lines">{billed_to.join("\n")}</span></Fact> })}
                {paid.map(|paid| view! { <Fact term=text::paid_at(language)><Moment when=paid /></Fact> })}
                <Fact term=text::order_number(language)><code>{id}</code></Fact>
            </dl>
            {refundable.then(|| view! {
                {refund_failed.then(|| view! { <p class="note">{text::refund_failed(language)}</p> })}
                <div class="actions"><RefundButton order=number /></div>
            })}
        </article>
    }
}
