//! The pages of orders: the list, and one order from hold to receipt.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

mod billing;
mod order;
mod orders;
mod receipt;
mod refund;
mod status;

pub(crate) use order::Order;
pub(crate) use orders::Orders;
pub(crate) use refund::Refund;
