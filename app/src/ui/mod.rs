//! Components that several features use.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

mod alert;
pub(crate) mod browser;
mod chrome;
mod error_page;
mod facts;
mod fields;
mod form;
pub(crate) mod links;
mod more;
mod page;
mod password;
pub(crate) mod reading;
mod visitor;

pub(crate) use alert::{FormAlert, Submit};
pub(crate) use chrome::{Footer, Header};
pub(crate) use error_page::{ErrorPage, UnknownPage};
pub(crate) use facts::{Fact, Moment, Of, OptionalMoment};
pub(crate) use fields::{Area, Checkbox, Input, Select};
pub(crate) use form::Form;
pub(crate) use more::More;
pub(crate) use page::PageTitle;
pub(crate) use password::Password;
pub(crate) use reading::{read, show};
pub(crate) use visitor::CurrentVisitor;
