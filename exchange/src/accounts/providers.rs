//! Providers: who others say that somebody is.
//!
//! The authorization-code flow on the server: with `state` that only the browser
//! which began can bring back, PKCE (RFC 7636), and for OpenID Connect a `nonce`
//! and a signed `id_token` (OpenID Connect Core 1.0 §3.1). GitHub speaks OAuth
//! 2.0 only; who somebody is there, its API says.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{Refusal, Timestamp};
use oauth2::basic::BasicClient;
use openidconnect::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, SubjectIdentifier, TokenResponse, TokenUrl,
    UserInfoError,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreProviderMetadata, CoreUserInfoClaims,
    },
    reqwest,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use super::identities::Claim;
use crate::{Error, Exchange, Result};

/// Longest wait for one answer of a provider.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long what a provider publishes is good for.
const METADATA: Duration = Duration::from_secs(3_600);
/// How long nobody asks a provider again that was away.
const PAUSE: Duration = Duration::from_secs(5);
/// How long somebody may take to come back.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// A provider as the deployment is set up with it.
#[derive(Clone)]
pub struct ProviderSettings {
    /// What it is called in addresses: lower-case letters, digits and hyphens.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What we are there.
    pub client_id: String,
    /// What we show for it.
    pub client_secret: String,
    /// What it speaks, and where.
    pub kind: ProviderKind,
}

// The secret stays out of logs.
impl std::fmt::Debug for ProviderSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderSettings")
            .field("key", &self.key)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// What a provider speaks.
#[derive(Debug, Clone)]
pub enum ProviderKind {
    /// OpenID Connect, with discovery.
    OpenId {
        /// Its issuer.
        issuer: String,
    },
    /// OAuth 2.0 and GitHub's API.
    GitHub {
        /// `https://github.com`, or an enterprise's.
        url: String,
        /// `https://api.github.com`
        api_url: String,
    },
}

/// What a browser began at a provider, kept on the server until it is back.
#[derive(Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// Which provider.
    pub provider: String,
    state: String,
    nonce: String,
    verifier: String,
    at: Timestamp,
}

/// What a browser brings back (RFC 6749 §4.1.2).
#[derive(Debug, Default, Deserialize)]
pub struct Answer {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    error: String,
}

/// The providers of a deployment.
pub struct Providers {
    list: Vec<Provider>,
    http: reqwest::Client,
    public_url: String,
}

struct Provider {
    settings: ProviderSettings,
    /// What it publishes, and since when that is known.
    metadata: Mutex<Published>,
}

/// What a provider publishes.
#[derive(Default)]
struct Published {
    known: Option<(Arc<CoreProviderMetadata>, Instant)>,
    /// When it could not be had last.
    failed: Option<Instant>,
}

fn away(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Unavailable("the sign-in provider", error.into())
}

/// What came back cannot be believed. Why is for the log only.
fn refused(provider: &str, why: impl std::fmt::Display) -> Error {
    tracing::warn!(provider, %why, "sign-in with a provider was refused");
    Refusal::ProviderRefused.into()
}

impl Providers {
    /// These, which send people back to `public_url`.
    ///
    /// # Errors
    /// When no client for HTTP can be made.
    pub fn new(settings: &[ProviderSettings], public_url: &str) -> Result<Self> {
        let list = settings.iter().map(|settings| Provider {
            settings: settings.clone(),
            metadata: Mutex::default(),
        });
        // Whoever could redirect us could have us ask anybody.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            // One that a provider closes at the moment in which it is used again
            // would cost somebody their sign-in; they are rare.
            .pool_max_idle_per_host(0)
            .user_agent("ticket-exchange")
            .build()
            .map_err(Error::internal)?;
        Ok(Self {
            list: list.collect(),
            http,
            public_url: public_url.to_owned(),
        })
    }

