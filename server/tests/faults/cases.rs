//! The table: which step meets which fault.

use std::fmt;

use stripe_sandbox::{FaultKind, Operation};

/// What is done with the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Before it: the ticket is listed and judged.
    List,
    /// The same, and a moderator decides.
    Decide,
    /// It is made, and its buyer may go away.
    Reserve,
    /// It is paid.
    Pay,
    /// It is not paid in time; its card is authorised too late.
    Expire,
    /// Its buyer lets it go.
    Cancel,
    /// It is paid and refunded.
    Refund,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// The server is killed at this transaction.
    Transaction(&'static str, When),
    /// The server is killed while it waits for Stripe, which has done the work
    /// by then or does it later.
    Call(Operation, Worked),
    /// Stripe answers so, once.
    Stripe(Operation, FaultKind),
    /// Webhooks come so.
    Webhooks(Webhooks),
    /// The broker answers nothing for some seconds.
    BrokerAway,
    /// Everything is asked for many times at once.
    Storm,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    Before,
    During,
    After,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Worked {
    Before,
    After,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Webhooks {
    Never,
    Twice,
    Reversed,
    /// By the clocks of server and Stripe.
    AnHourLate,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) flow: Flow,
    pub(crate) fault: Fault,
}

/// The transactions that a listing and an order go through, and where.
const TRANSACTIONS: [(Flow, &str); 22] = [
    (Flow::List, "list ticket"),
    (Flow::List, "judge listing"),
    (Flow::Decide, "decide case"),
    (Flow::Reserve, "reserve"),
    (Flow::Pay, "begin payment"),
    (Flow::Pay, "note payment"),
    (Flow::Pay, "take order"),
    (Flow::Pay, "complete order"),
    (Flow::Expire, "end holds"),
    (Flow::Expire, "close payment"),
    (Flow::Cancel, "end hold"),
    (Flow::Cancel, "close payment"),
    (Flow::Refund, "begin refund"),
    (Flow::Refund, "refund order"),
    (Flow::Expire, "find intent"),
    (Flow::Refund, "note refund"),
    (Flow::Pay, "note card"),
    (Flow::Pay, "payment failed"),
    (Flow::Pay, "note webhook"),
    (Flow::Pay, "note dispute"),
    (Flow::Pay, "count"),
    (Flow::Refund, "refund failed"),
];

/// The calls of Stripe, and where.
const CALLS: [(Flow, Operation); 5] = [
    (Flow::Pay, Operation::Create),
    (Flow::Pay, Operation::Capture),
    (Flow::Expire, Operation::Cancel),
    (Flow::Cancel, Operation::Cancel),
    (Flow::Refund, Operation::Refund),
];

pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |flow, fault| cases.push(Case { flow, fault });
    for (flow, name) in TRANSACTIONS {
        for when in [When::Before, When::During, When::After] {
            add(flow, Fault::Transaction(name, when));
        }
    }
    for (flow, operation) in CALLS {
        for worked in [Worked::Before, Worked::After] {
            add(flow, Fault::Call(operation, worked));
        }
        for kind in [
            FaultKind::TimeoutAfterWork,
            FaultKind::Error500,
            FaultKind::Error500AfterWork,
            FaultKind::Error429,
        ] {
            add(flow, Fault::Stripe(operation, kind));
        }
    }
    add(
        Flow::Pay,
        Fault::Stripe(Operation::Retrieve, FaultKind::Error500),
    );
    for flow in [Flow::Pay, Flow::Expire, Flow::Cancel, Flow::Refund] {
        for webhooks in [
            Webhooks::Never,
            Webhooks::Twice,
            Webhooks::Reversed,
            Webhooks::AnHourLate,
        ] {
            add(flow, Fault::Webhooks(webhooks));
        }
    }
    for flow in [
        Flow::Reserve,
        Flow::Pay,
        Flow::Expire,
        Flow::Cancel,
        Flow::Refund,
    ] {
        add(flow, Fault::BrokerAway);
        add(flow, Fault::Storm);
    }
    cases
}

