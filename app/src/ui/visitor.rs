use leptos::prelude::*;

use super::reading::{Readable, Reading, read};
use crate::accounts::{api, types::Visitor};

/// Who is looking: read once for the whole visit, because signing in and out
/// loads the page anew.
#[derive(Clone, Copy)]
pub(crate) struct CurrentVisitor(Reading);

impl CurrentVisitor {
    /// Lets every component of the app know.
    pub(crate) fn provide() {
        provide_context(Self(read(String::new, |_| api::visitor())));
    }

    /// The one that was provided.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// The visitor; somebody unknown while the database is away, so that the
    /// page can say so.
    pub(crate) async fn get(self) -> Visitor {
        self.0
            .await
            .ok()
            .and_then(Visitor::unwrap)
            .unwrap_or(Visitor {
                name: None,
                unverified: false,
                test_mode: false,
                currency: String::new(),
            })
    }

    /// A part of the page that depends on it.
    pub(crate) fn view(self, view: impl Fn(Visitor) -> AnyView + Send + Sync + 'static) -> AnyView {
        fn erased(
            visitor: CurrentVisitor,
            view: std::sync::Arc<dyn Fn(Visitor) -> AnyView + Send + Sync>,
        ) -> AnyView {
            view! {
                <Suspense>
                    {move || {
                        let view = view.clone();
                        Suspend::new(async move { view(visitor.get().await) })
                    }}
                </Suspense>
            }
            .into_any()
        }
        erased(self, std::sync::Arc::new(view))
    }
}
