//! Server functions of accounts.

use leptos::{prelude::*, server_fn::codec::GetUrl};

#[cfg(feature = "ssr")]
use super::types::Staff;
use super::types::{AccountView, ClaimView, KeysView, LinkView, SetupView, Visitor};
use crate::error::ApiError;
#[cfg(feature = "ssr")]
use crate::{
    language::language,
    server::{self, answer, view},
};
#[cfg(feature = "ssr")]
use domain::permission::{Administer, Moderate, Viewer};
#[cfg(feature = "ssr")]
use domain::scope::Scope;
#[cfg(feature = "ssr")]
use exchange::access;
#[cfg(feature = "ssr")]
use exchange::accounts::{self, identities, recovery, second_factor};
#[cfg(feature = "ssr")]
use exchange::feed::webhooks;
#[cfg(feature = "ssr")]
use texts::Language;

/// Where a second factor is set up.
#[cfg(feature = "ssr")]
const SECOND_FACTOR: &str = "/account/second-factor";
/// Where keys are made.
#[cfg(feature = "ssr")]
const KEYS: &str = "/account/keys";

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
            staff: user.as_ref().and_then(|user| staff(&user.viewer())),
            name: user.map(|user| user.name),
            test_mode: exchange.settings.test_mode(),
            currency: exchange.settings.currency.code.to_owned(),
        })
    })
    .await
}

#[cfg(feature = "ssr")]
fn staff(viewer: &Viewer) -> Option<Staff> {
    if viewer.may(Administer).is_ok() {
        Some(Staff::Administrator)
    } else {
        viewer.may(Moderate).is_ok().then_some(Staff::Moderator)
    }
}

/// The providers that people can sign in with: in addresses, and by name.
///
/// # Errors
/// Never.
#[server(name = ReadProviders, endpoint = "providers", prefix = "/api", input = GetUrl)]
pub async fn providers() -> Result<Vec<(String, String)>, ApiError> {
    answer(async {
        let exchange = server::exchange();
        let names = exchange.providers.names();
        Ok(names
            .map(|(key, name)| (key.to_owned(), name.to_owned()))
            .collect())
    })
    .await
}

/// Makes an account and signs it in; then on to `next`.
///
/// # Errors
/// 422 with the refused fields, or 429.
#[server(endpoint = "sign_up", prefix = "/api")]
pub async fn sign_up(
    #[server(default)] email: String,
    #[server(default)] display_name: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    answer(async {
        let registration = accounts::Registration {
            email,
            name: display_name,
            password,
        };
        let visit = server::visit().await?;
        let user = accounts::register(&visit.exchange, &visit.client, registration).await?;
        server::go(&visit.enter(&user, &next).await?);
        Ok(())
    })
    .await
}

/// Signs in; then on to `next`, or first to the second factor.
///
/// # Errors
/// 422 at the password when address and password do not belong together, or
/// 429.
#[server(endpoint = "sign_in", prefix = "/api")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    answer(async {
        let visit = server::visit().await?;
        let user = accounts::authenticate(&visit.exchange, &visit.client, &email, password).await?;
        server::go(&visit.enter(&user, &next).await?);
        Ok(())
    })
    .await
}

/// Signs in whoever has shown their password, by a code; then on to `next`.
///
/// # Errors
/// 409 when nobody has, or it is too long ago, 422 for the code, or 429.
#[server(endpoint = "sign_in_code", prefix = "/api")]
pub async fn sign_in_code(
    #[server(default)] code: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    answer(async {
        let visit = server::visit().await?;
        let user = visit.code_due().await?;
        accounts::second_factor::check(&visit.exchange, &visit.client, &user, &code).await?;
        visit.begin(&user).await?;
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
        server::visit().await?.end().await?;
        server::go("/");
        Ok(())
    })
    .await
}

