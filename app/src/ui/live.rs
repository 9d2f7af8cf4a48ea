//! What the server says while a page is open: one connection for each page that
//! is looked at (server-sent events, <https://html.spec.whatwg.org/#server-sent-events>).

use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use web_sys::{EventSource, MessageEvent};

use super::{browser, links};

/// How long a page waits before it asks again for a connection that the server
/// refused: some of it by chance, or all whom a restart cut off come at once.
const REFUSED_MS: u64 = 4_000;
/// How often it is looked whether the computer slept, which no event tells.
const TICK: Duration = Duration::from_secs(5);

/// What is told.
pub(crate) enum Said {
    /// Changes of the market, as JSON.
    Tickets(String),
    /// What the page shows changed, or what was told was missed: read it again.
    ReadAgain,
}

struct Line {
    /// What is followed: nothing for the market.
    topic: (&'static str, String),
    /// Until where everything was told.
    position: RefCell<String>,
    source: RefCell<Option<EventSource>>,
    tell: Box<dyn Fn(Said)>,
}

/// Tells what happens after `position`, while the page is looked at and the
/// calling component is there: to `topic`, a name and an id, or on the market.
///
/// Called from an effect.
pub(crate) fn follow(
    topic: Option<(&'static str, String)>,
    position: String,
    tell: impl Fn(Said) + 'static,
) {
    let line = Rc::new(Line {
        topic: topic.unwrap_or_default(),
        position: RefCell::new(position),
        source: RefCell::new(None),
        tell: Box::new(tell),
    });
    line.clone().open();
    let seen = StoredValue::new(browser::now_ms());
    browser::every(TICK, {
        let line = line.clone();
        move || {
            let now = browser::now_ms();
            let slept = now.saturating_sub(seen.get_value()) > 4 * TICK.as_millis() as u64;
            seen.set_value(now);
            if slept && !document().hidden() {
                line.clone().open();
            }
        }
    });
    // A browser has six connections for a site (HTTP/1.1): pages that nobody
    // looks at need none. A page that is kept for *Back* must have none.
    let listeners = ["visibilitychange", "pagehide", "pageshow"].map(|name| {
        let line = line.clone();
        window_event_listener_untyped(name, move |event| {
            if event.type_() == "pagehide" || document().hidden() {
                line.close();
            } else if line.source.borrow().is_none() {
                line.clone().open();
            }
        })
    });
    let line = SendWrapper::new(line);
    on_cleanup(move || {
        line.close();
        for listener in listeners {
            listener.remove();
        }
    });
}

impl Line {
    fn close(&self) {
        if let Some(source) = self.source.take() {
            source.close();
        }
    }

    /// Begins to listen, anew if need be.
    fn open(self: Rc<Self>) {
        self.close();
        let (name, id) = &self.topic;
        let position = self.position.borrow().clone();
        let url = links::with_query("/live", &[(name, id), ("after", &position)]);
        let Ok(source) = EventSource::new(&url) else {
            return;
        };
        let handler: Closure<dyn Fn(MessageEvent)> = Closure::new({
            let line = Rc::downgrade(&self);
            move |event: MessageEvent| {
                if let Some(line) = line.upgrade() {
                    line.hear(&event);
                }
            }
        });
        let handler = handler.into_js_value();
        for event in ["ready", "tickets", "ticket", "order", "reset"] {
            // Fails for no function only.
            let _ = source.add_event_listener_with_callback(event, handler.unchecked_ref());
        }
        let refused: Closure<dyn Fn()> = Closure::new({
            let line = Rc::downgrade(&self);
            move || {
                if let Some(line) = line.upgrade() {
                    line.ask_again_later();
                }
            }
        });
        source.set_onerror(Some(refused.into_js_value().unchecked_ref()));
        self.source.replace(Some(source));
    }

    fn hear(&self, event: &MessageEvent) {
        let id = event.last_event_id();
        if !id.is_empty() {
            self.position.replace(id);
        }
        match event.type_().as_str() {
            "ready" => {}
            "tickets" => (self.tell)(Said::Tickets(event.data().as_string().unwrap_or_default())),
            _ => (self.tell)(Said::ReadAgain),
        }
    }

    /// A connection that was cut the browser makes again by itself, one that was
    /// refused it does not.
    fn ask_again_later(self: Rc<Self>) {
        let closed = |line: &Self| {
            let source = line.source.borrow();
            source
                .as_ref()
                .is_some_and(|source| source.ready_state() == EventSource::CLOSED)
        };
        if !closed(&self) {
            return;
        }
        // What is left of the clock is chance enough.
        let wait = REFUSED_MS + browser::now_ms() % REFUSED_MS;
        set_timeout(
            move || {
                if closed(&self) {
                    self.open();
                }
            },
            Duration::from_millis(wait),
        );
    }
}
