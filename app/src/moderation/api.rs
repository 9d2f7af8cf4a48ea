//! Server functions of moderation.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::types::{CaseView, QueuePage, Verdict};
use crate::error::ApiError;
#[cfg(feature = "ssr")]
use crate::{
    language::language,
    server::{self, answer, view},
    ui::links,
};
#[cfg(feature = "ssr")]
use domain::permission::Moderate;

/// Cases of a status (`open` if it is left out), those that wait longest first,
/// from after `after`; for moderators.
///
/// # Errors
/// 401, or 404 for whoever is no moderator.
#[server(endpoint = "cases", prefix = "/api", input = GetUrl)]
pub async fn cases(
    #[server(default)] status: String,
    #[server(default)] after: String,
) -> Result<QueuePage, ApiError> {
    answer(async {
        let exchange = server::exchange();
        let permit = server::viewer().await?.may(Moderate)?;
        let status = domain::moderation::CaseStatus::by_name(&status).unwrap_or_default();
        let page = exchange::moderation::queue(&exchange, &permit, status, &after).await?;
        Ok(view::queue(language(), &page))
    })
    .await
}

/// A case, for moderators.
///
/// # Errors
/// 401 or 404.
#[server(endpoint = "case", prefix = "/api", input = GetUrl)]
pub async fn case(#[server(default)] id: String) -> Result<CaseView, ApiError> {
    answer(async {
        let exchange = server::exchange();
        let permit = server::viewer().await?.may(Moderate)?;
        let found = exchange::moderation::case(&exchange, &permit, &server::id(&id)?).await?;
        Ok(view::case(&exchange, language(), &found))
    })
    .await
}

/// What was decided last about a listing of the viewer's, if anything was.
///
/// # Errors
/// 401, or 404 when it is not theirs.
#[server(name = ReadVerdict, endpoint = "verdict", prefix = "/api", input = GetUrl)]
pub async fn verdict(#[server(default)] id: String) -> Result<Option<Verdict>, ApiError> {
    answer(async {
        let exchange = server::exchange();
        let viewer = server::member().await?;
        let case = exchange::moderation::verdict(&exchange, &viewer, &server::id(&id)?).await?;
        Ok(case.map(|case| view::verdict(language(), case)))
    })
    .await
}

/// Decides a case: `decision` is `approve`, `reject` or `remove`; then back to the
/// queue.
///
/// # Errors
/// 401, 404, 409 when somebody else was faster, or 422 with the refused fields.
#[server(endpoint = "decide_case", prefix = "/api")]
pub async fn decide_case(
    #[server(default)] id: String,
    #[server(default)] decision: String,
    #[server(default)] explanation: String,
) -> Result<(), ApiError> {
    answer(async {
        let viewer = server::member().await?;
        exchange::moderation::decide(
            &server::exchange(),
            &viewer,
            &server::id(&id)?,
            &decision,
            &explanation,
        )
        .await?;
        server::say_done("decided").await?;
        server::go("/moderation");
        Ok(())
    })
    .await
}

/// The case of a link that was mailed to a moderator.
///
/// # Errors
/// 404 or 409 when the link cannot be used any more.
#[server(endpoint = "case_by_link", prefix = "/api", input = GetUrl)]
pub async fn case_by_link(#[server(default)] link: String) -> Result<CaseView, ApiError> {
    answer(async {
        let exchange = server::exchange();
        let found = exchange::moderation::case_by_link(&exchange, &link).await?;
        Ok(view::case(&exchange, language(), &found))
    })
    .await
}

/// Decides the case of such a link, as `decide_case` does; then on to the market.
///
/// # Errors
/// 404 or 409 when the link cannot be used any more, or 422 with the refused fields.
#[server(endpoint = "decide_by_link", prefix = "/api")]
pub async fn decide_by_link(
    #[server(default)] link: String,
    #[server(default)] decision: String,
    #[server(default)] explanation: String,
) -> Result<(), ApiError> {
    answer(async {
        let exchange = server::exchange();
        exchange::moderation::decide_by_link(&exchange, &link, &decision, &explanation).await?;
        server::say_done("decided").await?;
        server::go(links::MARKET);
        Ok(())
    })
    .await
}

/// Says that something is wrong with a listing; then back to its page.
///
/// # Errors
/// 401, 403, 404, 409 when the viewer has reported it or it is not on the market,
/// or 422 with the refused fields.
#[server(endpoint = "report_ticket", prefix = "/api")]
pub async fn report_ticket(
    #[server(default)] id: String,
    #[server(default)] category: String,
    #[server(default)] text: String,
) -> Result<(), ApiError> {
    answer(async {
        let viewer = server::member().await?;
        exchange::moderation::report(
            &server::exchange(),
            &viewer,
            &server::id(&id)?,
            &category,
            &text,
        )
        .await?;
        server::say_done("reported").await?;
        server::go(&format!("/tickets/{id}"));
        Ok(())
    })
    .await
}

/// Takes a listing down for good; for moderators. Then on to the queue.
///
/// # Errors
/// 401, 404, 409 when it is being paid, sold or closed, or 422 with the refused
/// fields.
#[server(endpoint = "remove_ticket", prefix = "/api")]
pub async fn remove_ticket(
    #[server(default)] id: String,
    #[server(default)] explanation: String,
) -> Result<(), ApiError> {
    answer(async {
        let viewer = server::member().await?;
        exchange::moderation::remove(
            &server::exchange(),
            &viewer,
            &server::id(&id)?,
            &explanation,
        )
        .await?;
        server::say_done("decided").await?;
        server::go("/moderation");
        Ok(())
    })
    .await
}
