//! Mail: SMTP, or files in a folder for development.

use std::{path::PathBuf, time::Duration};

use domain::Timestamp;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{Error as SmtpError, PoolConfig},
};

use crate::{Error, settings::MailSettings};

/// Longest wait for one answer of the mail server.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest wait for a mail to be taken: two, which one event may call for, and
/// the wait for holds to end before, in less than the broker waits.
const LONGEST: Duration = Duration::from_secs(12);
/// Most connections to it at once.
const CONNECTIONS: u32 = 4;

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// What makes it the same mail however often it is sent; without the host.
    pub id: String,
    /// The recipient's name, or nothing.
    pub name: String,
    /// The recipient's address.
    pub email: String,
    /// The subject.
    pub subject: String,
    /// What it says, as HTML.
    pub html: String,
    /// What it says, as plain text.
    pub text: String,
    /// When what it tells of happened.
    pub at: Timestamp,
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// It will not be accepted later either.
    #[error("refused: {0}")]
    Refused(String),
    /// The mail server is away, busy, or lets us not in.
    #[error("the mail server is away: {0}")]
    Away(String),
}

/// Sends mails.
pub struct Mailer {
    from: Mailbox,
    /// The host in the identifiers of mails.
    host: String,
    way: Way,
}

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

/// Whether mails can be from `text`: an address, or `Name <address>`.
#[must_use]
pub fn is_sender(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

/// Whether `url` is how a mail server is reached.
#[must_use]
pub fn is_server(url: &str) -> bool {
    AsyncSmtpTransport::<Tokio1Executor>::from_url(url).is_ok()
}

impl Mailer {
    /// A mailer of the site at `public_url`.
    ///
    /// # Errors
    /// When the settings are no addresses.
    pub fn new(settings: &MailSettings, public_url: &str) -> Result<Self, Error> {
        let way = match &settings.smtp {
            None => Way::Folder(settings.folder.clone()),
            Some(url) => Way::Smtp(
                AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                    .map_err(Error::internal)?
                    .timeout(Some(TIMEOUT))
                    .pool_config(PoolConfig::new().max_size(CONNECTIONS))
                    .build(),
            ),
        };
        let url = url::Url::parse(public_url).map_err(Error::internal)?;
        Ok(Self {
            from: settings.from.parse().map_err(Error::internal)?,
            host: url.host_str().unwrap_or("localhost").to_owned(),
            way,
        })
    }

    /// Sends a mail. Sent again, it has the same `Message-ID`.
    ///
    /// # Errors
    /// [`MailError`].
    pub async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let id = mail.id.clone();
        let message = self.message(mail)?;
        match &self.way {
            Way::Smtp(smtp) => {
                let sent = async {
                    // What goes wrong before the mail is told of is not about it.
                    smtp.test_connection().await.map_err(away)?;
                    smtp.send(message).await.map_err(classify).map(drop)
                };
                tokio::time::timeout(LONGEST, sent)
                    .await
                    .unwrap_or_else(|_| Err(MailError::Away("it takes too long".to_owned())))
            }
            Way::Folder(folder) => {
                let (file, partial) = (format!("{id}.eml"), format!(".{id}.partial"));
                let written = async {
                    tokio::fs::create_dir_all(folder).await?;
                    tokio::fs::write(folder.join(&partial), message.formatted()).await?;
                    tokio::fs::rename(folder.join(&partial), folder.join(file)).await
                };
                written
                    .await
                    .map_err(|error| MailError::Away(error.to_string()))
            }
        }
    }

    /// Whether mails can be sent now.
    ///
    /// # Errors
    /// [`MailError::Away`].
    pub async fn check(&self) -> Result<(), MailError> {
        match &self.way {
            Way::Smtp(smtp) => match smtp.test_connection().await {
                Ok(true) => Ok(()),
                Ok(false) => Err(MailError::Away("it does not answer".to_owned())),
                Err(error) => Err(away(error)),
            },
            Way::Folder(folder) => tokio::fs::create_dir_all(folder)
                .await
                .map_err(|error| MailError::Away(error.to_string())),
        }
    }

    fn message(&self, mail: Mail) -> Result<Message, MailError> {
        let refused = |error: &dyn std::error::Error| MailError::Refused(error.to_string());
        let address: Address = mail.email.parse().map_err(|error| refused(&error))?;
        // RFC 3834: no answering machine replies to this.
        let automatic = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        );
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(
                Some(mail.name).filter(|name| !name.is_empty()),
                address,
            ))
            .subject(mail.subject)
            .message_id(Some(format!("<{}@{}>", mail.id, self.host)))
            .date(
                std::time::UNIX_EPOCH
                    + Duration::from_millis(u64::try_from(mail.at.millis()).unwrap_or_default()),
            )
            .raw_header(automatic)
            .multipart(MultiPart::alternative_plain_html(mail.text, mail.html))
            .map_err(|error| refused(&error))
    }
}

fn away(error: SmtpError) -> MailError {
    MailError::Away(error.to_string())
}

/// 5xx is for good (RFC 5321 §4.2.1), and so is what the server has said that it
/// cannot take, such as an address that is not ASCII (RFC 6531); everything else
/// may pass.
fn classify(error: SmtpError) -> MailError {
    if error.is_client() {
        MailError::Refused("the mail server cannot take it".to_owned())
    } else if error.is_permanent() {
        // Its words may have the address in them.
        let code = error.status().map(|code| code.to_string());
        MailError::Refused(format!(
            "the mail server answers {}",
            code.unwrap_or_default()
        ))
    } else {
        away(error)
    }
}