    /// What they are called: in addresses, and by people.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.list
            .iter()
            .map(|provider| (&*provider.settings.key, &*provider.settings.name))
    }

    fn named(&self, key: &str) -> Result<&Provider> {
        self.list
            .iter()
            .find(|provider| provider.settings.key == key)
            .ok_or(Error::NotFound)
    }

    /// Where a browser goes to sign in with a provider, and what to keep until it
    /// is back.
    ///
    /// # Errors
    /// [`Error::NotFound`], or [`Error::Unavailable`] when the provider is away.
    pub async fn begin(&self, exchange: &Exchange, key: &str) -> Result<(String, Attempt)> {
        let provider = self.named(key)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let redirect = self.redirect(key)?;
        let (url, state, nonce) = match &provider.settings.kind {
            ProviderKind::OpenId { .. } => {
                let metadata = self.metadata(provider, METADATA).await?;
                openid_client(&provider.settings, &metadata)
                    .set_redirect_uri(redirect)
                    .authorize_url(
                        CoreAuthenticationFlow::AuthorizationCode,
                        CsrfToken::new_random,
                        Nonce::new_random,
                    )
                    .add_scope(Scope::new("email".to_owned()))
                    .add_scope(Scope::new("profile".to_owned()))
                    .set_pkce_challenge(challenge)
                    .url()
            }
            ProviderKind::GitHub { url, .. } => {
                let client = BasicClient::new(ClientId::new(provider.settings.client_id.clone()))
                    .set_auth_uri(
                        AuthUrl::new(format!("{url}/login/oauth/authorize"))
                            .map_err(Error::internal)?,
                    )
                    .set_redirect_uri(redirect);
                let (url, state) = client
                    .authorize_url(CsrfToken::new_random)
                    .add_scope(Scope::new("read:user".to_owned()))
                    .add_scope(Scope::new("user:email".to_owned()))
                    .set_pkce_challenge(challenge)
                    .url();
                (url, state, Nonce::new(String::new()))
            }
        };
        let attempt = Attempt {
            provider: key.to_owned(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            at: exchange.clock.now(),
        };
        Ok((url.to_string(), attempt))
    }

    /// Who the provider says that the browser's owner is, which began `attempt`
    /// and came back with `answer` to the address of the provider `key`.
    ///
    /// # Errors
    /// [`Refusal::ProviderRefused`], or [`Error::Unavailable`] when the provider
    /// is away.
    pub async fn finish(
        &self,
        exchange: &Exchange,
        key: &str,
        attempt: Option<Attempt>,
        answer: Answer,
    ) -> Result<Claim> {
        let provider = self.named(key)?;
        let attempt = attempt.ok_or_else(|| refused(key, "nothing was begun"))?;
        if attempt.provider != key || !same(&attempt.state, &answer.state) {
            return Err(refused(key, "this is not what was begun"));
        }
        if exchange.clock.ago(PATIENCE) >= attempt.at {
            return Err(refused(key, "it took too long"));
        }
        if !answer.error.is_empty() || answer.code.is_empty() {
            return Err(refused(
                key,
                format!("the provider said {:?}", answer.error),
            ));
        }
        let code = AuthorizationCode::new(answer.code);
        let verifier = PkceCodeVerifier::new(attempt.verifier);
        match &provider.settings.kind {
            ProviderKind::OpenId { .. } => {
                let nonce = Nonce::new(attempt.nonce);
                self.openid_claim(provider, code, verifier, &nonce).await
            }
            ProviderKind::GitHub { url, api_url } => {
                self.github_claim(provider, url, api_url, code, verifier)
                    .await
            }
        }
    }

    fn redirect(&self, key: &str) -> Result<RedirectUrl> {
        RedirectUrl::new(format!("{}/auth/{key}/callback", self.public_url))
            .map_err(Error::internal)
    }

    /// What a provider publishes, not older than `most`.
    async fn metadata(
        &self,
        provider: &Provider,
        most: Duration,
    ) -> Result<Arc<CoreProviderMetadata>> {
        let ProviderKind::OpenId { issuer } = &provider.settings.kind else {
            return Err(Error::NotFound);
        };
        let mut published = provider.metadata.lock().await;
        if let Some((metadata, at)) = &published.known
            && at.elapsed() < most
        {
            return Ok(metadata.clone());
        }
        // Those who waited meanwhile do not each wait again.
        if published.failed.is_some_and(|at| at.elapsed() < PAUSE) {
            return Err(away(std::io::Error::other("it was away a moment ago")));
        }
        let issuer = IssuerUrl::new(issuer.clone()).map_err(Error::internal)?;
        let found = CoreProviderMetadata::discover_async(issuer, &self.http).await;
        published.failed = found.is_err().then(Instant::now);
        let metadata = Arc::new(found.map_err(away)?);
        published.known = Some((metadata.clone(), Instant::now()));
        Ok(metadata)
    }

    async fn openid_claim(
        &self,
        provider: &Provider,
        code: AuthorizationCode,
        verifier: PkceCodeVerifier,
        nonce: &Nonce,
    ) -> Result<Claim> {
        let key = &*provider.settings.key;
        let metadata = self.metadata(provider, METADATA).await?;
        let answer = openid_client(&provider.settings, &metadata)
            .set_redirect_uri(self.redirect(key)?)
            .exchange_code(code)
            .map_err(Error::internal)?
            .set_pkce_verifier(verifier)
            .request_async(&self.http)
            .await
            .map_err(|error| token_error(key, error))?;
        let token = answer
            .id_token()
            .ok_or_else(|| refused(key, "there is no id_token"))?;
        let claim = match openid_claim_of(provider, &metadata, token, nonce) {
            Ok(claim) => claim,
            // It may sign with another key by now.
            Err(_) => {
                let metadata = self.metadata(provider, Duration::from_secs(30)).await?;
                openid_claim_of(provider, &metadata, token, nonce)?
            }
        };
        if claim.email.is_some() {
            return Ok(claim);
        }
        // Some say who it is in the token, and the address only here (OpenID
        // Connect Core 1.0 §5.4).
        let subject = SubjectIdentifier::new(claim.subject.clone());
        let client = openid_client(&provider.settings, &metadata);
        let Ok(request) = client.user_info(answer.access_token().clone(), Some(subject)) else {
            return Ok(claim);
        };
        let info: CoreUserInfoClaims =
            request
                .request_async(&self.http)
                .await
                .map_err(|error| match error {
                    UserInfoError::ClaimsVerification(error) => refused(key, error),
                    // Its words only: the answer that it has says who it is.
                    error => away(std::io::Error::other(error.to_string())),
                })?;
        let address = info.email().map(|email| email.to_string());
        Ok(Claim {
            label: address.clone().unwrap_or(claim.label),
            email: address.filter(|_| info.email_verified() == Some(true)),
            ..claim
        })
    }

    async fn github_claim(
        &self,
        provider: &Provider,
        url: &str,
        api_url: &str,
        code: AuthorizationCode,
        verifier: PkceCodeVerifier,
    ) -> Result<Claim> {
        #[derive(Deserialize)]
        struct Person {
            id: u64,
            login: String,
            name: Option<String>,
        }
        #[derive(Deserialize)]
        struct Address {
            email: String,
            primary: bool,
            verified: bool,
        }
        let settings = &provider.settings;
        let token_url = TokenUrl::new(format!("{url}/login/oauth/access_token"));
        let answer = BasicClient::new(ClientId::new(settings.client_id.clone()))
            .set_client_secret(ClientSecret::new(settings.client_secret.clone()))
            .set_token_uri(token_url.map_err(Error::internal)?)
            .set_redirect_uri(self.redirect(&settings.key)?)
            .exchange_code(code)
            .set_pkce_verifier(verifier)
            .request_async(&self.http)
            .await
            .map_err(|error| token_error(&settings.key, error))?;
        let token = answer.access_token().secret();
        let person: Person = self.github(api_url, "user", token).await?;
        let addresses: Vec<Address> = self.github(api_url, "user/emails", token).await?;
        let email = addresses
            .into_iter()
            .find(|address| address.primary && address.verified)
            .map(|address| address.email);
        Ok(Claim {
            provider: settings.key.clone(),
            issuer: url.to_owned(),
            subject: person.id.to_string(),
            email,
            name: person.name.unwrap_or_else(|| person.login.clone()),
            label: person.login,
        })
    }

    async fn github<T: DeserializeOwned>(&self, api: &str, path: &str, token: &str) -> Result<T> {
        let answer = self
            .http
            .get(format!("{api}/{path}"))
            .bearer_auth(token)
            .header("accept", "application/vnd.github+json")
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(away)?;
        let body = answer.bytes().await.map_err(away)?;
        serde_json::from_slice(&body).map_err(away)
    }
}

