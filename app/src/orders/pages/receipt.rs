use domain::order::OrderStatus;
use leptos::prelude::*;

use super::status::Badge;
use crate::{
    orders::types::OrderView,
    texts::{self, orders as text},
    ui::{Fact, Moment, OptionalMoment, PageTitle, links},
};

/// What the buyer has paid for, and how they get it. Fit to be printed.
#[component]
pub(super) fn Receipt(order: OrderView) -> impl IntoView {
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
    let refund_page = links::refund(&id);
    let refund_failed = payment
        .as_ref()
        .is_some_and(|payment| payment.refund_failed);
    let card =
        payment.and_then(|payment| Some(text::card(&payment.card_brand?, &payment.card_last4?)));
    let note = handover_note
        .or_else(|| (status == OrderStatus::Complete).then(|| text::NO_NOTE.to_owned()));
    view! {
        <PageTitle text=text::RECEIPT_TITLE />
        <article class="panel form receipt">
            <p class="issuer">{texts::PRODUCT}</p>
            <h1>{text::RECEIPT_TITLE}</h1>
            <Badge status reason=None live=false />
            <p class="note" role="status">{text::outcome(status, None)}</p>
            {text::dispute(dispute).map(|said| view! { <p class="note" role="status">{said}</p> })}
            {note.map(|note| view! {
                <section class="handover">
                    <h2>{texts::market::HANDOVER}</h2>
                    <p class="lines">{note}</p>
                </section>
            })}
            <dl>
                <Fact term=text::TICKET>{title}</Fact>
                <Fact term=text::EVENT_DATE><OptionalMoment when=starts /></Fact>
                <Fact term=text::PRICE><strong>{price.text}</strong></Fact>
                {card.map(|card| view! { <Fact term=text::PAID_WITH>{card}</Fact> })}
                {(!billed_to.is_empty()).then(|| view! { <Fact term=text::BILLED_TO><span class="lines">{billed_to.join("\n")}</span></Fact> })}
                {paid.map(|paid| view! { <Fact term=text::PAID_AT><Moment when=paid /></Fact> })}
                <Fact term=text::ORDER_NUMBER><code>{id}</code></Fact>
            </dl>
            {refundable.then(|| view! {
                {refund_failed.then(|| view! { <p class="note">{text::REFUND_FAILED}</p> })}
                <p class="actions"><a class="button danger" href=refund_page>{text::REFUND}</a></p>
            })}
        </article>
    }
}
