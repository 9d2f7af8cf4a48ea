use domain::Date;
use leptos::prelude::*;
use texts::administration as text;

use super::{
    Office, Table,
    chart::{Bar, bars},
    nothing,
};
use crate::{
    administration::{
        api,
        types::{CreditorRow, DashboardView, DayView, FiguresView, Number},
    },
    language::language,
    ui::{Fact, links, load, query},
};

/// `/admin`
#[component]
pub(crate) fn Dashboard() -> impl IntoView {
    let language = language();
    let found = api::dashboard(query("from"), query("to"));
    view! {
        <Office title=text::title(language) here=links::ADMIN>
            {load(found, show)}
        </Office>
    }
}

/// What is drawn, and how to read it.
type Series = (&'static str, fn(&FiguresView) -> &Number);

fn show(found: DashboardView) -> AnyView {
    let language = language();
    let [from, to] = [found.days.first(), found.days.last()]
        .map(|day| day.map(|day| day.iso.clone()).unwrap_or_default());
    let drawn: [Series; 5] = [
        (text::listings(language), |of| &of.listings),
        (text::holds(language), |of| &of.holds),
        (text::sales(language), |of| &of.sales),
        (text::refunds(language), |of| &of.refunds),
        (text::revenue(language), |of| &of.revenue),
    ];
    let pairs = [("from", from.as_str()), ("to", to.as_str())];
    let file = links::with_query(links::ADMIN_FIGURES, &pairs);
    view! {
        <form class="range" method="get" action=links::ADMIN>
            <label>{text::from(language)} <input type="date" name="from" value=from.clone() required /></label>
            <label>{text::to(language)} <input type="date" name="to" value=to.clone() required /></label>
            <button class="button">{text::show(language)}</button>
            <p class="quiet">{text::days_in_utc(language)}</p>
        </form>
        {presets(&found.today)}
        <dl class="figures">{numbers(&found)}</dl>
        <div class="charts">
            {drawn.into_iter().map(|series| chart(&found, series)).collect_view()}
        </div>
        <details class="panel">
            <summary>{text::by_day(language)}</summary>
            {by_day(found.days, found.total)}
        </details>
        <p><a class="button small" href=file download="">{text::download_figures(language)}</a></p>
        <section>
            <h2>{text::owed_title(language)}</h2>
            {owed(found.creditors)}
        </section>
    }
    .into_any()
}

/// The last days, up to today.
fn presets(today: &str) -> AnyView {
    let language = language();
    let Ok(today) = today.parse::<Date>() else {
        return ().into_any();
    };
    let links = [7, 30, 90, 365].map(|days| {
        let from = Date::from_days(today.days() - (days - 1)).to_string();
        let pairs = [("from", &*from), ("to", &*today.to_string())];
        let href = links::with_query(links::ADMIN, &pairs);
        view! { <a href=href>{text::last_days(language, &days.to_string())}</a> }
    });
    view! { <p class="presets">{links.collect_view()}</p> }.into_any()
}

fn numbers(found: &DashboardView) -> AnyView {
    let language = language();
    let of = found.total.clone();
    let shown = [
        (text::listings(language), of.listings.text),
        (text::holds(language), of.holds.text),
        (text::sales(language), of.sales.text),
        (
            text::conversion(language),
            of.conversion.unwrap_or_else(|| "–".to_owned()),
        ),
        (text::sold(language), of.sold.text),
        (text::refunded(language), of.refunded.text),
        (text::disputed(language), of.disputed.text),
        (text::revenue(language), of.revenue.text),
        (text::listed_now(language), found.listed.text.clone()),
        (text::owed_now(language), found.owed.text.clone()),
    ];
    shown
        .map(|(term, value)| view! { <Fact term>{value}</Fact> })
        .collect_view()
        .into_any()
}

fn chart(found: &DashboardView, (name, of): Series) -> AnyView {
    let language = language();
    let days: Vec<Bar> = found
        .days
        .iter()
        .map(|day| {
            let number = of(&day.figures);
            Bar {
                value: number.value,
                label: format!("{} · {}", day.text, number.text),
            }
        })
        .collect();
    let most = found
        .days
        .iter()
        .map(|day| of(&day.figures))
        .max_by_key(|number| number.value)
        .map(|number| number.text.clone())
        .unwrap_or_default();
    let drawing = bars(&text::chart_of(language, name), &days);
    view! {
        <figure class="chart">
            <figcaption>
                <strong>{name}</strong>
                " "
                <span class="quiet">{text::most_a_day(language, &most)}</span>
            </figcaption>
            <div inner_html=drawing></div>
        </figure>
    }
    .into_any()
}

fn by_day(days: Vec<DayView>, total: FiguresView) -> AnyView {
    let language = language();
    let columns = vec![
        text::day(language),
        text::listings(language),
        text::holds(language),
        text::sales(language),
        text::conversion(language),
        text::refunds(language),
        text::disputes(language),
        text::sold(language),
        text::refunded(language),
        text::disputed(language),
        text::revenue(language),
    ];
    view! {
        <Table caption=text::by_day(language) columns>
            {row(text::total(language).to_owned(), total)}
            {days.into_iter().rev().map(|day| row(day.text, day.figures)).collect_view()}
        </Table>
    }
    .into_any()
}

fn row(day: String, of: FiguresView) -> AnyView {
    let cells = [
        of.listings.text,
        of.holds.text,
        of.sales.text,
        of.conversion.unwrap_or_default(),
        of.refunds.text,
        of.disputes.text,
        of.sold.text,
        of.refunded.text,
        of.disputed.text,
        of.revenue.text,
    ];
    view! {
        <tr>
            <th scope="row">{day}</th>
            {cells.map(|cell| view! { <td class="number">{cell}</td> }).collect_view()}
        </tr>
    }
    .into_any()
}

fn owed(creditors: Vec<CreditorRow>) -> AnyView {
    let language = language();
    if creditors.is_empty() {
        return nothing(text::nobody_owed(language));
    }
    let columns = vec![text::seller(language), text::amount(language)];
    let rows = creditors.into_iter().map(move |creditor| {
        view! {
            <tr>
                <th scope="row"><a href=links::person(&creditor.id)>{creditor.name}</a></th>
                <td class="number">{creditor.amount.text}</td>
            </tr>
        }
    });
    view! {
        <p class="quiet">{text::owed_note(language)}</p>
        <Table caption=text::owed_title(language) columns>{rows.collect_view()}</Table>
        <p><a class="button small" href=links::ADMIN_OWED download="">{text::download_owed(language)}</a></p>
    }
    .into_any()
}
