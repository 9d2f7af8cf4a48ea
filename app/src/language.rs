//! The language in which somebody reads.

use texts::Language;

/// The language of whoever asks, or of the page that is open in the browser.
#[must_use]
pub fn language() -> Language {
    #[cfg(feature = "ssr")]
    let language = leptos::prelude::use_context::<Language>();
    #[cfg(not(feature = "ssr"))]
    let language = crate::ui::browser::language();
    language.unwrap_or_default()
}
