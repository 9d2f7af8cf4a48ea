//! From figures, accounts and messages to what administrators are shown.

use domain::{Amount, Date, FieldErrors};
use exchange::{
    Error, Exchange, Page,
    accounts::User,
    administration::{
        Creditor, Dashboard,
        health::{Health, MOST_UNSENT, Part},
        log::{Sent, SentMail},
        people::Person,
    },
    figures::{self, Figures},
    platform::dead_letters::DeadLetter,
};
use texts::{Language, administration as text};

use super::view::{asked, display_name, moment, price};
use crate::administration::types::{
    CreditorRow, DashboardView, DayView, EventRow, FiguresView, HealthView, LetterRow, MailRow,
    Number, PartView, PeopleView, Rows, ServiceRow, SessionRow, UserRow, UserView,
};

/// How many days are shown where nothing is said.
const DAYS: i32 = 30;

/// The days that were asked for: the last thirty where nothing is said.
///
/// # Errors
/// [`Error::Invalid`] for what is no date, or ends before it begins.
pub fn range(exchange: &Exchange, from: &str, to: &str) -> Result<(Date, Date), Error> {
    let mut errors = FieldErrors::default();
    let today = figures::day(exchange.clock.now());
    let mut read = |field, typed: &str, otherwise| match typed.trim() {
        "" => Some(otherwise),
        typed => errors.take(field, typed.parse::<Date>()),
    };
    let to = read("to", to, today);
    let first = Date::from_days(to.unwrap_or(today).days() - (DAYS - 1));
    let from = read("from", from, first);
    match (from, to) {
        (Some(from), Some(to)) if from <= to => Ok((from, to)),
        (Some(_), Some(_)) => Err(Error::invalid("to", domain::Problem::NotADate)),
        _ => Err(Error::Invalid(errors)),
    }
}

fn number(language: Language, value: i64) -> Number {
    Number {
        value,
        text: language.number(value),
    }
}

fn amount(exchange: &Exchange, language: Language, value: i64) -> Number {
    let shown = price(exchange, language, Amount::from_minor(value.abs())).text;
    let sign = if value < 0 { "\u{2212}" } else { "" };
    Number {
        value,
        text: format!("{sign}{shown}"),
    }
}

fn shown(exchange: &Exchange, language: Language, figures: &Figures) -> FiguresView {
    let number = |value| number(language, value);
    let amount = |value| amount(exchange, language, value);
    FiguresView {
        listings: number(figures.listings),
        holds: number(figures.holds),
        sales: number(figures.sales),
        conversion: (figures.holds > 0)
            .then(|| format!("{} %", figures.sales * 100 / figures.holds)),
        refunds: number(figures.refunds),
        disputes: number(figures.disputes),
        sold: amount(figures.sold),
        refunded: amount(figures.refunded),
        disputed: amount(figures.disputed),
        revenue: amount(figures.revenue()),
    }
}

pub(crate) fn dashboard(
    exchange: &Exchange,
    language: Language,
    found: &Dashboard,
    creditors: Vec<Creditor>,
) -> DashboardView {
    let days = found.days.iter().map(|(day, of_day)| DayView {
        iso: day.to_string(),
        text: language.date(*day),
        figures: shown(exchange, language, of_day),
    });
    DashboardView {
        today: figures::day(exchange.clock.now()).to_string(),
        days: days.collect(),
        total: shown(exchange, language, &found.total),
        listed: number(language, i64::try_from(found.listed).unwrap_or(i64::MAX)),
        owed: amount(exchange, language, found.owed),
        creditors: creditors
            .into_iter()
            .map(|creditor| CreditorRow {
                id: creditor.owed.seller.to_string(),
                name: display_name(language, creditor.name),
                amount: price(exchange, language, Amount::from_minor(creditor.owed.amount)),
            })
            .collect(),
    }
}

pub(crate) fn events(language: Language, page: Page<Sent>) -> Rows<EventRow> {
    rows(page, |event| EventRow {
        sequence: event.sequence,
        at: moment(language, event.at, None),
        subject: event.subject,
        payload: event.payload,
    })
}

pub(crate) fn mails(language: Language, page: Page<SentMail>) -> Rows<MailRow> {
    rows(page, |mail| MailRow {
        at: moment(language, mail.at, None),
        template: mail.template,
        message: mail.message,
        to: mail.to.to_string(),
        name: display_name(language, mail.name),
    })
}

pub(crate) fn letters(page: Page<DeadLetter>) -> Rows<LetterRow> {
    rows(page, |letter| LetterRow {
        sequence: letter.sequence,
        consumer: letter.consumer,
        subject: letter.subject,
        reason: letter.reason,
        payload: letter.payload,
    })
}

fn rows<T, R>(page: Page<T>, row: impl Fn(T) -> R) -> Rows<R> {
    Rows {
        rows: page.items.into_iter().map(row).collect(),
        next: page.next,
    }
}

fn user(language: Language, user: User) -> UserRow {
    UserRow {
        since: moment(language, user.created_at, None),
        id: user.id.to_string(),
        name: display_name(language, user.name),
        email: user.email,
        verified: user.verified,
        suspended: user.suspended,
        groups: user.groups,
    }
}

pub(crate) fn people(
    language: Language,
    found: Page<User>,
    moderators: Vec<User>,
    admins: Vec<User>,
) -> PeopleView {
    let all = |users: Vec<User>| users.into_iter().map(|found| user(language, found));
    PeopleView {
        moderators: all(moderators).collect(),
        admins: all(admins).collect(),
        found: rows(found, |found| user(language, found)),
    }
}

/// An account, for the administrator `by`.
pub(crate) fn person(language: Language, found: Person, by: &User) -> UserView {
    let sessions = found.sessions.into_iter().map(|session| SessionRow {
        device: session.owner.device,
        used: moment(language, session.owner.used_at, None),
    });
    UserView {
        sessions: sessions.collect(),
        second_factor: found.user.second_factor,
        own: found.user.id == by.id,
        asked: asked(by),
        row: user(language, found.user),
    }
}

pub(crate) fn health(language: Language, found: Health) -> HealthView {
    let parts = found.parts.into_iter().map(|(part, answer)| PartView {
        name: match part {
            Part::Database => text::part_database(language),
            Part::Broker => text::part_broker(language),
            Part::Stripe => text::part_stripe(language),
            Part::Mail => text::part_mail(language),
        }
        .to_owned(),
        up: answer.is_ok(),
        state: match answer {
            Ok(took) => text::answers_in(language, &took.as_millis().to_string()),
            Err(error) => text::away(language, &error.explained()),
        },
    });
    HealthView {
        parts: parts.collect(),
        unsent: match found.unsent {
            None => text::outbox_unknown(language).to_owned(),
            Some(count) if count > MOST_UNSENT => {
                text::more_than(language, &MOST_UNSENT.to_string())
            }
            Some(count) => count.to_string(),
        },
        services: found
            .consumers
            .into_iter()
            .map(|lag| ServiceRow {
                name: lag.consumer,
                waiting: lag.waiting,
                unfinished: lag.unfinished,
            })
            .collect(),
        dead_letters: found.dead_letters,
    }
}
