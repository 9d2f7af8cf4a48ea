use domain::moderation::Category;
use leptos::{prelude::*, server_fn::ServerFn};
use texts::moderation as text;

use crate::{
    form::FormState,
    language::language,
    market::{api::ticket, types::TicketView},
    moderation::api::ReportTicket,
    ui::{Area, Form, FormAlert, PageTitle, Select, Submit, links, load, param},
};

/// `/tickets/:id/report`
#[component]
pub(crate) fn Report() -> impl IntoView {
    let language = language();
    let form = FormState::new(ReportTicket::PATH);
    view! {
        <PageTitle text=text::report_title(language) />
        {load(ticket(param("id")), move |ticket: TicketView| {
            let choices = Category::ALL
                .map(|category| (category.name().to_owned(), text::category(language, category).to_owned()))
                .to_vec();
            view! {
                <div class="panel narrow">
                    <h1>{text::report_title(language)}</h1>
                    <FormAlert form />
                    <p><strong>{ticket.title}</strong></p>
                    <p>{text::report_note(language)}</p>
                    <Form form>
                        <input type="hidden" name="id" value=ticket.id.clone() />
                        <Select form name="category" label=text::report_category(language) choices initial=String::new() autocomplete="off" />
                        <Area form name="text" label=text::report_text(language) rows=4 />
                        <p class="actions">
                            <Submit label=text::report(language) class="primary" />
                            <a class="button" href=links::ticket(&ticket.id)>{text::back(language)}</a>
                        </p>
                    </Form>
                </div>
            }
            .into_any()
        })}
    }
}