impl Case {
    /// The test card that leads to where the fault waits
    /// (<https://docs.stripe.com/testing>).
    pub(crate) fn card(self) -> &'static str {
        match self.fault {
            Fault::Transaction("note card", _) => "4000000000000002",
            Fault::Transaction("note dispute", _) => "4000000000000259",
            Fault::Transaction("note refund", _) => "4000000000007726",
            Fault::Transaction("refund failed", _) => REFUND_FAILS,
            _ => "4242424242424242",
        }
    }

    /// Whether only an order that is paid too late comes to where the fault
    /// waits.
    pub(crate) fn is_met_too_late(self) -> bool {
        let waits = matches!(
            self.fault,
            Fault::Transaction(..) | Fault::Call(..) | Fault::Stripe(..)
        );
        self.flow == Flow::Expire && waits
    }

    /// Whether an order may end so; `refund_accepted` says whether the server
    /// had promised its money back.
    pub(crate) fn may_end(self, end: &str, refund_accepted: bool) -> bool {
        use Fault::{BrokerAway, Call, Storm, Stripe, Transaction, Webhooks};
        use When::{After, Before, During};
        let ends: &[&str] = match (self.flow, self.fault) {
            (Flow::List, Transaction("list ticket", Before | During)) => {
                &["no listing", "on the market"]
            }
            (Flow::List | Flow::Decide, _) => &["on the market"],
            (Flow::Reserve, Transaction(_, Before | During)) => &["no order", "cancelled"],
            (Flow::Reserve | Flow::Cancel, _) => &["cancelled"],
            (Flow::Expire, _) if self.is_met_too_late() => &["cancelled"],
            // Too late is too late, but the grace may just have been enough.
            (Flow::Expire, _) => &["cancelled", "complete"],
            (Flow::Pay, Transaction("note card" | "payment failed", _)) => &["cancelled"],
            // From here on there is no way back.
            (
                Flow::Pay,
                Transaction("take order", After)
                | Transaction("complete order" | "note webhook" | "note dispute" | "count", _)
                | Call(Operation::Capture, _)
                | Stripe(Operation::Capture | Operation::Retrieve, _)
                | Webhooks(self::Webhooks::Twice | self::Webhooks::Reversed)
                | BrokerAway
                | Storm,
            ) => &["complete"],
            // The hold may be over by the time that the server is back.
            (Flow::Pay, _) => &["cancelled", "complete"],
            (Flow::Refund, Transaction("refund failed", _)) => &["complete"],
            (Flow::Refund, Transaction("begin refund", Before | During)) if !refund_accepted => {
                &["complete", "refunded"]
            }
            (Flow::Refund, _) => &["refunded"],
        };
        ends.contains(&end)
    }
}

/// The sandbox's own: its refunds are pending, then they fail.
const REFUND_FAILS: &str = "4000000000005134";

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flow = match self.flow {
            Flow::List => "list",
            Flow::Decide => "decide",
            Flow::Reserve => "reserve",
            Flow::Pay => "pay",
            Flow::Expire => "expire",
            Flow::Cancel => "cancel",
            Flow::Refund => "refund",
        };
        write!(f, "{flow}, ")?;
        match self.fault {
            Fault::Transaction(name, when) => {
                let when = match when {
                    When::Before => "before",
                    When::During => "during",
                    When::After => "after",
                };
                write!(f, "killed {when} the commit \"{name}\"")
            }
            Fault::Call(operation, worked) => {
                let worked = match worked {
                    Worked::Before => "before",
                    Worked::After => "after",
                };
                write!(f, "killed {worked} Stripe's {operation:?}")
            }
            Fault::Stripe(operation, kind) => write!(f, "Stripe's {operation:?} {kind:?}"),
            Fault::Webhooks(webhooks) => write!(f, "webhooks {webhooks:?}"),
            Fault::BrokerAway => f.write_str("broker away"),
            Fault::Storm => f.write_str("conflict storm"),
        }
    }
}
