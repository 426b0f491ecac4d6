// Starts the dashboard. The policy of the page forbids inline scripts, so this is a file; it runs
// before the first paint, so that a chosen theme never flashes the other one.
(() => {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // No storage here: the system's theme it is.
  }

  const parsed = new Promise((done) => document.addEventListener("DOMContentLoaded", done));
  const start = async () => {
    const app = await import("/app.js");
    await parsed;
    await app.default({ module_or_path: "/app_bg.wasm" });
  };

  // The tray app shows its window only now, on this ground: no white window flashes up.
  const ready = () => {
    const ground = getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g);
    window.__TAURI__?.core.invoke("page_ready", { ground: ground.slice(0, 3).map(Number) });
  };

  start().catch((error) => {
    console.error(error);
    const word = document.createElement("p");
    word.className = "boot-word";
    word.setAttribute("role", "alert");
    word.textContent =
      "The dashboard did not start. Reload the page; if it stays like this, this browser is too old for it, or the program was updated and must be restarted.";
    document.getElementById("app").replaceChildren(word);
  }).then(ready);
})();
