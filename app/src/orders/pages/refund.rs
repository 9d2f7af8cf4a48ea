use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    form::FormState,
    orders::{
        api::{RefundOrder, order},
        types::OrderView,
    },
    texts::orders as text,
    ui::{Fact, Form, FormAlert, OptionalMoment, PageTitle, Submit, links, load, param},
};

/// `/orders/:id/refund`: asks before the money goes back.
#[component]
pub(crate) fn Refund() -> impl IntoView {
    let order = order(param("id"), true);
    let form = FormState::new(RefundOrder::PATH);
    view! {
        <PageTitle text=text::REFUND_TITLE />
        {load(order, move |order: OrderView| view! {
            <div class="panel narrow">
                <h1>{text::REFUND_TITLE}</h1>
                <FormAlert form />
                <dl>
                    <Fact term=text::TICKET>{order.title}</Fact>
                    <Fact term=text::EVENT_DATE><OptionalMoment when=order.starts /></Fact>
                    <Fact term=text::PRICE><strong>{order.price.text}</strong></Fact>
                </dl>
                {if order.refundable {
                    view! {
                        <p>{text::REFUND_NOTE}</p>
                        <Form form>
                            <input type="hidden" name="order" value=order.id.clone() />
                            <p class="actions">
                                <Submit label=text::REFUND class="danger" />
                                <a class="button" href=links::order(&order.id)>{text::KEEP_TICKET}</a>
                            </p>
                        </Form>
                    }.into_any()
                } else {
                    view! {
                        <p class="note">{text::NOT_REFUNDABLE}</p>
                        <p><a class="button" href=links::order(&order.id)>{text::BACK_TO_ORDER}</a></p>
                    }.into_any()
                }}
            </div>
        }.into_any())}
    }
}
