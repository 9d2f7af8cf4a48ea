//! The services of others that a deployment uses: Stripe, the mail server, and
//! providers of identities.

use std::time::Duration;

use exchange::{
    accounts::providers::{ProviderKind, ProviderSettings},
    moderation,
    platform::mail,
    settings::{MailSettings, ModerationSettings, StripeSettings},
};

use super::{Mistakes, Options, list, origin};

/// Where the sandbox listens, and the keys it takes, when nothing else is said
/// in development.
const SANDBOX: &str = "http://127.0.0.1:3030";
const SANDBOX_SECRET: &str = "sk_test_sandbox";
const SANDBOX_PUBLISHABLE: &str = "pk_test_sandbox";
const SANDBOX_WEBHOOK: &str = "whsec_sandbox";

impl Options {
    pub(super) fn providers(
        &self,
        production: bool,
        mistakes: &mut Mistakes,
    ) -> Vec<ProviderSettings> {
        let mut providers = Vec::new();
        let mut url = |name: &str, url: &str| {
            let secure = !production || url.starts_with("https://");
            mistakes.require(origin(url).is_some() && secure, || {
                format!("{name} is https:// and a host, not {url:?}")
            });
            url.trim_end_matches('/').to_owned()
        };
        let google = ProviderKind::OpenId {
            issuer: url("GOOGLE_ISSUER", &self.google_issuer),
        };
        let github = ProviderKind::GitHub {
            url: url("GITHUB_URL", &self.github_url),
            api_url: url("GITHUB_API_URL", &self.github_api_url),
        };
        // An issuer is compared as it is, also its last slash.
        let issuers: Vec<&str> = list(&self.oidc_issuer).collect();
        for issuer in &issuers {
            url("OIDC_ISSUER", issuer);
        }
        for (name, id, secret, kind) in [
            (
                "Google",
                &self.google_client_id,
                &self.google_client_secret,
                google,
            ),
            (
                "GitHub",
                &self.github_client_id,
                &self.github_client_secret,
                github,
            ),
        ] {
            let key = name.to_lowercase();
            match (id, secret) {
                (Some(id), Some(secret)) => providers.push(ProviderSettings {
                    key,
                    name: name.to_owned(),
                    client_id: id.clone(),
                    client_secret: secret.clone(),
                    kind,
                }),
                (None, None) => {}
                _ => {
                    let name = name.to_uppercase();
                    mistakes.0.push(format!(
                        "{name}_CLIENT_ID and {name}_CLIENT_SECRET go together"
                    ));
                }
            }
        }
        let [names, ids, secrets] = [
            &self.oidc_name,
            &self.oidc_client_id,
            &self.oidc_client_secret,
        ]
        .map(|text| list(text).collect::<Vec<_>>());
        let even = [&names, &ids, &secrets]
            .iter()
            .all(|list| list.len() == issuers.len());
        mistakes.require(even, || {
            "OIDC_ISSUER, OIDC_NAME, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are as many of each"
                .to_owned()
        });
        let others = issuers.iter().zip(names).zip(ids).zip(secrets);
        for (number, (((issuer, name), id), secret)) in (1..).zip(others) {
            providers.push(ProviderSettings {
                // What it is called may change, what it is registered with not.
                key: format!("oidc{number}"),
                name: name.to_owned(),
                client_id: id.to_owned(),
                client_secret: secret.to_owned(),
                kind: ProviderKind::OpenId {
                    issuer: (*issuer).to_owned(),
                },
            });
        }
        providers
    }

    pub(super) fn mail(&self, production: bool, mistakes: &mut Mistakes) -> MailSettings {
        let from = self
            .mail_from
            .clone()
            .unwrap_or_else(|| "Ticket Exchange <tickets@localhost>".to_owned());
        mistakes.require(mail::is_sender(&from), || {
            format!(
                "MAIL_FROM is an address, or a name and an address in angle brackets, not {from:?}"
            )
        });
        mistakes.require(
            self.smtp_url
                .as_ref()
                .is_none_or(|url| mail::is_server(url)),
            || "SMTP_URL begins with smtp:// or smtps:// and names a host".to_owned(),
        );
        let encrypted = |url: &String| url.starts_with("smtps://") || url.contains("tls=required");
        mistakes.require(
            !production || self.smtp_url.as_ref().is_none_or(encrypted),
            || "SMTP_URL is smtps:// or has ?tls=required in production".to_owned(),
        );
        for (name, given) in [("SMTP_URL", &self.smtp_url), ("MAIL_FROM", &self.mail_from)] {
            mistakes.require(!production || given.is_some(), || {
                format!("{name} is required in production")
            });
        }
        MailSettings {
            from,
            smtp: self.smtp_url.clone(),
            folder: self.data_dir.join("mail"),
        }
    }

