//! The WASM client: brings the islands of the pages that the server sent to
//! life.

#![recursion_limit = "256"]

// The script in every page finds the islands by name among what this exports.
use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the script in every page, once the WASM module is loaded and before
/// the islands are.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