/// Speaks another language to this browser, called by its tag, and to the viewer
/// in mails; then back to `next`.
///
/// # Errors
/// 422 when it is none of ours.
#[server(endpoint = "set_language", prefix = "/api")]
pub async fn set_language(
    #[server(default)] language: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    answer(async {
        let chosen = Language::of_tag(&language)
            .ok_or_else(|| exchange::Error::invalid("language", domain::Problem::Malformed))?;
        if let Some(user) = server::signed_in().await? {
            accounts::speak(&server::exchange(), &user, chosen).await?;
        }
        server::remember_language(chosen);
        server::go(&server::safe_path(&next));
        Ok(())
    })
    .await
}

/// What a provider said of the viewer, which waits for them to agree.
///
/// # Errors
/// 404 when nothing does.
#[server(name = ReadClaim, endpoint = "claim", prefix = "/api", input = GetUrl)]
pub async fn claim() -> Result<ClaimView, ApiError> {
    answer(async {
        let visit = server::visit().await?;
        let (claim, _) = visit.claim().await?;
        let user = server::signed_in().await?;
        Ok(view::claim(&visit.exchange, user.as_ref(), claim))
    })
    .await
}

/// Makes an account of what a provider said, and signs it in.
///
/// # Errors
/// 404 when nothing waits, 422 for the name, 409, or 429.
#[server(endpoint = "sign_up_with", prefix = "/api")]
pub async fn sign_up_with(#[server(default)] display_name: String) -> Result<(), ApiError> {
    answer(async {
        let visit = server::visit().await?;
        let (claim, next) = visit.claim().await?;
        let user =
            identities::register(&visit.exchange, &visit.client, &claim, &display_name).await?;
        server::go(&visit.enter(&user, &next).await?);
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
        view::account(&server::visit().await?, language(), &user).await
    })
    .await
}

/// What a link does that was mailed, if it can be used for `purpose`.
///
/// # Errors
/// 401 for what only the account's owner confirms, 404 for another purpose, 409
/// when it can no longer be used.
#[server(name = ReadLink, endpoint = "link", prefix = "/api", input = GetUrl)]
pub async fn link(
    #[server(default)] purpose: String,
    #[server(default)] link: String,
) -> Result<LinkView, ApiError> {
    answer(async {
        let purpose =
            domain::account::LinkPurpose::by_name(&purpose).ok_or(exchange::Error::NotFound)?;
        // Its page asks to sign in first.
        if purpose.needs_account() {
            server::own_account().await?;
        }
        let exchange = server::exchange();
        let link = recovery::peek(&exchange, purpose, &link).await?;
        Ok(view::link(&exchange, link))
    })
    .await
}

/// Has another link mailed with which the viewer verifies their address.
///
/// # Errors
/// 401, 409 when it is verified, or 429.
#[server(endpoint = "verify_again", prefix = "/api")]
pub async fn verify_again() -> Result<(), ApiError> {
    answer(async {
        let user = server::own_account().await?;
        let visit = server::visit().await?;
        recovery::verify_again(&visit.exchange, &visit.client, &user).await?;
        server::go("/account?done=link");
        Ok(())
    })
    .await
}

/// Verifies the viewer's address by the link that was mailed to it.
///
/// # Errors
/// 401, or 409 when it can no longer be used.
#[server(endpoint = "verify_email", prefix = "/api")]
pub async fn verify_email(#[server(default)] link: String) -> Result<(), ApiError> {
    answer(async {
        let user = server::own_account().await?;
        let user = recovery::verify_email(&server::exchange(), &user.id, &link).await?;
        server::go_home(&user, "address").await
    })
    .await
}

/// Has a link mailed with which a forgotten password is replaced; the same
/// answer whether or not there is such an account.
///
/// # Errors
/// 422 when it is no address, or 429.
#[server(endpoint = "forgot_password", prefix = "/api")]
pub async fn forgot_password(#[server(default)] email: String) -> Result<(), ApiError> {
    answer(async {
        let visit = server::visit().await?;
        recovery::forgot_password(&visit.exchange, &visit.client, &email).await?;
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
        let visit = server::visit().await?;
        let user = recovery::reset_password(&visit.exchange, &link, password).await?;
        // Whoever reads the mail of the account is no stranger to its password.
        accounts::tries::admit_to_password(&visit.exchange, &visit.client, &user.email).await?;
        server::go("/sign-in?done=password");
        Ok(())
    })
    .await
}

