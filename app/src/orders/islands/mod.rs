//! What of an order's page the browser runs too.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

mod address;
mod checkout;
mod countdown;
mod follow;
mod refund;
mod stripe_js;

#[cfg(feature = "ssr")]
pub(crate) use address::{AddressOfCountry, pairs};
#[cfg(feature = "ssr")]
pub(crate) use checkout::Checkout;
#[cfg(feature = "ssr")]
pub(crate) use follow::FollowOrder;
#[cfg(feature = "ssr")]
pub(crate) use refund::RefundButton;
