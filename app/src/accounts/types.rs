//! What crosses the wire about accounts.

use serde::{Deserialize, Serialize};

use crate::wire::When;

/// Who may see more than others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Staff {
    /// What waits for moderators.
    Moderator,
    /// That, and what administrators see.
    Administrator,
}

/// The signed-in user, as the page header shows them, and what every page
/// needs to know of the deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// Display name, when signed in.
    pub name: Option<String>,
    /// Whether the address has yet to be verified.
    pub unverified: bool,
    /// What they may see that others may not.
    pub staff: Option<Staff>,
    /// Whether payments are for testing only.
    pub test_mode: bool,
    /// ISO 4217 code of the currency.
    pub currency: String,
}

impl Visitor {
    /// Nobody is known to be looking.
    #[must_use]
    pub const fn unknown() -> Self {
        Self {
            name: None,
            unverified: false,
            staff: None,
            test_mode: false,
            currency: String::new(),
        }
    }
}

/// The viewer's account, as its pages show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// E-mail address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Whether the address is verified.
    pub verified: bool,
    /// Whether there is a password.
    pub has_password: bool,
    /// Whether codes are asked for.
    pub second_factor: bool,
    /// How many backup codes are left.
    pub backup_codes: usize,
    /// Where the viewer is signed in, last used first.
    pub sessions: Vec<SessionView>,
    /// Who else may say that it is them.
    pub identities: Vec<IdentityView>,
    /// The providers that there are, in addresses and by name.
    pub providers: Vec<(String, String)>,
}

/// A session of the viewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// What it is called to end it.
    pub name: String,
    /// What it was begun with.
    pub device: String,
    /// When it was used last, about.
    pub used: When,
    /// Whether it is this one.
    pub here: bool,
}

/// A way to sign in besides the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityView {
    /// What it is called to remove it.
    pub name: String,
    /// What people call the provider.
    pub provider: String,
    /// What the viewer is called there.
    pub label: String,
}

/// What a provider said of the viewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimView {
    /// What people call the provider.
    pub provider: String,
    /// What the viewer is called there.
    pub label: String,
    /// Their address, if it is verified.
    pub email: Option<String>,
    /// A name to begin with.
    pub name: String,
    /// What the viewer is asked for before it is linked to their account.
    pub asked: Asked,
}

/// What somebody is asked for before they change what matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The password.
    pub password: bool,
    /// A code.
    pub code: bool,
}

/// What a mailed link does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    /// Where it was mailed.
    pub email: String,
    /// Who is to sign in, by provider and what they are called there.
    pub identity: Option<(String, String)>,
}

/// The page of the second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupView {
    /// The account.
    pub account: AccountView,
    /// What is being set up.
    pub setup: Option<Setup>,
}

/// What is shown while a second factor is being set up, and never again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// The app's secret to be typed, its address, and that as an SVG element;
    /// none when only the backup codes are new.
    pub app: Option<(String, String, String)>,
    /// The backup codes.
    pub backup_codes: Vec<String>,
}

/// The page of the keys by which programs act for the viewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysView {
    /// What is asked for before one is made.
    pub asked: Asked,
    /// For how many days one may be made.
    pub days: Vec<u32>,
    /// What the one that was just made is called, and what lets a program in by it.
    pub made: Option<(String, String)>,
    /// Those that there are, the newest first.
    pub keys: Vec<KeyView>,
    /// The addresses that programs have had told, the newest first.
    pub webhooks: Vec<WebhookView>,
}

/// An address that is told what happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookView {
    /// Its identifier.
    pub id: String,
    /// Where messages are sent.
    pub url: String,
    /// Whether it is told, and why not, as a sentence.
    pub state: String,
    /// The last messages that were sent, the latest first.
    pub deliveries: Vec<DeliveryView>,
}

/// An attempt to deliver a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryView {
    /// When.
    pub at: When,
    /// What had happened: `order.completed`.
    pub kind: String,
    /// What it was answered, in words.
    pub answer: String,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyView {
    /// Its identifier.
    pub id: String,
    /// What the viewer calls it.
    pub name: String,
    /// Its scopes, with commas.
    pub scopes: String,
    /// Until when it is of use.
    pub expires: When,
    /// When it was used last, about.
    pub used: Option<When>,
}

impl AccountView {
    /// What is asked for before something that matters changes.
    #[must_use]
    pub const fn asked(&self) -> Asked {
        Asked {
            password: self.has_password,
            code: self.second_factor,
        }
    }
}
