use crate::language::language;
use leptos::prelude::*;
use leptos_meta::{Link, Meta};

use crate::server;

/// The picture that goes with a link that somebody shares, 1200 by 630 pixels.
const PICTURE: &str = "/share.png";

/// What a link to the page looks like where it is shared (<https://ogp.me>), and
/// the one address that the page has for search engines.
#[component]
pub(crate) fn Sharing(title: String, description: String, path: String) -> impl IntoView {
    let language = language();
    let site = server::exchange().settings.public_url.clone();
    let url = format!("{site}{path}");
    view! {
        <Meta name="description" content=description.clone() />
        <Link rel="canonical" href=url.clone() />
        <Meta property="og:site_name" content=texts::PRODUCT />
        <Meta property="og:type" content="website" />
        <Meta property="og:title" content=title />
        <Meta property="og:description" content=description />
        <Meta property="og:url" content=url />
        <Meta property="og:image" content=format!("{site}{PICTURE}") />
        <Meta property="og:image:alt" content=texts::tagline(language) />
        <Meta name="twitter:card" content="summary_large_image" />
    }
}
