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

  // The words of a language come with the program, so what is said without it stands here.
  const stopped = {
    en: "The dashboard did not start. Reload the page; if it stays like this, this browser is too old for it, or the program was updated and must be restarted.",
    zh: "仪表盘未能启动。请重新加载页面；如果仍然如此，可能是浏览器版本过旧，或程序已更新、需要重启。",
    vi: "Bảng điều khiển không khởi động được. Hãy tải lại trang; nếu vẫn vậy thì trình duyệt này quá cũ, hoặc chương trình đã được cập nhật và cần khởi động lại.",
  };
  const language = () => {
    let chosen = null;
    try {
      chosen = localStorage.getItem("language");
    } catch {
      // No storage here: the browser's language it is.
    }
    const wanted = chosen ? [chosen] : navigator.languages;
    return wanted.map((tag) => tag.toLowerCase().split("-")[0]).find((tag) => tag in stopped) ?? "en";
  };

  start().catch((error) => {
    console.error(error);
    const word = document.createElement("p");
    word.className = "boot-word";
    word.setAttribute("role", "alert");
    word.lang = language();
    word.textContent = stopped[word.lang];
    document.getElementById("app").replaceChildren(word);
  }).then(ready);
})();
