//! Components that several features use.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

mod alert;
pub(crate) mod browser;
mod confirm;
mod facts;
mod fields;
mod form;
#[cfg_attr(
    not(feature = "ssr"),
    expect(dead_code, reason = "islands need a part of it")
)]
pub(crate) mod links;
pub(crate) mod live;
mod password;
#[cfg(feature = "ssr")]
mod server;
mod toast;

pub(crate) use alert::{FormAlert, Submit};
pub(crate) use confirm::Confirm;
pub(crate) use facts::{Fact, Moment, Of, OptionalMoment};
#[cfg(feature = "ssr")]
pub(crate) use fields::{Area, Checkbox, Problem, escape};
pub(crate) use fields::{Input, Select};
#[cfg(feature = "ssr")]
pub(crate) use form::Form;
pub(crate) use form::{Fetched, end};
#[cfg(feature = "ssr")]
pub(crate) use password::Password;
#[cfg(feature = "ssr")]
pub use server::Client;
#[cfg(feature = "ssr")]
pub(crate) use server::{
    Done, Footer, Header, Hydration, NextPage, Offline, PageTitle, Sharing, UnknownPage, load,
    param, query,
};
