use leptos::prelude::*;

use crate::{language::language, ui::links};

/// Where a list of `path` goes on after the row called `after`, if it does.
#[component]
pub(crate) fn NextPage(path: &'static str, after: Option<String>) -> impl IntoView {
    let language = language();
    after.map(|after| {
        let href = links::with_query(path, &[("after", &after)]);
        view! { <p class="more"><a class="button" rel="next" href=href>{texts::load_more(language)}</a></p> }
    })
}
