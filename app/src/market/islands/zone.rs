use leptos::prelude::*;

use crate::ui::browser;

/// Suggests the browser's time zone where none is given and nobody is giving one: most
/// people sell tickets for where they are.
#[island(lazy)]
pub(crate) fn SuggestZone() -> impl IntoView {
    browser::effect(|| {
        if browser::value_of("zone").is_empty()
            && !browser::is_focused("zone")
            && let Some(zone) = browser::time_zone()
        {
            browser::set_value("zone", &zone);
        }
    });
}
