//! Components that several features use.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

mod alert;
pub(crate) mod browser;
mod facts;
mod fields;
mod form;
pub(crate) mod links;
pub(crate) mod live;
mod password;
#[cfg(feature = "ssr")]
mod server;

pub(crate) use alert::{FormAlert, Submit};
pub(crate) use facts::{Fact, Moment, Of, OptionalMoment};
#[cfg(feature = "ssr")]
pub(crate) use fields::{Area, Checkbox, Problem};
pub(crate) use fields::{Input, Select};
#[cfg(feature = "ssr")]
pub(crate) use form::Form;
pub(crate) use form::{Fetched, end};
#[cfg(feature = "ssr")]
pub(crate) use password::Password;
#[cfg(feature = "ssr")]
pub(crate) use server::{
    ErrorPage, Footer, Header, NextPage, PageTitle, Sharing, UnknownPage, load, param, query,
};