/// A client before it knows where people are sent back to.
type OpenIdClient = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

fn openid_client(settings: &ProviderSettings, metadata: &CoreProviderMetadata) -> OpenIdClient {
    CoreClient::from_provider_metadata(
        metadata.clone(),
        ClientId::new(settings.client_id.clone()),
        Some(ClientSecret::new(settings.client_secret.clone())),
    )
}

fn openid_claim_of(
    provider: &Provider,
    metadata: &CoreProviderMetadata,
    token: &CoreIdToken,
    nonce: &Nonce,
) -> Result<Claim> {
    let client = openid_client(&provider.settings, metadata);
    let claims = token
        .claims(&client.id_token_verifier(), nonce)
        .map_err(|error| refused(&provider.settings.key, error))?;
    let address = claims.email().map(|email| email.to_string());
    let name = claims
        .name()
        .and_then(|name| name.get(None))
        .map(|name| name.to_string());
    let subject = claims.subject().to_string();
    Ok(Claim {
        provider: provider.settings.key.clone(),
        issuer: claims.issuer().to_string(),
        label: address
            .clone()
            .or_else(|| name.clone())
            .unwrap_or_else(|| subject.clone()),
        // Said of no other claim: an address that is not verified is anybody's.
        email: address.filter(|_| claims.email_verified() == Some(true)),
        name: name.unwrap_or_default(),
        subject,
    })
}

/// A code that is not taken is the browser's affair; everything else is the
/// provider's, and may pass.
fn token_error<E, T>(key: &str, error: oauth2::RequestTokenError<E, T>) -> Error
where
    E: std::error::Error + Send + Sync + 'static,
    T: oauth2::ErrorResponse + Send + Sync + 'static,
{
    match error {
        oauth2::RequestTokenError::ServerResponse(said) => refused(key, format!("{said:?}")),
        // Tokens that cannot be read are not tokens. The body stays out of the log.
        oauth2::RequestTokenError::Parse(error, body) => {
            let answer: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
            if answer.get("access_token").is_some() {
                refused(key, error)
            } else {
                away(error)
            }
        }
        error => away(error),
    }
}

/// Whether two secrets are the same, in a time that does not say where they
/// differ.
fn same(one: &str, other: &str) -> bool {
    Sha256::digest(one) == Sha256::digest(other) && !one.is_empty()
}
