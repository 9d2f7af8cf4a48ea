//! How the islands of a page come to life.

use std::{fs, io, sync::OnceLock};

use leptos::{nonce::use_nonce, prelude::*};

/// Loads the client once the browser has nothing else to do, and hydrates the
/// islands in their order, each once the one around it is alive.
///
/// Each step is a task of its own, between which the page answers touches: what
/// Leptos's script does in one task takes a slow phone a quarter of a second. An
/// island that is loaded lazily comes in a score of parts, which wasm-split names
/// by `URL` objects and asks for all at once: each of them waits its turn, too.
/// Nobody waits for an island that is not around them: one whose parts do not come
/// never answers, and Leptos's script leaves all after it dead.
const SCRIPT: &str = include_str!("hydration.js");

/// Where the site has the client: its script and its WASM module.
#[derive(Debug)]
pub struct Client {
    /// Path of the script, from the root of the site.
    pub js: String,
    /// Path of the module, likewise.
    pub wasm: String,
}

impl Client {
    /// The client that was built with this program.
    ///
    /// # Errors
    /// When the file of hashes is not beside the program.
    pub fn of(options: &LeptosOptions) -> io::Result<Self> {
        let hashes = if options.hash_files {
            fs::read_to_string(std::env::current_exe()?.with_file_name(&*options.hash_file))?
        } else {
            String::new()
        };
        let path = |kind: &str| {
            let hash = hashes
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| *name == kind)
                .map(|(_, hash)| format!(".{}", hash.trim()));
            let (folder, name) = (&options.site_pkg_dir, &options.output_name);
            format!("/{folder}/{name}{}.{kind}", hash.unwrap_or_default())
        };
        Ok(Self {
            js: path("js"),
            wasm: path("wasm"),
        })
    }
}

/// The script, and what it will need.
#[component]
pub(crate) fn Hydration(options: LeptosOptions) -> impl IntoView {
    static CLIENT: OnceLock<Option<Client>> = OnceLock::new();
    // The server does not start without it.
    let client = CLIENT.get_or_init(|| Client::of(&options).ok()).as_ref()?;
    let Client { js, wasm } = client;
    Some(view! {
        <link rel="modulepreload" href=js.clone() crossorigin="anonymous" />
        <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=use_nonce()>{format!("({SCRIPT})({js:?},{wasm:?})")}</script>
    })
}
