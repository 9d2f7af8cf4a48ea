//! What search engines ask for: `robots.txt` and `sitemap.xml`.

use std::fmt::Write;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use exchange::{Exchange, market};

/// Pages of people and forms, which nobody searches for.
const PRIVATE: [&str; 8] = [
    "/account",
    "/api/",
    "/auth/",
    "/listings",
    "/live",
    "/orders",
    "/sign-",
    "/tickets/new",
];
/// Pages besides those of tickets.
const PAGES: [&str; 4] = ["/", "/about", "/terms", "/privacy"];

/// <https://www.rfc-editor.org/rfc/rfc9309>
pub(super) async fn robots(State(exchange): State<Exchange>) -> String {
    let mut text = "User-agent: *\n".to_owned();
    for path in PRIVATE {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "Disallow: {path}");
    }
    let _ = writeln!(
        text,
        "\nSitemap: {}/sitemap.xml",
        exchange.settings.public_url
    );
    text
}

/// <https://www.sitemaps.org/protocol.html>: the newest tickets that are on the
/// market for everybody.
pub(super) async fn sitemap(State(exchange): State<Exchange>) -> Response {
    let tickets = match market::newest(&exchange).await {
        Ok(tickets) => tickets,
        Err(error) => return super::unavailable(&error),
    };
    let site = &exchange.settings.public_url;
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n".to_owned();
    // Neither an origin nor an identifier has anything in it that XML escapes.
    for path in PAGES {
        let _ = writeln!(xml, "<url><loc>{site}{path}</loc></url>");
    }
    for id in tickets {
        let _ = writeln!(xml, "<url><loc>{site}/tickets/{id}</loc></url>");
    }
    xml.push_str("</urlset>\n");
    ([(header::CONTENT_TYPE, "application/xml")], xml).into_response()
}
