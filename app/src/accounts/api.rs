//! Server functions of accounts.

use leptos::prelude::*;

use super::types::Visitor;
use crate::error::ApiError;
#[cfg(feature = "ssr")]
use crate::server::{self, answer};

/// Who asks.
///
/// # Errors
/// Only when the database is away.
#[server(name = ReadVisitor, endpoint = "visitor", prefix = "/api", input = leptos::server_fn::codec::GetUrl)]
pub async fn visitor() -> Result<Visitor, ApiError> {
    answer(async {
        let exchange = server::exchange();
        Ok(Visitor {
            name: server::signed_in().await?.map(|user| user.name),
            test_mode: exchange.settings.test_mode(),
            currency: exchange.settings.currency.code.to_owned(),
        })
    })
    .await
}

/// Makes an account and signs it in; then on to `next`.
///
/// # Errors
/// 422 with the refused fields.
#[server(endpoint = "sign_up", prefix = "/api")]
pub async fn sign_up(
    #[server(default)] email: String,
    #[server(default)] display_name: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    answer(async {
        let registration = exchange::accounts::Registration {
            email,
            name: display_name,
            password,
        };
        let user = exchange::accounts::register(&server::exchange(), registration).await?;
        server::sign_in(&user).await?;
        server::go(&server::safe_next(&next));
        Ok(())
    })
    .await
}

/// Signs in; then on to `next`.
///
/// # Errors
/// 422 at the password when address and password do not belong together.
#[server(endpoint = "sign_in", prefix = "/api")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    answer(async {
        let user = exchange::accounts::authenticate(&server::exchange(), &email, password).await?;
        server::sign_in(&user).await?;
        server::go(&server::safe_next(&next));
        Ok(())
    })
    .await
}

/// Signs out; then on to the market.
///
/// # Errors
/// Only when the database is away.
#[server(endpoint = "sign_out", prefix = "/api")]
pub async fn sign_out() -> Result<(), ApiError> {
    answer(async {
        server::sign_out().await?;
        server::go("/");
        Ok(())
    })
    .await
}
