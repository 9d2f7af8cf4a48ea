//! Server functions of administration. All of them answer 401, or 404 for whoever is
//! no administrator.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::types::{
    DashboardView, EventRow, HealthView, LetterRow, MailRow, PeopleView, Rows, UserView,
};
use crate::error::ApiError;
#[cfg(feature = "ssr")]
use crate::{
    language::language,
    server::{self, administration as view, answer},
    ui::links,
};
#[cfg(feature = "ssr")]
use domain::{
    Problem, UserId,
    permission::{Administer, Permit},
};
#[cfg(feature = "ssr")]
use exchange::{
    Error, accounts,
    administration::{self, PAGE, dead_letters, health, log, people},
};

#[cfg(feature = "ssr")]
async fn permit() -> Result<Permit<Administer>, Error> {
    Ok(server::viewer().await?.may(Administer)?)
}

/// How it goes, from day `from` to day `to` (as `2026-12-31`; the last thirty days
/// where they are left out).
///
/// # Errors
/// 401, 404, or 422 for what is no date.
#[server(endpoint = "dashboard", prefix = "/api", input = GetUrl)]
pub async fn dashboard(
    #[server(default)] from: String,
    #[server(default)] to: String,
) -> Result<DashboardView, ApiError> {
    answer(async {
        let (exchange, permit) = (server::exchange(), permit().await?);
        let (from, to) = view::range(&exchange, &from, &to)?;
        let found = administration::dashboard(&exchange, &permit, from, to).await?;
        let owed = administration::owed(&exchange, &permit, PAGE).await?;
        Ok(view::dashboard(&exchange, language(), &found, owed))
    })
    .await
}

/// Events, the newest first, from before the one numbered `after`.
///
/// # Errors
/// 401, 404, or 503 without the broker.
#[server(endpoint = "events", prefix = "/api", input = GetUrl)]
pub async fn events(#[server(default)] after: u64) -> Result<Rows<EventRow>, ApiError> {
    answer(async {
        let page = log::events(&server::bus(), &permit().await?, after, PAGE).await?;
        Ok(view::events(language(), page))
    })
    .await
}

/// Mails that were sent, the newest first, from after `after`.
///
/// # Errors
/// 401 or 404.
#[server(endpoint = "mails", prefix = "/api", input = GetUrl)]
pub async fn mails(#[server(default)] after: String) -> Result<Rows<MailRow>, ApiError> {
    answer(async {
        let page = log::mails(&server::exchange(), &permit().await?, &after, PAGE).await?;
        Ok(view::mails(language(), page))
    })
    .await
}

/// Messages that no consumer could process, the oldest first, from after the one
/// numbered `after`.
///
/// # Errors
/// 401, 404, or 503 without the broker.
#[server(name = ListDeadLetters, endpoint = "dead_letters", prefix = "/api", input = GetUrl)]
pub async fn letters(#[server(default)] after: u64) -> Result<Rows<LetterRow>, ApiError> {
    answer(async {
        let page = dead_letters::list(&server::bus(), &permit().await?, after, PAGE).await?;
        Ok(view::letters(page))
    })
    .await
}

/// Publishes a dead letter again.
///
/// # Errors
/// 401, 404, or 503 without the broker.
#[server(endpoint = "replay_dead_letter", prefix = "/api")]
pub async fn replay_dead_letter(#[server(default)] sequence: u64) -> Result<(), ApiError> {
    answer(async {
        let permit = permit().await?;
        dead_letters::replay(&server::exchange(), &server::bus(), &permit, sequence).await?;
        server::say_done("replayed").await?;
        server::go(links::ADMIN_DEAD_LETTERS);
        Ok(())
    })
    .await
}

/// Drops a dead letter.
///
/// # Errors
/// 401, 404, or 503 without the broker.
#[server(endpoint = "discard_dead_letter", prefix = "/api")]
pub async fn discard_dead_letter(#[server(default)] sequence: u64) -> Result<(), ApiError> {
    answer(async {
        let permit = permit().await?;
        dead_letters::discard(&server::exchange(), &server::bus(), &permit, sequence).await?;
        server::say_done("discarded").await?;
        server::go(links::ADMIN_DEAD_LETTERS);
        Ok(())
    })
    .await
}

