//! Form fields: label, control, hint and error, tied together for everybody.
//! Errors that come while the page is open are put there by `ui/form.rs`.

use leptos::prelude::*;

use crate::{form::FormState, language::language};

/// The ids of what describes a control, for `aria-describedby`. What is hidden
/// or empty adds nothing.
fn described_by(name: &str, hint: bool) -> String {
    if hint {
        format!("{name}-error {name}-hint")
    } else {
        format!("{name}-error")
    }
}

/// Label, error and hint around a control named `name`.
#[component]
pub(super) fn Frame(
    form: FormState,
    name: &'static str,
    label: String,
    hint: String,
    required: bool,
    children: Children,
) -> impl IntoView {
    let language = language();
    view! {
        <div class="field">
            <div class="label">
                <label for=name>{label}</label>
                // Not in the label, which names the control and nothing else.
                {(!required).then(|| view! { <span class="quiet">{texts::optional(language)}</span> })}
            </div>
            {children()}
            <Problem form name />
            {(!hint.is_empty()).then(|| view! { <p id=format!("{name}-hint") class="hint">{hint}</p> })}
        </div>
    }
}

/// Why the control named `name` was refused.
#[component]
pub(crate) fn Problem(form: FormState, name: &'static str) -> impl IntoView {
    let problem = form.problem(name);
    let hidden = problem.is_none();
    view! {
        <p id=format!("{name}-error") class="field-error" hidden=hidden>
            {problem.unwrap_or_default()}
        </p>
    }
}

/// Whether a control was refused, for `aria-invalid`, and whether it is the one
/// that is looked at first.
pub(super) fn marks(form: FormState, name: &str) -> (Option<&'static str>, Option<&'static str>) {
    let refused = form.problem(name).is_some();
    // The browser focuses the first element that asks for it.
    (refused.then_some("true"), refused.then_some(""))
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
) -> impl IntoView {
    let value = form.value(name, initial);
    let described_by = described_by(name, !hint.is_empty());
    let (invalid, first) = marks(form, name);
    view! {
        <Frame form name label hint required>
            <input
                id=name
                name=name
                type=kind
                value=value
                required=required
                autocomplete=autocomplete
                inputmode=inputmode
                list=list
                autofocus=first
                aria-describedby=described_by
                aria-invalid=invalid
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
) -> impl IntoView {
    let language = language();
    let chosen = form.value(name, initial);
    let (invalid, first) = marks(form, name);
    view! {
        <Frame form name label hint=String::new() required>
            <select
                id=name
                name=name
                required=required
                autocomplete=autocomplete
                autofocus=first
                aria-describedby=described_by(name, false)
                aria-invalid=invalid
            >
                <option value="" selected=chosen.is_empty()>{texts::choose(language)}</option>
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
#[cfg(feature = "ssr")]
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
    // Leptos writes the text of a <textarea> unescaped on the server.
    let content = escape(&form.value(name, initial));
    let described_by = described_by(name, !hint.is_empty());
    let (invalid, first) = marks(form, name);
    view! {
        <Frame form name label=label hint required=false>
            <textarea
                id=name
                name=name
                rows=rows.to_string()
                autofocus=first
                aria-describedby=described_by
                aria-invalid=invalid
                inner_html=content
            ></textarea>
        </Frame>
    }
}

/// A box to tick, sent as `yes`; `children` are its label.
#[cfg(feature = "ssr")]
#[component]
pub(crate) fn Checkbox(
    form: FormState,
    name: &'static str,
    #[prop(optional)] initial: bool,
    #[prop(optional)] required: bool,
    children: Children,
) -> impl IntoView {
    let (invalid, first) = marks(form, name);
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
                    autofocus=first
                    aria-describedby=described_by(name, false)
                    aria-invalid=invalid
                />
                <label for=name>{children()}</label>
            </div>
            <Problem form name />
        </div>
    }
}

/// Text as HTML, where Leptos does not do it.
#[cfg(feature = "ssr")]
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(all(test, feature = "ssr"))]
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