    pub(super) fn moderation(&self, mistakes: &mut Mistakes) -> ModerationSettings {
        if let Some(url) = &self.moderation_url {
            mistakes.require(origin(url).is_some(), || {
                format!("MODERATION_URL is http:// or https:// and a host, not {url:?}")
            });
        }
        if let Some(path) = &self.moderation_rules {
            let unusable = moderation::Book::open(Some(path)).err();
            mistakes.require(unusable.is_none(), || {
                let why = unusable.map(crate::commands::explain).unwrap_or_default();
                format!("MODERATION_RULES cannot be used: {}: {why}", path.display())
            });
        }
        ModerationSettings {
            rules: self.moderation_rules.clone(),
            scorer: self.moderation_url.clone(),
        }
    }

    pub(super) fn stripe(
        &self,
        production: bool,
        timeout: Duration,
        mistakes: &mut Mistakes,
    ) -> StripeSettings {
        let mut missing = Vec::new();
        let mut take = |name: &'static str, given: &Option<String>, sandbox: String| {
            if given.is_none() && production {
                missing.push(name);
            }
            given.clone().unwrap_or(sandbox)
        };
        let api_url = take("STRIPE_API_URL", &self.stripe_api_url, SANDBOX.to_owned());
        let js_url = take(
            "STRIPE_JS_URL",
            &self.stripe_js_url,
            format!("{SANDBOX}/v3/"),
        );
        let secret_key = take(
            "STRIPE_SECRET_KEY",
            &self.stripe_secret_key,
            SANDBOX_SECRET.to_owned(),
        );
        let publishable_key = take(
            "STRIPE_PUBLISHABLE_KEY",
            &self.stripe_publishable_key,
            SANDBOX_PUBLISHABLE.to_owned(),
        );
        let webhook_secrets: Vec<String> = take(
            "STRIPE_WEBHOOK_SECRET",
            &self.stripe_webhook_secret,
            SANDBOX_WEBHOOK.to_owned(),
        )
        .split(',')
        .map(|secret| secret.trim().to_owned())
        .collect();
        // Nothing else is wrong with what is not there.
        let given = |name| !missing.contains(&name);
        for name in &missing {
            mistakes.0.push(format!("{name} is required in production"));
        }
        for (name, url) in [("STRIPE_API_URL", &api_url), ("STRIPE_JS_URL", &js_url)] {
            mistakes.require(origin(url).is_some(), || {
                format!("{name} is http:// or https:// and a host, not {url:?}")
            });
            mistakes.require(
                !production || !given(name) || url.starts_with("https://"),
                || format!("{name} must be https:// in production"),
            );
        }
        mistakes.require(
            secret_key.starts_with("sk_") || secret_key.starts_with("rk_"),
            || "STRIPE_SECRET_KEY begins with sk_ or rk_".to_owned(),
        );
        mistakes.require(publishable_key.starts_with("pk_"), || {
            "STRIPE_PUBLISHABLE_KEY begins with pk_".to_owned()
        });
        mistakes.require(
            webhook_secrets
                .iter()
                .all(|secret| secret.starts_with("whsec_")),
            || "STRIPE_WEBHOOK_SECRET begins with whsec_".to_owned(),
        );
        for (name, is_sandbox) in [
            ("STRIPE_SECRET_KEY", secret_key == SANDBOX_SECRET),
            (
                "STRIPE_PUBLISHABLE_KEY",
                publishable_key == SANDBOX_PUBLISHABLE,
            ),
            (
                "STRIPE_WEBHOOK_SECRET",
                webhook_secrets
                    .iter()
                    .any(|secret| secret == SANDBOX_WEBHOOK),
            ),
        ] {
            mistakes.require(!production || !given(name) || !is_sandbox, || {
                format!("{name} is the sandbox's, which is for development only")
            });
        }
        // A base with a path or without the final slash would lose its path.
        let api_url = format!("{}/", api_url.trim_end_matches('/'));
        StripeSettings {
            api_url,
            js_url,
            secret_key,
            publishable_key,
            webhook_secrets,
            timeout,
        }
    }
}
