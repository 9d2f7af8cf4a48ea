//! Server functions of accounts.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::types::{AccountView, Visitor};
use crate::error::ApiError;
#[cfg(feature = "ssr")]
use crate::server::{self, answer};

/// Who asks.
///
/// # Errors
/// Only when the database is away.
#[server(name = ReadVisitor, endpoint = "visitor", prefix = "/api", input = GetUrl)]
pub async fn visitor() -> Result<Visitor, ApiError> {
    answer(async {
        let exchange = server::exchange();
        let user = server::signed_in().await?;
        Ok(Visitor {
            unverified: user.as_ref().is_some_and(|user| !user.verified),
            name: user.map(|user| user.name),
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

/// The viewer's account.
///
/// # Errors
/// 401.
#[server(name = ReadAccount, endpoint = "account", prefix = "/api", input = GetUrl)]
pub async fn account() -> Result<AccountView, ApiError> {
    answer(async {
        let user = server::own_account().await?;
        Ok(AccountView {
            email: user.email,
            name: user.name,
            verified: user.verified,
        })
    })
    .await
}

/// The address to which a link was mailed, if it can be used for `purpose`.
///
/// # Errors
/// 404 for another purpose, 409 when it can no longer be used.
#[server(name = ReadLink, endpoint = "link", prefix = "/api", input = GetUrl)]
pub async fn link(
    #[server(default)] purpose: String,
    #[server(default)] link: String,
) -> Result<String, ApiError> {
    answer(async {
        let purpose = domain::account::LinkPurpose::by_name(&purpose)
            .ok_or(exchange::Error::NotFound)?;
        exchange::accounts::recovery::peek(&server::exchange(), purpose, &link).await
    })
    .await
}

/// Has another link mailed with which the viewer verifies their address.
///
/// # Errors
/// 401, or 409 when it is verified.
#[server(endpoint = "verify_again", prefix = "/api")]
pub async fn verify_again() -> Result<(), ApiError> {
    answer(async {
        let user = server::own_account().await?;
        exchange::accounts::recovery::verify_again(&server::exchange(), &user).await?;
        server::go("/account?done=link");
        Ok(())
    })
    .await
}

/// Verifies an address by the link that was mailed to it.
///
/// # Errors
/// 409 when it can no longer be used.
#[server(endpoint = "verify_email", prefix = "/api")]
pub async fn verify_email(#[server(default)] link: String) -> Result<(), ApiError> {
    answer(async {
        let user =
            exchange::accounts::recovery::verify_email(&server::exchange(), &link).await?;
        server::go_home(&user, "address").await
    })
    .await
}

/// Has a link mailed with which a forgotten password is replaced; the same
/// answer whether or not there is such an account.
///
/// # Errors
/// 422 when it is no address.
#[server(endpoint = "forgot_password", prefix = "/api")]
pub async fn forgot_password(#[server(default)] email: String) -> Result<(), ApiError> {
    answer(async {
        exchange::accounts::recovery::forgot_password(&server::exchange(), &email).await?;
        server::go("/forgot-password?done=link");
        Ok(())
    })
    .await
}

/// Replaces a forgotten password by the link that was mailed; every session
/// ends.
///
/// # Errors
/// 409 when the link can no longer be used, 422 for the password.
#[server(endpoint = "reset_password", prefix = "/api")]
pub async fn reset_password(
    #[server(default)] link: String,
    #[server(default)] password: String,
) -> Result<(), ApiError> {
    answer(async {
        exchange::accounts::recovery::reset_password(&server::exchange(), &link, password)
            .await?;
        server::go("/sign-in?done=password");
        Ok(())
    })
    .await
}

/// Sets another password; every other session ends.
///
/// # Errors
/// 401, or 422 for either password.
#[server(endpoint = "change_password", prefix = "/api")]
pub async fn change_password(
    #[server(default)] current_password: String,
    #[server(default)] new_password: String,
) -> Result<(), ApiError> {
    answer(async {
        let user = server::own_account().await?;
        let user = exchange::accounts::recovery::change_password(
            &server::exchange(),
            &user.id,
            current_password,
            new_password,
        )
        .await?;
        server::sign_in(&user).await?;
        server::go("/account?done=password");
        Ok(())
    })
    .await
}

/// Has a link mailed to `email`, with which that becomes the viewer's address.
///
/// # Errors
/// 401, or 422 for the address or the password.
#[server(endpoint = "request_email", prefix = "/api")]
pub async fn request_email(
    #[server(default)] email: String,
    #[server(default)] email_password: String,
) -> Result<(), ApiError> {
    answer(async {
        let user = server::own_account().await?;
        exchange::accounts::recovery::request_email(
            &server::exchange(),
            &user.id,
            &email,
            email_password,
        )
        .await?;
        server::go("/account?done=link");
        Ok(())
    })
    .await
}

/// Gives an account the address to which the link was mailed.
///
/// # Errors
/// 409 when the link can no longer be used.
#[server(endpoint = "change_email", prefix = "/api")]
pub async fn change_email(#[server(default)] link: String) -> Result<(), ApiError> {
    answer(async {
        let user =
            exchange::accounts::recovery::change_email(&server::exchange(), &link).await?;
        server::go_home(&user, "address").await
    })
    .await
}