/// Accounts whose address begins with `q` (two characters at least), from after the
/// address `after`, and the members of the groups.
///
/// # Errors
/// 401 or 404.
#[server(endpoint = "people", prefix = "/api", input = GetUrl)]
pub async fn people(
    #[server(default)] q: String,
    #[server(default)] after: String,
) -> Result<PeopleView, ApiError> {
    answer(async {
        let (exchange, permit) = (server::exchange(), permit().await?);
        let found = people::find(&exchange, &permit, q.trim(), &after, PAGE).await?;
        let moderators = people::members(&exchange, &permit, accounts::MODERATORS).await?;
        let admins = people::members(&exchange, &permit, accounts::ADMINS).await?;
        Ok(view::people(language(), found, moderators, admins))
    })
    .await
}

/// An account.
///
/// # Errors
/// 401 or 404.
#[server(name = ReadPerson, endpoint = "person", prefix = "/api", input = GetUrl)]
pub async fn person(#[server(default)] id: String) -> Result<UserView, ApiError> {
    answer(async {
        let (exchange, permit) = (server::exchange(), permit().await?);
        let found = people::person(&exchange, &permit, &server::id(&id)?).await?;
        let by = server::own_account().await?;
        Ok(view::person(language(), found, &by))
    })
    .await
}

/// What `change_person` can do.
#[cfg(feature = "ssr")]
async fn change(permit: &Permit<Administer>, id: &UserId, what: &str) -> Result<(), Error> {
    use accounts::{ADMINS, MODERATORS};
    let exchange = &server::exchange();
    match what {
        "suspend" => accounts::suspend(exchange, permit, id, true).await,
        "reinstate" => accounts::suspend(exchange, permit, id, false).await,
        "verify" => accounts::verify(exchange, permit, id).await,
        "end_sessions" => accounts::end_sessions_of(exchange, permit, id).await,
        "reset_second_factor" => accounts::second_factor::reset(exchange, permit, id).await,
        "make_moderator" => accounts::grant(exchange, permit, id, MODERATORS).await,
        "no_moderator" => accounts::revoke(exchange, permit, id, MODERATORS).await,
        "make_admin" => accounts::grant(exchange, permit, id, ADMINS).await,
        "no_admin" => accounts::revoke(exchange, permit, id, ADMINS).await,
        _ => return Err(Error::invalid("change", Problem::Required)),
    }
    .map(drop)
}

/// Changes an account; `change` is `suspend`, `reinstate`, `verify`,
/// `end_sessions`, `reset_second_factor`, `make_moderator`, `no_moderator`,
/// `make_admin` or `no_admin`. Then back to its page.
///
/// # Errors
/// 401, 404, 409 for the own account, 422 for another `change` and for the
/// administrator's password or code, or 429.
#[server(name = ChangePerson, endpoint = "change_person", prefix = "/api")]
pub async fn change_person(
    #[server(default)] id: String,
    #[server(default)] change: String,
    #[server(default)] current_password: String,
    #[server(default)] code: String,
) -> Result<(), ApiError> {
    answer(async {
        let (exchange, permit) = (server::exchange(), permit().await?);
        let user = people::person(&exchange, &permit, &server::id(&id)?)
            .await?
            .user;
        if change.is_empty() {
            return Err(Error::invalid("change", Problem::Required));
        }
        let (by, proof) = server::proof(current_password, code).await?;
        let by = accounts::confirm(&exchange, &by, proof).await?;
        let permit = by.viewer().may(Administer)?;
        self::change(&permit, &user.id, &change).await?;
        server::say_done("changed").await?;
        server::go(&links::person(&id));
        Ok(())
    })
    .await
}

/// How the parts are that the exchange stands on.
///
/// # Errors
/// 401 or 404.
#[server(name = ReadHealth, endpoint = "parts", prefix = "/api", input = GetUrl)]
pub async fn parts() -> Result<HealthView, ApiError> {
    answer(async {
        let (exchange, bus, permit) = (server::exchange(), server::bus(), permit().await?);
        let found = health::health(&exchange, &bus, &permit).await;
        Ok(view::health(language(), found))
    })
    .await
}