/// Sets another password; every other session ends.
///
/// # Errors
/// 401, or 422 for either password or the code.
#[server(endpoint = "change_password", prefix = "/api")]
pub async fn change_password(
    #[server(default)] current_password: String,
    #[server(default)] code: String,
    #[server(default)] new_password: String,
) -> Result<(), ApiError> {
    answer(async {
        let (user, proof) = server::proof(current_password, code).await?;
        let exchange = server::exchange();
        let user = recovery::change_password(&exchange, &user.id, new_password, proof).await?;
        server::begin_again(&user).await?;
        server::go("/account?done=password");
        Ok(())
    })
    .await
}

/// Has a link mailed to `email`, with which that becomes the viewer's address.
///
/// # Errors
/// 401, 422 for the address, the password or the code, or 429.
#[server(endpoint = "request_email", prefix = "/api")]
pub async fn request_email(
    #[server(default)] current_password: String,
    #[server(default)] code: String,
    #[server(default)] email: String,
) -> Result<(), ApiError> {
    answer(async {
        let (user, proof) = server::proof(current_password, code).await?;
        recovery::request_email(&server::exchange(), &user.id, &email, proof).await?;
        server::go("/account?done=link");
        Ok(())
    })
    .await
}

/// Gives the viewer's account the address to which the link was mailed.
///
/// # Errors
/// 401, or 409 when the link can no longer be used.
#[server(endpoint = "change_email", prefix = "/api")]
pub async fn change_email(#[server(default)] link: String) -> Result<(), ApiError> {
    answer(async {
        let asker = server::own_account().await?;
        let visit = server::visit().await?;
        let user = recovery::change_email(&visit.exchange, &asker.id, &link).await?;
        // Browsers are known by the address.
        accounts::tries::remember(&visit.exchange, &visit.client, &user.email).await?;
        server::go_home(&user, "address").await
    })
    .await
}

/// Ends one of the viewer's sessions, by what the list calls it.
///
/// # Errors
/// 401.
#[server(endpoint = "end_session", prefix = "/api")]
pub async fn end_session(#[server(default)] name: String) -> Result<(), ApiError> {
    answer(async {
        let user = server::own_account().await?;
        accounts::sessions::end(&server::exchange().db, &user.id, &name).await?;
        server::go("/account?done=session");
        Ok(())
    })
    .await
}

/// Ends all of the viewer's sessions but this one.
///
/// # Errors
/// 401.
#[server(endpoint = "end_other_sessions", prefix = "/api")]
pub async fn end_other_sessions() -> Result<(), ApiError> {
    answer(async {
        let user = server::own_account().await?;
        let user = accounts::end_sessions(&server::exchange(), &user).await?;
        server::begin_again(&user).await?;
        server::go("/account?done=sessions");
        Ok(())
    })
    .await
}

/// The second factor that is being set up, if one is.
///
/// # Errors
/// 401.
#[server(name = ReadSetup, endpoint = "second_factor_setup", prefix = "/api", input = GetUrl)]
pub async fn second_factor_setup() -> Result<SetupView, ApiError> {
    answer(async {
        let user = server::own_account().await?;
        let exchange = server::exchange();
        let setup = second_factor::setup(&exchange, &user).await?;
        let account = view::account(&server::visit().await?, language(), &user).await?;
        Ok(view::setup(account, setup))
    })
    .await
}

/// The keys by which programs act for the viewer; `made` is the identifier of one, of
/// which it is shown what lets a program in while it is new.
///
/// # Errors
/// 401.
#[server(name = ReadKeys, endpoint = "keys", prefix = "/api", input = GetUrl)]
pub async fn keys(#[server(default)] made: String) -> Result<KeysView, ApiError> {
    answer(async {
        let user = server::own_account().await?;
        view::keys(&server::exchange(), language(), &user, &made).await
    })
    .await
}

