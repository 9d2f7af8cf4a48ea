//! Pages of moderation. The browser runs nothing of them but their forms.

mod case;
mod queue;
mod remove;
mod report;

pub(crate) use case::Case;
pub(crate) use queue::Queue;
pub(crate) use remove::RemoveTicket;
pub(crate) use report::Report;
