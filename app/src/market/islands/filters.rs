//! What the market is asked for: the fields, and what is asked for now.

use domain::search::Sort;
use leptos::prelude::*;
use texts::market as text;

use crate::{error::Fields, language::language, market::types::Asked, ui::links};

/// Why fields were refused, by their names.
pub(super) type Problems = RwSignal<Fields>;

/// The fields of the form.
pub(super) fn fields(asked: RwSignal<Asked>, problems: Problems, currency: &str) -> AnyView {
    let language = language();
    let first = asked.get_untracked();
    let narrow = first
        .pairs()
        .iter()
        .any(|(name, value)| !matches!(*name, "q" | "sort") && !value.is_empty());
    let sort = Sort::parse(&first.sort);
    view! {
        <div class="words">
            <label class="unseen" for="q">{text::search_label(language)}</label>
            <input id="q" name="q" type="search" placeholder=text::search_placeholder(language) value=first.q autocomplete="off" maxlength="200" />
            <button class="button primary">{text::search(language)}</button>
        </div>
        <details class="narrow-down" open=narrow>
            <summary>{text::filters(language)}</summary>
            <div class="bounds">
                {field("price_from", text::price_from(language, currency), "text", "decimal", first.price_from, problems)}
                {field("price_to", text::price_to(language, currency), "text", "decimal", first.price_to, problems)}
                {field("from", text::date_from(language).to_owned(), "date", "", first.from, problems)}
                {field("to", text::date_to(language).to_owned(), "date", "", first.to, problems)}
                <div class="field">
                    <label for="sort">{text::sort(language)}</label>
                    <select id="sort" name="sort">
                        {Sort::ALL
                            .into_iter()
                            .map(|order| view! { <option value=order.name() selected=order == sort>{text::sort_name(language, order)}</option> })
                            .collect_view()}
                    </select>
                </div>
            </div>
        </details>
    }
    .into_any()
}

fn field(
    name: &'static str,
    label: String,
    kind: &'static str,
    inputmode: &'static str,
    value: String,
    problems: Problems,
) -> AnyView {
    let problem = Memo::new(move |_| problems.with(|problems| problems.get(name).cloned()));
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type=kind
                inputmode=inputmode
                value=value
                autocomplete="off"
                aria-describedby=format!("{name}-error")
                aria-invalid=move || problem.with(Option::is_some).then_some("true")
            />
            <p id=format!("{name}-error") class="field-error" hidden=move || problem.with(Option::is_none)>
                {move || problem.get().unwrap_or_default()}
            </p>
        </div>
    }
    .into_any()
}

/// What is asked for now, each with a link to the market without it.
pub(super) fn chips(asked: &Asked) -> AnyView {
    let language = language();
    let mut chips = Vec::new();
    for (name, value) in asked.pairs() {
        if value.is_empty() || name == "sort" {
            continue;
        }
        if name == "q" {
            let words: Vec<&str> = value.split_whitespace().collect();
            for (at, word) in words.iter().enumerate() {
                let rest: Vec<&str> = (0..words.len())
                    .filter(|other| *other != at)
                    .map(|other| words[other])
                    .collect();
                chips.push((
                    text::chip(language, name, word),
                    without(asked, name, &rest.join(" ")),
                ));
            }
        } else {
            let day = value.parse().map(|day| language.date(day));
            let value = day.unwrap_or_else(|_| value.to_owned());
            chips.push((text::chip(language, name, &value), without(asked, name, "")));
        }
    }
    if chips.is_empty() {
        return ().into_any();
    }
    view! {
        <ul class="chips" aria-label=text::chips(language)>
            {chips
                .into_iter()
                .map(|(label, href)| view! {
                    <li><a class="chip" href=href><span class="unseen">{text::remove_chip(language)} " "</span>{label}<span aria-hidden="true">" ×"</span></a></li>
                })
                .collect_view()}
            <li><a href=links::MARKET>{text::show_all(language)}</a></li>
        </ul>
    }
    .into_any()
}

fn without(asked: &Asked, name: &str, left: &str) -> String {
    let mut other = asked.clone();
    if let Some(field) = other.field(name) {
        left.clone_into(field);
    }
    links::market(&other, "")
}
