//! Why an operation on a ticket, order or payment was refused.

use crate::{Amount, Timestamp};

/// A rule that stands in the way. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody else holds the ticket.
    #[error("the ticket is reserved")]
    Reserved,
    /// The ticket is sold.
    #[error("the ticket is sold")]
    Sold,
    /// The ticket is not on the market: not yet, or no longer.
    #[error("the ticket is not on the market")]
    NotOnMarket,
    /// The event has begun.
    #[error("the event has begun")]
    EventBegan,
    /// A seller cannot order their own ticket.
    #[error("the buyer is the seller")]
    OwnTicket,
    /// The price is no longer the one that the buyer saw.
    #[error("the price is now {}", .price.minor())]
    PriceChanged {
        /// The price now.
        price: Amount,
    },
    /// The buyer has as many live holds as one buyer may have.
    #[error("the buyer has {max} live holds")]
    TooManyHolds {
        /// Most live holds of one buyer.
        max: usize,
    },
    /// The account has as many keys as one may have.
    #[error("the account has {max} keys")]
    TooManyKeys {
        /// Most keys of one account.
        max: usize,
    },
    /// The account has as many webhooks as one may have.
    #[error("the account has {max} webhooks")]
    TooManyWebhooks {
        /// Most webhooks of one account.
        max: usize,
    },
    /// Some of the events that are asked for are not kept any more.
    #[error("some of these events are not kept any more")]
    EventsForgotten,
    /// The buyer let this ticket go moments ago.
    #[error("the buyer must wait before reserving this ticket again")]
    CoolingDown {
        /// When the buyer may reserve it again.
        until: Timestamp,
    },
    /// The account is deleted.
    #[error("the account is deleted")]
    AccountGone,
    /// What was begun took too long and has to be begun again.
    #[error("it took too long")]
    TooLate,
    /// The edit was based on content that has changed since.
    #[error("the listing was edited meanwhile")]
    StaleEdit,
    /// A held or sold ticket can be neither edited nor deleted.
    #[error("the ticket is held or sold")]
    HeldOrSold,
    /// A withdrawn, ended or removed listing cannot be changed.
    #[error("the listing is closed")]
    ListingClosed,
    /// The hold ended before it was paid.
    #[error("the hold has ended")]
    HoldEnded,
    /// The payment is under way, so the order cannot be cancelled.
    #[error("the order is being paid")]
    BeingPaid,
    /// The order is paid already.
    #[error("the order is paid")]
    AlreadyPaid,
    /// The order was cancelled.
    #[error("the order was cancelled")]
    OrderCancelled,
    /// The order is not paid, so there is nothing to refund.
    #[error("the order is not paid")]
    NotPaid,
    /// The refund is under way.
    #[error("the order is being refunded")]
    BeingRefunded,
    /// The money went back already.
    #[error("the order is refunded")]
    AlreadyRefunded,
    /// The card holder disputes the charge, or won that dispute.
    #[error("the charge is disputed")]
    Disputed,
    /// The event has begun, or the time for refunds is over.
    #[error("it is too late for a refund")]
    RefundTooLate,
    /// A mailed link was used, has expired, or is of an account that changed.
    #[error("the link is no longer valid")]
    LinkGone,
    /// Whoever has no password and no second factor shows who they are by
    /// signing in.
    #[error("signing in was too long ago")]
    SignInAgain,
    /// Whoever is party to an order that is not over stays.
    #[error("an order is not over")]
    StillParty,
    /// What the provider says of somebody belongs to another account.
    #[error("the identity is of another account")]
    IdentityTaken,
    /// Nobody can sign in to an account without any way to.
    #[error("it is the last way to sign in")]
    LastWayIn,
    /// The provider does not say that the address is the person's.
    #[error("the provider has not verified the address")]
    UnverifiedIdentity,
    /// What was begun at a provider did not come back as it went.
    #[error("signing in with the provider did not work")]
    ProviderRefused,
    /// The address of the account is verified already.
    #[error("the address is verified")]
    VerifiedAlready,
    /// Somebody else decided the case.
    #[error("the case is decided")]
    CaseDecided,
    /// What somebody offers who is suspended stays off the market.
    #[error("the seller is suspended")]
    SellerSuspended,
    /// Nobody takes their own rights away.
    #[error("that is the asker's own account")]
    OwnAccount,
    /// The viewer reported the listing before.
    #[error("it was reported by the same person")]
    ReportedAlready,
    /// The state tables have no such step.
    #[error("{from} cannot become {to}")]
    NoSuchStep {
        /// The status it has.
        from: &'static str,
        /// The status asked for.
        to: &'static str,
    },
    /// The release names an order that does not hold the ticket.
    #[error("another order holds the ticket")]
    NotTheHolder,
}
