//! `/account/data`: all that is kept of somebody, as a file for them.

use app::server::{Visit, describe};
use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use exchange::accounts::own_data;

pub(super) async fn download(visit: Visit) -> Response {
    let found = async {
        match visit.signed_in().await? {
            Some((user, _)) => own_data::export(&visit.exchange, &user).await.map(Some),
            None => Ok(None),
        }
    };
    match found.await {
        Ok(Some(data)) => (
            [(
                header::CONTENT_DISPOSITION,
                "attachment; filename=\"ticket-exchange.json\"",
            )],
            Json(data),
        )
            .into_response(),
        Ok(None) => Redirect::to("/sign-in?next=/account").into_response(),
        Err(error) => {
            let error = describe(&visit.exchange, visit.client.language, error);
            StatusCode::from_u16(error.code.status())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
                .into_response()
        }
    }
}
