use domain::moderation::{CaseStatus, Decision};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Meta;
use texts::moderation as text;

use super::queue::{reasons, row};
use crate::{
    form::FormState,
    language::language,
    market::islands::Badge,
    moderation::{
        api::{DecideByLink, DecideCase, case, case_by_link},
        types::{CaseView, ReportView},
    },
    ui::{
        Area, Fact, Form, FormAlert, OptionalMoment, PageTitle, Select, Submit, links, load, param,
    },
};

/// `/moderation/:id`
#[component]
pub(crate) fn Case() -> impl IntoView {
    let form = FormState::new(DecideCase::PATH);
    view! {
        {load(case(param("id")), move |case| {
            let key = ("id", case.row.id.clone());
            view! {
                <p class="page"><a href=links::MODERATION>{text::queue_title(language())}</a></p>
                {show(case, form, key)}
            }
            .into_any()
        })}
    }
}

/// `/decide/:link`, which moderators are mailed. It changes nothing: whoever follows
/// links to look what is behind them must not use them up.
#[component]
pub(crate) fn CaseByLink() -> impl IntoView {
    let form = FormState::new(DecideByLink::PATH);
    let link = param("link");
    view! {
        <Meta name="robots" content="noindex" />
        {load(case_by_link(link.clone()), move |case| show(case, form, ("link", link)))}
    }
}

/// The case, and the form that decides it; `key` is the field that says which.
fn show(case: CaseView, form: FormState, key: (&'static str, String)) -> AnyView {
    let language = language();
    let row_of = case.row.clone();
    let is_open = row_of.status == CaseStatus::Open;
    let lines = case
        .description
        .lines()
        .map(|line| view! { <p>{line.to_owned()}</p> });
    view! {
        <PageTitle text=row_of.title.clone() />
        <div class="page cases">
            <h1>{row_of.title.clone()}</h1>
            <FormAlert form />
            {(!case.is_current).then(|| view! { <p class="note">{text::changed_since(language)}</p> })}
            <section class="panel">
                <h2>{text::listing(language)}</h2>
                {lines.collect_view()}
                <dl>
                    <Fact term=text::seller(language)>{row_of.seller}</Fact>
                    <Fact term=text::venue(language)>{case.venue}</Fact>
                    <Fact term=text::event_date(language)><OptionalMoment when=case.starts /></Fact>
                    <Fact term=text::price(language)>{case.price.text}</Fact>
                    <Fact term=text::stands(language)><Badge status=case.ticket_status /></Fact>
                </dl>
                <p><a class="button small" href=links::ticket(&case.ticket)>{text::see_listing(language)}</a></p>
            </section>
            <section class="panel">
                <h2>{text::against(language)}</h2>
                {if row_of.reasons.is_empty() {
                    view! { <p>{text::nothing_against(language)}</p> }.into_any()
                } else {
                    reasons(row_of.reasons)
                }}
                {case.reports.into_iter().map(report).collect_view()}
            </section>
            {if is_open {
                decide(key, form)
            } else {
                decided(row_of.status, case.decided_by, case.explanation)
            }}
            {(!case.others.is_empty()).then(|| view! {
                <h2>{text::other_cases(language)}</h2>
                <ul class="rows">{case.others.into_iter().map(row).collect_view()}</ul>
            })}
        </div>
    }
    .into_any()
}

fn report(report: ReportView) -> AnyView {
    view! {
        <blockquote>
            <p><strong>{report.category}</strong> " · " <time datetime=report.at.iso>{report.at.text}</time></p>
            <p>{report.text}</p>
        </blockquote>
    }
    .into_any()
}

fn decide((name, value): (&'static str, String), form: FormState) -> AnyView {
    let language = language();
    let choices = Decision::ALL
        .map(|decision| {
            let label = text::may_decide(language, decision);
            (decision.name().to_owned(), label.to_owned())
        })
        .to_vec();
    view! {
        <section class="panel">
            <h2>{text::decide(language)}</h2>
            <Form form>
                <input type="hidden" name=name value=value />
                <Select form name="decision" label=text::decision(language) choices initial=String::new() autocomplete="off" />
                <Area form name="explanation" label=text::explanation(language) hint=text::explanation_hint(language) rows=3 />
                <p class="actions"><Submit label=text::decide(language) class="primary" /></p>
            </Form>
        </section>
    }
    .into_any()
}

fn decided(status: CaseStatus, by: Option<String>, explanation: Option<String>) -> AnyView {
    let language = language();
    let who = by.unwrap_or_else(|| text::the_rules(language).to_owned());
    view! {
        <section class="panel">
            <h2>{text::decision(language)}</h2>
            <dl>
                <Fact term=text::outcome(language)>{text::status(language, status)}</Fact>
                <Fact term=text::decided_by(language)>{who}</Fact>
                {explanation.map(|why| view! { <Fact term=text::explanation(language)>{why}</Fact> })}
            </dl>
        </section>
    }
    .into_any()
}
