async (js, wasm) => {
  const { fetch, scheduler } = globalThis;
  const pause = () => scheduler?.yield?.() ?? new Promise((done) => setTimeout(done));
  const idle = globalThis.requestIdleCallback ?? setTimeout;
  await new Promise((done) => idle(done, { timeout: 2000 }));
  const client = await import(js);
  await pause();
  await client.default({ module_or_path: wasm });
  await pause();
  client.hydrate();
  globalThis.fetch = async (what, how) => {
    if (what instanceof URL) await pause();
    return fetch(what, how);
  };
  const alive = new Map();
  const revive = async (island) => {
    await alive.get(island.parentElement.closest("leptos-island"));
    island.closest("leptos-children")?.$$on_hydrate?.();
    await client[island.dataset.component](island);
  };
  for (const island of document.querySelectorAll("leptos-island")) {
    await pause();
    alive.set(island, revive(island));
  }
}
