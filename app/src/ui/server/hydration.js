async (js, wasm) => {
  const { fetch, scheduler } = globalThis;
  const pause = () => scheduler?.yield?.() ?? new Promise((done) => setTimeout(done));
  await new Promise((done) => (globalThis.requestIdleCallback ?? setTimeout)(done));
  const client = await import(js);
  await pause();
  await client.default({ module_or_path: wasm });
  await pause();
  client.hydrate();
  globalThis.fetch = async (what, how) => {
    if (what instanceof URL) await pause();
    return fetch(what, how);
  };
  for (const island of document.querySelectorAll("leptos-island")) {
    await pause();
    island.closest("leptos-children")?.$$on_hydrate?.();
    await client[island.dataset.component](island);
  }
  globalThis.fetch = fetch;
}
