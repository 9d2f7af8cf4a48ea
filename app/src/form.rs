//! A form: where it is posted to, and what it was refused for before the page
//! was loaded.
//!
//! Without script a refused form comes back as a page, for which the server
//! keeps its errors and what was typed in the session, once. With script they
//! come with the answer: see `ui/form.rs`.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// A refused plain form post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The path it was posted to, such as `/api/sign_in`.
    pub action: String,
    /// What was typed, by field; never a password.
    pub values: BTreeMap<String, String>,
    /// Why it was refused.
    pub error: ApiError,
}

/// One form of a page.
#[derive(Clone, Copy)]
pub(crate) struct FormState {
    action: &'static str,
    refused: StoredValue<Option<Flash>>,
}

impl FormState {
    /// The form that is posted to `action`, a server function's path.
    pub(crate) fn new(action: &'static str) -> Self {
        // The server provides it to the page that has the form.
        let refused = use_context::<Flash>().filter(|flash| flash.action == action);
        Self {
            action,
            refused: StoredValue::new(refused),
        }
    }

    /// The path it is posted to.
    pub(crate) fn action(self) -> &'static str {
        self.action
    }

    fn with<T>(self, look: impl FnOnce(&Flash) -> T) -> Option<T> {
        self.refused
            .with_value(|refused| refused.as_ref().map(look))
    }

    /// What a text field holds: what was typed, else `initial`.
    pub(crate) fn value(self, field: &str, initial: String) -> String {
        self.with(|flash| flash.values.get(field).cloned().unwrap_or_default())
            .unwrap_or(initial)
    }

    /// Whether a box is ticked: as it was sent, else `initial`.
    pub(crate) fn checked(self, field: &str, initial: bool) -> bool {
        self.with(|flash| flash.values.contains_key(field))
            .unwrap_or(initial)
    }

    /// Why `field` was refused.
    pub(crate) fn problem(self, field: &str) -> Option<String> {
        self.with(|flash| flash.error.fields.get(field).cloned())
            .flatten()
    }

    /// Why it was refused.
    pub(crate) fn error(self) -> Option<ApiError> {
        self.with(|flash| flash.error.clone())
    }
}
