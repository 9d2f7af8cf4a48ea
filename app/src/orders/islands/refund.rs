use leptos::{prelude::*, server_fn::ServerFn};
use texts::orders as text;

use crate::{
    form::FormState,
    language::language,
    orders::api::RefundOrder,
    ui::{Confirm, Fetched, FormAlert, Submit, links},
};

/// Asks before the money for the order called `order` goes back.
#[island(lazy)]
pub(crate) fn RefundButton(order: String) -> impl IntoView {
    let language = language();
    view! {
        <Confirm href=links::refund(&order) label=text::refund(language) heading="refund-title" keep=text::keep_ticket(language)>
            <h2 id="refund-title">{text::refund_title(language)}</h2>
            <FormAlert form=FormState::new(RefundOrder::PATH) />
            <p>{text::refund_note(language)}</p>
            <Fetched action=RefundOrder::PATH.to_owned()>
                <input type="hidden" name="order" value=order.clone() />
                <Submit label=text::refund(language) class="danger" />
            </Fetched>
        </Confirm>
    }
}
