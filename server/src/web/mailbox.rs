//! `/dev/mail`: the mails that this deployment would have sent, to be read
//! while nothing else takes them. Only in development.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use askama::Template;
use axum::{
    Router,
    extract::{Path as Segment, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use mail_parser::{Message, MessageParser};

/// How many mails are listed.
const MOST: usize = 100;

/// Mails carry styles of their own and nothing else.
const POLICY: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// The pages of the mails in `folder`.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(folder: PathBuf) -> Router<S> {
    Router::new()
        .route("/dev/mail", get(list))
        .route("/dev/mail/{name}", get(show))
        .route("/dev/mail/{name}/html", get(html))
        .with_state(Arc::from(folder))
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct Mailbox {
    mails: Vec<Mail>,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Opened {
    mail: Mail,
    text: String,
    links: Vec<String>,
}

struct Mail {
    name: String,
    to: String,
    subject: String,
    id: String,
}

impl Mail {
    fn of(name: &str, message: &Message<'_>) -> Self {
        let to = message.to().and_then(|to| to.first());
        let to = to.and_then(|to| to.address());
        Self {
            name: name.to_owned(),
            to: to.unwrap_or_default().to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            id: message.message_id().unwrap_or_default().to_owned(),
        }
    }
}

async fn list(State(folder): State<Arc<Path>>) -> Result<Response, StatusCode> {
    let mut files: Vec<(SystemTime, String)> = Vec::new();
    if let Ok(mut entries) = tokio::fs::read_dir(&folder).await {
        while let Ok(Some(entry)) = entries.next_entry().await {
            let name = entry.file_name().to_string_lossy().into_owned();
            let written = entry.metadata().await.and_then(|file| file.modified());
            if let (true, Ok(written)) = (is_mail(&name), written) {
                files.push((written, name));
            }
        }
    }
    files.sort_unstable_by(|a, b| b.cmp(a));
    let mut mails = Vec::new();
    for (_, name) in files.into_iter().take(MOST) {
        if let Ok(message) = open(&folder, &name).await {
            mails.push(Mail::of(&name, &message));
        }
    }
    page(&Mailbox { mails })
}

async fn show(
    State(folder): State<Arc<Path>>,
    Segment(name): Segment<String>,
) -> Result<Response, StatusCode> {
    let message = open(&folder, &name).await?;
    let text = message.body_text(0).unwrap_or_default().into_owned();
    let links = text
        .split_whitespace()
        .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
        .map(str::to_owned)
        .collect();
    page(&Opened {
        mail: Mail::of(&name, &message),
        links,
        text,
    })
}

async fn html(
    State(folder): State<Arc<Path>>,
    Segment(name): Segment<String>,
) -> Result<Response, StatusCode> {
    let message = open(&folder, &name).await?;
    let html = message.body_html(0).unwrap_or_default().into_owned();
    Ok(([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(html)).into_response())
}

fn page(page: &impl Template) -> Result<Response, StatusCode> {
    let html = page
        .render()
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Html(html).into_response())
}

/// Whether a file of this name is a mail, and in the folder.
fn is_mail(name: &str) -> bool {
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    plain && !name.starts_with('.') && name.ends_with(".eml")
}

async fn open(folder: &Path, name: &str) -> Result<Message<'static>, StatusCode> {
    if !is_mail(name) {
        return Err(StatusCode::NOT_FOUND);
    }
    let raw = tokio::fs::read(folder.join(name)).await;
    let raw = raw.map_err(|_| StatusCode::NOT_FOUND)?;
    MessageParser::default()
        .parse(&raw)
        .map(Message::into_owned)
        .ok_or(StatusCode::NOT_FOUND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_folder_are_mails() {
        assert!(is_mail("order-01JQZK-4.order_confirmed.01JQZK.eml"));
        for other in [
            "../secret-key.eml",
            ".eml",
            ".a.eml",
            "a/b.eml",
            "a.txt",
            "",
        ] {
            assert!(!is_mail(other), "{other:?}");
        }
    }
}
