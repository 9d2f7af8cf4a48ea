//! Form fields: label, control, hint and error, tied together for everybody.

use leptos::{html, prelude::*};

use crate::{form::FormState, texts};

/// The ids of what describes a control, for `aria-describedby`.
fn described_by(
    name: &'static str,
    hint: bool,
    problem: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + Clone + Send + 'static {
    move || match (hint, problem.with(Option::is_some)) {
        (true, true) => Some(format!("{name}-error {name}-hint")),
        (true, false) => Some(format!("{name}-hint")),
        (false, true) => Some(format!("{name}-error")),
        (false, false) => None,
    }
}

fn invalid(
    problem: Signal<Option<String>>,
) -> impl Fn() -> Option<&'static str> + Clone + Send + 'static {
    move || problem.with(Option::is_some).then_some("true")
}

/// Label, error and hint around a control named `name`.
#[component]
pub(super) fn Frame(
    name: &'static str,
    label: String,
    hint: String,
    required: bool,
    problem: Signal<Option<String>>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field">
            <div class="label">
                <label for=name>{label}</label>
                // Not in the label, which names the control and nothing else.
                {(!required).then(|| view! { <span class="quiet">{texts::OPTIONAL}</span> })}
            </div>
            {children()}
            <p id=format!("{name}-error") class="field-error" hidden=move || problem.with(Option::is_none)>
                {move || problem.get().unwrap_or_default()}
            </p>
            {(!hint.is_empty()).then(|| view! { <p id=format!("{name}-hint") class="hint">{hint}</p> })}
        </div>
    }
}

/// A field of one line.
#[component]
pub(crate) fn Input(
    form: FormState,
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    /// What it holds unless something was typed.
    #[prop(optional)]
    initial: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = true)] required: bool,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] inputmode: Option<&'static str>,
    /// Id of a `datalist`.
    #[prop(optional)]
    list: Option<&'static str>,
    #[prop(optional)] node_ref: NodeRef<html::Input>,
) -> impl IntoView {
    let problem = form.problem(name);
    let value = form.value(name, initial);
    let has_hint = !hint.is_empty();
    view! {
        <Frame name label hint required problem>
            <input
                id=name
                name=name
                type=kind
                value=value
                required=required
                autocomplete=autocomplete
                inputmode=inputmode
                list=list
                aria-describedby=described_by(name, has_hint, problem)
                aria-invalid=invalid(problem)
                node_ref=node_ref
            />
        </Frame>
    }
}

/// A field to choose one of `choices` for, pairs of value and label.
#[component]
pub(crate) fn Select(
    form: FormState,
    name: &'static str,
    #[prop(into)] label: String,
    choices: Vec<(String, String)>,
    /// What is chosen unless something was sent; none of them if empty.
    initial: String,
    #[prop(default = true)] required: bool,
    autocomplete: &'static str,
    /// Is told what was chosen.
    #[prop(optional, into)]
    on_choice: Option<Callback<String>>,
) -> impl IntoView {
    let problem = form.problem(name);
    let chosen = form.value(name, initial);
    view! {
        <Frame name label hint=String::new() required problem>
            <select
                id=name
                name=name
                required=required
                autocomplete=autocomplete
                aria-describedby=described_by(name, false, problem)
                aria-invalid=invalid(problem)
                on:change=move |event| {
                    if let Some(on_choice) = on_choice {
                        on_choice.run(event_target_value(&event));
                    }
                }
            >
                <option value="" selected=chosen.is_empty()>{texts::CHOOSE}</option>
                {choices
                    .into_iter()
                    .map(|(value, label)| {
                        let selected = value == chosen;
                        view! { <option value=value selected=selected>{label}</option> }
                    })
                    .collect_view()}
            </select>
        </Frame>
    }
}

/// A field of several lines, which may be left empty.
#[component]
pub(crate) fn Area(
    form: FormState,
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    /// What it holds unless something was typed.
    #[prop(optional)]
    initial: String,
    rows: u8,
) -> impl IntoView {
    let problem = form.problem(name);
    // Leptos writes the text of a <textarea> unescaped on the server.
    let content = escape(&form.value(name, initial));
    let has_hint = !hint.is_empty();
    view! {
        <Frame name label=label hint required=false problem>
            <textarea
                id=name
                name=name
                rows=rows.to_string()
                aria-describedby=described_by(name, has_hint, problem)
                aria-invalid=invalid(problem)
                inner_html=content
            ></textarea>
        </Frame>
    }
}

/// A box to tick, sent as `yes`; `children` are its label.
#[component]
pub(crate) fn Checkbox(
    form: FormState,
    name: &'static str,
    #[prop(optional)] initial: bool,
    #[prop(optional)] required: bool,
    children: Children,
) -> impl IntoView {
    let problem = form.problem(name);
    view! {
        <div class="field">
            <div class="check">
                <input
                    id=name
                    name=name
                    type="checkbox"
                    value="yes"
                    checked=form.checked(name, initial)
                    required=required
                    aria-describedby=described_by(name, false, problem)
                    aria-invalid=invalid(problem)
                />
                <label for=name>{children()}</label>
            </div>
            <p id=format!("{name}-error") class="field-error" hidden=move || problem.with(Option::is_none)>
                {move || problem.get().unwrap_or_default()}
            </p>
        </div>
    }
}

/// Text as HTML, where Leptos does not do it.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_element() {
        assert_eq!(
            escape("</textarea><script>1 && 2"),
            "&lt;/textarea&gt;&lt;script&gt;1 &amp;&amp; 2"
        );
    }
}
