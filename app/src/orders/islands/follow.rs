use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    orders::{
        api::{finish_payment, order_pulse},
        types::OrderPulse,
    },
    ui::{browser, live},
};

/// How often an order that goes on without its viewer is looked at, besides
/// being told: Stripe's word may come a little later than the event.
const LOOK_AGAIN: Duration = Duration::from_secs(3);

/// An order that is shown, as its page follows it.
#[derive(Clone, Copy)]
pub(super) struct Followed {
    pub(super) id: StoredValue<String>,
    pub(super) pulse: RwSignal<OrderPulse>,
    /// Whether a payment is being made on this page, which must not be left then.
    pub(super) paying: StoredValue<bool>,
}

impl Followed {
    pub(super) fn new(id: String, pulse: OrderPulse) -> Self {
        Self {
            id: StoredValue::new(id),
            pulse: RwSignal::new(pulse),
            paying: StoredValue::new(false),
        }
    }

    /// Follows the order from `position` on. Who comes back in the middle of a
    /// payment, so `being_paid`, sees where it stands at Stripe.
    pub(super) fn begin(self, position: String, being_paid: bool) {
        browser::effect(move || {
            let topic = ("order", self.id.get_value());
            live::follow(Some(topic), position.clone(), move |_| self.read_again());
            browser::every(LOOK_AGAIN, move || {
                let in_motion = self.pulse.with_untracked(|pulse| pulse.in_motion);
                if in_motion && !document().hidden() {
                    self.read_again();
                }
            });
            if being_paid {
                spawn_local(async move {
                    if let Some(id) = self.id.try_get_value()
                        && finish_payment(id).await.is_ok()
                    {
                        self.read().await;
                    }
                });
            }
        });
    }

    /// Looks what became of the order. What is another page is loaded.
    pub(super) async fn read(self) {
        let Some(id) = self.id.try_get_value() else {
            return;
        };
        // A reading that fails is made again by whatever asked for it.
        let Ok(read) = order_pulse(id).await else {
            return;
        };
        let Some(shown) = self.pulse.try_get_untracked() else {
            return;
        };
        if read.face != shown.face && !self.paying.get_value() {
            browser::reload();
        }
        // The face is of the page that was loaded.
        self.pulse.set(OrderPulse {
            face: shown.face,
            ..read
        });
    }

    /// Looks what became of the order, meanwhile.
    pub(super) fn read_again(self) {
        spawn_local(self.read());
    }
}

/// Loads the page of an order again when there is something else to show.
#[island(lazy)]
pub(crate) fn FollowOrder(
    id: String,
    pulse: OrderPulse,
    position: String,
    being_paid: bool,
) -> impl IntoView {
    Followed::new(id, pulse).begin(position, being_paid);
}
