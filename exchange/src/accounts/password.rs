//! Passwords: how good they are, and Argon2id.

use std::sync::Arc;

use argon2::{
    Argon2, PasswordHash, PasswordVerifier,
    password_hash::{PasswordHasher, SaltString, rand_core::OsRng},
};
use domain::{Problem, text};
use tokio::sync::Semaphore;

use crate::{Error, Result};

/// Least estimate of guesses, as a power of ten, that a password withstands:
/// one hundred million (zxcvbn's score 3 starts there).
const LEAST_GUESSES_LOG10: f64 = 8.0;

/// Checks length and how well the password can be guessed by somebody who
/// knows `personal`, such as the name.
pub(super) fn check(password: &str, personal: &[&str]) -> std::result::Result<(), Problem> {
    text::check_password_length(password)?;
    if zxcvbn::zxcvbn(password, personal).guesses_log10() < LEAST_GUESSES_LOG10 {
        Err(Problem::WeakPassword)
    } else {
        Ok(())
    }
}

/// Hashes passwords, a bounded number at a time, because each takes 19 MiB
/// and tens of milliseconds of a core (Argon2id with the parameters that
/// OWASP's password storage cheat sheet names).
pub struct Passwords {
    argon2: Argon2<'static>,
    at_once: Arc<Semaphore>,
    /// Verified against when there is no account, so that it takes as long.
    decoy: String,
}

impl Passwords {
    /// A hasher for `at_once` passwords at a time.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub fn new(at_once: usize) -> Result<Self> {
        let argon2 = Argon2::default();
        let decoy = argon2
            .hash_password(b"decoy", &SaltString::generate(&mut OsRng))
            .map_err(|error| Error::internal(error.to_string()))?
            .to_string();
        Ok(Self {
            argon2,
            at_once: Arc::new(Semaphore::new(at_once)),
            decoy,
        })
    }

    async fn at_rest<T: Send + 'static>(
        &self,
        work: impl FnOnce(Argon2<'static>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = Arc::clone(&self.at_once)
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        let argon2 = self.argon2.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work(argon2)
        });
        done.await.map_err(Error::internal)?
    }

    /// The hash in PHC string format.
    pub(super) async fn hash(&self, password: String) -> Result<String> {
        self.at_rest(move |argon2| {
            Ok(argon2
                .hash_password(password.as_bytes(), &SaltString::generate(&mut OsRng))
                .map_err(|error| Error::internal(error.to_string()))?
                .to_string())
        })
        .await
    }

    /// Whether `hash` is one of `password`; never, without a hash.
    pub(super) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        // Nobody has a longer one, and hashing it would be work for nothing.
        if password.chars().count() > text::PASSWORD.max {
            return Ok(false);
        }
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.clone());
        self.at_rest(move |argon2| {
            let hash =
                PasswordHash::new(&hash).map_err(|error| Error::internal(error.to_string()))?;
            Ok(argon2.verify_password(password.as_bytes(), &hash).is_ok() && known)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_guessed_is_refused() {
        for weak in [
            "password",
            "12345678",
            "qwertyuiop",
            "aaaaaaaa",
            "adalovelace",
        ] {
            assert_eq!(
                check(weak, &["ada@lovelace.example", "Ada Lovelace"]),
                Err(Problem::WeakPassword),
                "{weak}"
            );
        }
        assert_eq!(
            check("kettle-orbit-92-violin", &["ada@lovelace.example"]),
            Ok(())
        );
        assert_eq!(check("short", &[]), Err(Problem::TooShort { min: 8 }));
    }

    #[tokio::test]
    async fn only_the_password_itself_verifies() {
        let passwords = Passwords::new(2).expect("randomness");
        let hash = passwords
            .hash("kettle-orbit-92".into())
            .await
            .expect("hashes");
        assert!(hash.starts_with("$argon2id$"));
        assert!(
            passwords
                .verify("kettle-orbit-92".into(), Some(hash.clone()))
                .await
                .expect("verifies")
        );
        assert!(
            !passwords
                .verify("kettle-orbit-93".into(), Some(hash))
                .await
                .expect("verifies")
        );
        assert!(
            !passwords
                .verify("decoy".into(), None)
                .await
                .expect("verifies")
        );
    }
}
