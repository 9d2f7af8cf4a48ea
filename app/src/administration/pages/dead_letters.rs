use leptos::{prelude::*, server_fn::ServerFn};
use texts::administration as text;

use super::{Office, nothing};
use crate::{
    administration::{
        api::{DiscardDeadLetter, ReplayDeadLetter, letters},
        types::{LetterRow, Rows},
    },
    form::FormState,
    language::language,
    ui::{Form, FormAlert, NextPage, Submit, links, load, query},
};

/// `/admin/dead-letters`
#[component]
pub(crate) fn DeadLetters() -> impl IntoView {
    let language = language();
    let after = query("after").parse().unwrap_or_default();
    let forms = [ReplayDeadLetter::PATH, DiscardDeadLetter::PATH].map(FormState::new);
    view! {
        <Office title=text::tab_dead_letters(language) here=links::ADMIN_DEAD_LETTERS>
            <p class="quiet">{text::dead_letters_note(language)} " " {text::replay_all_note(language)}</p>
            {forms.map(|form| view! { <FormAlert form /> }).collect_view()}
            {load(letters(after), move |page| list(page, forms))}
        </Office>
    }
}

fn list(page: Rows<LetterRow>, forms: [FormState; 2]) -> AnyView {
    let language = language();
    if page.rows.is_empty() {
        return nothing(text::no_dead_letters(language));
    }
    view! {
        <ul class="rows">
            {page.rows.into_iter().map(|letter| row(letter, forms)).collect_view()}
        </ul>
        <NextPage path=links::ADMIN_DEAD_LETTERS after=page.next />
    }
    .into_any()
}

fn row(letter: LetterRow, [replay, discard]: [FormState; 2]) -> AnyView {
    let language = language();
    let sequence = letter.sequence;
    view! {
        <li class="row letter">
            <div>
                <h2><code>{letter.subject}</code></h2>
                <p class="quiet">{format!("#{sequence}")} " · " {text::consumer(language)} " " {letter.consumer}</p>
                <p>{letter.reason}</p>
                <details>
                    <summary>{text::payload(language)}</summary>
                    <pre tabindex="0">{letter.payload}</pre>
                </details>
            </div>
            <div class="actions">
                <Form form=replay>
                    <input type="hidden" name="sequence" value=sequence />
                    <Submit label=text::replay(language) class="small" />
                </Form>
                <Form form=discard>
                    <input type="hidden" name="sequence" value=sequence />
                    <Submit label=text::discard(language) class="small danger" />
                </Form>
            </div>
        </li>
    }
    .into_any()
}
