// Light or dark: as the person chose here, else as her system says. Loaded first, so that nothing flashes.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  const apply = () => {
    const theme = chosen() || (system.matches ? "dark" : "light");
    if (root.dataset.bsTheme === theme) return;
    root.dataset.bsTheme = theme;
    document.dispatchEvent(new CustomEvent("themechange", { detail: theme }));
  };
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    try { localStorage.setItem("theme", root.dataset.bsTheme === "dark" ? "light" : "dark"); } catch { return; }
    apply();
  });
})();
