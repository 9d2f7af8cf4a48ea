//! Pages of moderation. The browser runs nothing of them but their forms.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

mod case;
mod queue;
mod remove;
mod report;

pub(crate) use case::{Case, CaseByLink};
pub(crate) use queue::Queue;
pub(crate) use remove::RemoveTicket;
pub(crate) use report::Report;
