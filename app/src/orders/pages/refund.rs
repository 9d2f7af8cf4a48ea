use leptos::{prelude::*, server_fn::ServerFn};
use texts::orders as text;

use crate::{
    form::FormState,
    language::language,
    orders::{
        api::{RefundOrder, order},
        types::OrderView,
    },
    ui::{Fact, Form, FormAlert, OptionalMoment, PageTitle, Submit, links, load, param},
};

/// `/orders/:id/refund`: asks before the money goes back.
#[component]
pub(crate) fn Refund() -> impl IntoView {
    let language = language();
    let order = order(param("id"), true);
    let form = FormState::new(RefundOrder::PATH);
    view! {
        <PageTitle text=text::refund_title(language) />
        {load(order, move |order: OrderView| view! {
            <div class="panel narrow">
                <h1>{text::refund_title(language)}</h1>
                <FormAlert form />
                <dl>
                    <Fact term=text::ticket(language)>{order.title}</Fact>
                    <Fact term=text::event_date(language)><OptionalMoment when=order.starts /></Fact>
                    <Fact term=text::price(language)><strong>{order.price.text}</strong></Fact>
                </dl>
                {if order.refundable {
                    view! {
                        <p>{text::refund_note(language)}</p>
                        <Form form>
                            <input type="hidden" name="order" value=order.id.clone() />
                            <p class="actions">
                                <Submit label=text::refund(language) class="danger" />
                                <a class="button" href=links::order(&order.id)>{text::keep_ticket(language)}</a>
                            </p>
                        </Form>
                    }.into_any()
                } else {
                    view! {
                        <p class="note">{text::not_refundable(language)}</p>
                        <p><a class="button" href=links::order(&order.id)>{text::back_to_order(language)}</a></p>
                    }.into_any()
                }}
            </div>
        }.into_any())}
    }
}
