use std::time::Duration;

use domain::time::countdown;
use leptos::prelude::*;
use texts::orders as text;

use super::follow::Followed;
use crate::{
    language::language,
    ui::{Moment, browser},
};

/// Several times a second, so that no shown second is skipped.
const TICK: Duration = Duration::from_millis(250);
/// Milliseconds between the questions what became of an order whose time is up.
const ASK_AGAIN: u64 = 2_000;

/// The time that is left, by the server's clock: it says how much is left, the
/// browser only subtracts what has passed since.
#[component]
pub(super) fn Countdown(order: Followed) -> impl IntoView {
    let language = language();
    let left = Memo::new(move |_| order.pulse.with(|pulse| pulse.left_ms));
    let now_left = RwSignal::new(left.get_untracked());
    let said = RwSignal::new(String::new());
    let first = StoredValue::new(true);
    browser::effect(move || {
        // Runs again, with a new start, whenever the server says anew how much
        // is left. What came with the page was left when it was asked for.
        let was_left = left.get();
        let at = if first.get_value() {
            browser::page_asked_for_ms()
        } else {
            browser::now_ms()
        };
        first.set_value(false);
        let ask_at = StoredValue::new(0);
        browser::every(TICK, move || {
            let now = browser::now_ms();
            let left = was_left.saturating_sub(now.saturating_sub(at));
            if let Some(message) = announcement(now_left.get_untracked(), left) {
                said.set(message);
            }
            now_left.set(left);
            if left == 0 && now >= ask_at.get_value() {
                ask_at.set_value(now + ASK_AGAIN);
                order.read_again();
            }
        });
    });
    view! {
        <div class="countdown">
            <span class="quiet">{text::time_left(language)}</span>
            <span role="timer" aria-live="off" class="left" class:soon=move || now_left.get() < 60_000>
                {move || countdown(Duration::from_millis(now_left.get()))}
            </span>
            <span class="quiet">{text::until(language)} " " {move || view! { <Moment when=order.pulse.with(|pulse| pulse.due.clone()) /> }}</span>
            <span role="status" class="unseen">{said}</span>
        </div>
    }
}

/// What is read out when `before` milliseconds have become `now`: little, so
/// that it helps and does not hurry.
fn announcement(before: u64, now: u64) -> Option<String> {
    let language = language();
    let passes = |mark: u64| before > mark && now <= mark;
    if passes(0) {
        Some(text::time_is_up(language).to_owned())
    } else if passes(60_000) {
        Some(text::minutes_left(language, 1))
    } else if passes(300_000) {
        Some(text::minutes_left(language, 5))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_announced_at_five_minutes_one_minute_and_the_end() {
        let language = language();
        let said: Vec<_> = (0..=400_u64)
            .rev()
            .filter_map(|second| announcement((second + 1) * 1_000, second * 1_000))
            .collect();
        assert_eq!(
            said,
            [
                text::minutes_left(language, 5),
                text::minutes_left(language, 1),
                text::time_is_up(language).to_owned()
            ]
        );
    }
}