/// What the box of a scope is called in the form of a new key.
#[cfg(feature = "ssr")]
pub(crate) const fn scope_field(scope: Scope) -> &'static str {
    match scope {
        Scope::ListingsRead => "listings_read",
        Scope::ListingsWrite => "listings_write",
        Scope::OrdersRead => "orders_read",
        Scope::OrdersWrite => "orders_write",
        Scope::RefundsWrite => "refunds_write",
        Scope::EventsRead => "events_read",
        Scope::WebhooksWrite => "webhooks_write",
    }
}

/// Makes a key; then on to where it is shown.
///
/// # Errors
/// 401, 409 when there are too many, 422 with the refused fields, or 429.
#[server(endpoint = "create_key", prefix = "/api")]
pub async fn create_key(
    #[server(default)] current_password: String,
    #[server(default)] code: String,
    #[server(default)] name: String,
    #[server(default)] listings_read: String,
    #[server(default)] listings_write: String,
    #[server(default)] orders_read: String,
    #[server(default)] orders_write: String,
    #[server(default)] refunds_write: String,
    #[server(default)] events_read: String,
    #[server(default)] webhooks_write: String,
    #[server(default)] days: String,
) -> Result<(), ApiError> {
    answer(async {
        let ticked = |scope: &Scope| {
            let field = match scope {
                Scope::ListingsRead => &listings_read,
                Scope::ListingsWrite => &listings_write,
                Scope::OrdersRead => &orders_read,
                Scope::OrdersWrite => &orders_write,
                Scope::RefundsWrite => &refunds_write,
                Scope::EventsRead => &events_read,
                Scope::WebhooksWrite => &webhooks_write,
            };
            !field.is_empty()
        };
        let scopes = Scope::ALL.into_iter().filter(ticked).collect();
        let typed = access::TypedKey { name, scopes, days };
        let (user, proof) = server::proof(current_password, code).await?;
        let key = access::create(&server::exchange(), &user, proof, &typed).await?;
        server::go(&format!("{KEYS}?made={}", key.id));
        Ok(())
    })
    .await
}

/// Ends a key of the viewer's.
///
/// # Errors
/// 401, or 404 for what is no identifier.
#[server(endpoint = "end_key", prefix = "/api")]
pub async fn end_key(#[server(default)] id: String) -> Result<(), ApiError> {
    answer(async {
        let user = server::own_account().await?;
        access::revoke(&server::exchange(), &user, &server::id(&id)?).await?;
        server::go(&format!("{KEYS}?done=key"));
        Ok(())
    })
    .await
}

/// Ends a webhook of the viewer's.
///
/// # Errors
/// 401, or 404 when there is none of that identifier.
#[server(endpoint = "end_webhook", prefix = "/api")]
pub async fn end_webhook(#[server(default)] id: String) -> Result<(), ApiError> {
    answer(async {
        let user = server::own_account().await?;
        let exchange = server::exchange();
        webhooks::delete(&exchange, &user.viewer(), &server::id(&id)?).await?;
        server::go(&format!("{KEYS}?done=webhook"));
        Ok(())
    })
    .await
}

/// Begins to set up a second factor, or another one.
///
/// # Errors
/// 401, 422 for the password or the code, or 429.
#[server(endpoint = "begin_second_factor", prefix = "/api")]
pub async fn begin_second_factor(
    #[server(default)] current_password: String,
    #[server(default)] code: String,
) -> Result<(), ApiError> {
    answer(async {
        let (user, proof) = server::proof(current_password, code).await?;
        second_factor::begin(&server::exchange(), &user.id, proof).await?;
        server::go(SECOND_FACTOR);
        Ok(())
    })
    .await
}

/// Begins to replace the backup codes.
///
/// # Errors
/// 401, 404 without a second factor, 422 for the password or the code, or 429.
#[server(endpoint = "begin_backup_codes", prefix = "/api")]
pub async fn begin_backup_codes(
    #[server(default)] current_password: String,
    #[server(default)] code: String,
) -> Result<(), ApiError> {
    answer(async {
        let (user, proof) = server::proof(current_password, code).await?;
        second_factor::begin_backup_codes(&server::exchange(), &user.id, proof).await?;
        server::go(SECOND_FACTOR);
        Ok(())
    })
    .await
}

