//! Notifications: who is told what, by mail, of what happened.
//!
//! Nothing else sends mail, and this does so on events only: a mail that cannot
//! be sent keeps nobody waiting and undoes nothing. That a mail was sent is
//! noted after it was, so a crash in between sends it again, under the same
//! `Message-ID`.

mod letters;
mod store;

use std::time::Duration;

use askama::Template;

use crate::{
    Error, Exchange,
    orders::expiry::Expirer,
    platform::{
        bus::EVENTS,
        consumer::{self, Failure, Handler},
        mail::{Mail, MailError},
    },
};
use letters::Letter;

/// How often it is looked whether there is time for mails, and for how long.
const LOOK: Duration = Duration::from_millis(50);
const LOOKS: u32 = 100;

/// Mails what events call for.
pub(crate) struct Postman {
    pub(crate) exchange: Exchange,
    pub(crate) expirer: Expirer,
}

impl Handler for Postman {
    const NAME: &'static str = "notifications";
    const STREAM: &'static str = EVENTS;
    const SUBJECTS: &'static [&'static str] = &[
        "link.created.>",
        "user.updated.>",
        "moderation.>",
        "order.cancelled.>",
        "order.completed.>",
        "order.refunded.>",
    ];
    const CONCURRENCY: usize = 8;

    async fn handle(&self, _subject: &str, payload: &[u8]) -> Result<(), Failure> {
        let event = consumer::event(payload)?;
        // That a hold ends in time matters more than that somebody is told.
        for _ in 0..LOOKS {
            if !self.expirer.is_busy() {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        // What keeps one letter from being sent keeps no other.
        let mut delivered = Ok(());
        for letter in letters::of(&self.exchange, &event).await? {
            let sent = self.deliver(&event.message_id(), event.at, letter).await;
            // One that may be sent later is tried again first.
            match (&delivered, &sent) {
                (_, Ok(())) | (Err(Failure::Failed(_)), _) => {}
                _ => delivered = sent,
            }
        }
        delivered
    }
}

impl Postman {
    async fn deliver(
        &self,
        message_id: &str,
        at: domain::Timestamp,
        letter: Letter,
    ) -> Result<(), Failure> {
        let Exchange(parts) = &self.exchange;
        // Whoever has deleted their account is told nothing.
        if letter.to.deleted_at.is_some() {
            return Ok(());
        }
        let (template, to) = (letter.template, letter.to.id.clone());
        if store::is_sent(&parts.db, message_id, template, &to).await? {
            return Ok(());
        }
        let mail = letter.write(
            format!("{message_id}.{template}.{to}"),
            &parts.settings.public_url,
            at,
        )?;
        parts.mailer.send(mail).await.map_err(|error| match error {
            MailError::Refused(reason) => Failure::Never(reason),
            MailError::Away(_) => Error::Unavailable("the mail server", error.into()).into(),
        })?;
        store::note_sent(&parts.db, message_id, template, &to, parts.clock.now()).await?;
        Ok(())
    }
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    letter: &'a Letter,
    hello: &'a str,
    fallback: &'a str,
    site: &'a str,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    letter: &'a Letter,
    hello: &'a str,
    site: &'a str,
}

impl Letter {
    fn write(self, id: String, site: &str, at: domain::Timestamp) -> Result<Mail, Error> {
        let language = self.to.language;
        let hello = match &*self.to.name {
            "" => texts::letters::hello(language).to_owned(),
            name => texts::letters::hello_name(language, name),
        };
        let html = Html {
            letter: &self,
            hello: &hello,
            fallback: texts::letters::button_fallback(language),
            site,
        };
        let text = Text {
            letter: &self,
            hello: &hello,
            site,
        };
        Ok(Mail {
            id,
            html: html.render().map_err(Error::internal)?,
            text: text.render().map_err(Error::internal)?,
            subject: self.heading,
            name: self.to.name,
            email: self.to.email,
            at,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::{Amount, order::Order, permission::OrderTicket};

    use super::*;
    use crate::{
        accounts::{Registration, register, tries::Client},
        fixtures, new_id,
    };

    /// Every price is shown and read back elsewhere; these are in letters.
    #[tokio::test]
    async fn a_letter_says_the_integer_that_the_order_has() {
        let exchange = fixtures::exchange(fixtures::db().await, "http://127.0.0.1:9");
        let ticket = fixtures::listed(&exchange).await;
        let typed = Registration {
            email: "ada@example.org".to_owned(),
            name: "Ada & <b>Charles</b>".to_owned(),
            password: "kettle-orbit-92-violin".to_owned(),
        };
        let seller = register(&exchange, &Client::default(), typed)
            .await
            .expect("registers");
        let now = exchange.clock.now();
        let buyer = fixtures::trader(seller.id.clone());
        let (held, _) = buyer
            .may(OrderTicket(&ticket))
            .expect("a trader")
            .reserve(
                new_id(&exchange.clock).expect("an id"),
                ticket.content.price,
                Duration::ZERO,
                now,
            )
            .expect("available");
        let currency = exchange.settings.currency;
        for minor in (currency.min.minor()..=exchange.settings.max_price.minor()).step_by(97) {
            let order = Order {
                price: Amount::from_minor(minor),
                ..held.clone()
            };
            let letter = letters::sold(&exchange, &order, seller.clone());
            let mail = letter
                .write("id".to_owned(), "http://127.0.0.1", now)
                .expect("renders");
            let total = mail
                .text
                .lines()
                .find_map(|line| line.strip_prefix("Total: "));
            let total = total.expect("a total");
            let digits: String = total.chars().filter(char::is_ascii_digit).collect();
            assert_eq!(digits.parse(), Ok(minor), "{total}");
            assert!(mail.html.contains(&format!(">{total}<")), "{}", mail.html);
            assert!(!mail.html.contains("<b>"));
        }
    }
}
