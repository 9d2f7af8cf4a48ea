//! What a browser downloads to make the first page interactive.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use serde_json::{Map, Value};

use crate::{
    http::Connection,
    process::Server,
    report::{Bound, Findings},
    store::Store,
};

/// Most bytes of WASM, JS and CSS together.
const MOST: f64 = 200_000.0;

/// Asks for the first page and for the files that it names, as a browser does.
pub(super) async fn measure() -> Result<Findings> {
    let data = Store::create().await?.close().await?;
    let server = Server::start(data.path()).await?;
    let mut connection = Connection::open(server.address).await?;
    let page = connection.get("/", "Accept: text/html\r\n").await?.text();
    let mut files = Map::new();
    let mut total = 0;
    for path in named(&page) {
        let file = connection.get(path, "Accept-Encoding: br\r\n").await?;
        ensure!(file.status == 200, "{path} answers {}", file.status);
        ensure!(
            file.header("content-encoding") == Some("br"),
            "{path} is not sent with brotli: build the release site"
        );
        files.insert(path.to_owned(), file.body.len().into());
        total += file.body.len();
    }
    for kind in [".wasm", ".js", ".css"] {
        ensure!(
            files.keys().any(|path| path.ends_with(kind)),
            "the first page names no {kind}"
        );
    }
    server.stop().await?;
    Ok(Findings::default()
        .bounded(
            "brotli_bytes",
            total,
            Bound::AtMost(MOST),
            "WASM, JS and CSS that the first page names, as sent",
        )
        .detail("files", Value::Object(files)))
}

/// The built files that a page names.
fn named(page: &str) -> BTreeSet<&str> {
    let begins = page.match_indices("/pkg/").map(|(at, _)| &page[at..]);
    begins
        .filter_map(|rest| rest.split(['"', '\'', ' ', ')', '<']).next())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_once_however_they_are_quoted() {
        let page = r#"<link href="/pkg/a.css"><link href="/pkg/a.js"><script>import('/pkg/a.js'); go("/pkg/a_bg.wasm")</script>"#;
        assert_eq!(
            named(page),
            BTreeSet::from(["/pkg/a.css", "/pkg/a.js", "/pkg/a_bg.wasm"])
        );
    }
}