/// Puts what was set up in force; every other session ends.
///
/// # Errors
/// 401, 409 when nothing was, or it is too long ago, 422 for the code, or 429.
#[server(endpoint = "confirm_second_factor", prefix = "/api")]
pub async fn confirm_second_factor(#[server(default)] code: String) -> Result<(), ApiError> {
    answer(async {
        let user = server::own_account().await?;
        let visit = server::visit().await?;
        let user = second_factor::confirm(&visit.exchange, &visit.client, &user, &code).await?;
        visit.go_on(&user).await?;
        server::go("/account?done=second_factor");
        Ok(())
    })
    .await
}

/// Does without a second factor; every other session ends.
///
/// # Errors
/// 401, 422 for the password or the code, or 429.
#[server(endpoint = "remove_second_factor", prefix = "/api")]
pub async fn remove_second_factor(
    #[server(default)] current_password: String,
    #[server(default)] code: String,
) -> Result<(), ApiError> {
    answer(async {
        let (user, proof) = server::proof(current_password, code).await?;
        let user = second_factor::remove(&server::exchange(), &user.id, proof).await?;
        server::begin_again(&user).await?;
        server::go("/account?done=second_factor_off");
        Ok(())
    })
    .await
}

/// Lets whom a provider has just named sign in to the viewer's account.
///
/// # Errors
/// 401, 403 while the address is not verified, 404 when nothing waits, 409 when
/// it is another account's, 422 for the password or the code, or 429.
#[server(endpoint = "link_identity", prefix = "/api")]
pub async fn link_identity(
    #[server(default)] current_password: String,
    #[server(default)] code: String,
) -> Result<(), ApiError> {
    answer(async {
        let (user, proof) = server::proof(current_password, code).await?;
        let visit = server::visit().await?;
        let (claim, _) = visit.claim().await?;
        let user = identities::link(&visit.exchange, &user.id, &claim, proof).await?;
        visit.go_on(&user).await?;
        server::go("/account/providers?done=linked");
        Ok(())
    })
    .await
}

/// The same by the link that was mailed to the owner of the address.
///
/// # Errors
/// 409 when the link can no longer be used.
#[server(endpoint = "link_by_mail", prefix = "/api")]
pub async fn link_by_mail(#[server(default)] link: String) -> Result<(), ApiError> {
    answer(async {
        let user = identities::link_by_mail(&server::exchange(), &link).await?;
        server::go_home(&user, "linked").await
    })
    .await
}

/// Ends that an identity can sign in to the viewer's account; every other
/// session ends.
///
/// # Errors
/// 401, 404, 409 when it is the last way in, 422 for the choice, the password or
/// the code, or 429.
#[server(endpoint = "unlink_identity", prefix = "/api")]
pub async fn unlink_identity(
    #[server(default)] identity: String,
    #[server(default)] current_password: String,
    #[server(default)] code: String,
) -> Result<(), ApiError> {
    answer(async {
        let (user, proof) = server::proof(current_password, code).await?;
        // As `view::account` names them: an issuer is a URL, without spaces.
        let (issuer, subject) = identity
            .split_once(' ')
            .ok_or_else(|| exchange::Error::invalid("identity", domain::Problem::Required))?;
        let exchange = server::exchange();
        let user = identities::unlink(&exchange, &user.id, issuer, subject, proof).await?;
        server::begin_again(&user).await?;
        server::go("/account/providers?done=unlinked");
        Ok(())
    })
    .await
}

/// Deletes the viewer's account; then on to the market.
///
/// # Errors
/// 401, 409 while they are party to an order that is not over, 422 for the
/// password or the code, or 429.
#[server(endpoint = "delete_account", prefix = "/api")]
pub async fn delete_account(
    #[server(default)] current_password: String,
    #[server(default)] code: String,
) -> Result<(), ApiError> {
    answer(async {
        let (user, proof) = server::proof(current_password, code).await?;
        accounts::own_data::delete(&server::exchange(), &user.id, proof).await?;
        server::visit().await?.end().await?;
        server::go("/sign-in?done=deleted");
        Ok(())
    })
    .await
}
