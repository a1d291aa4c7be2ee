// [data-columns] with [data-look]: as soon as something is said about the columns, the first rows are shown anew.
(() => {
  let focused = "";
  let place = 0;

  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-columns]");
    if (form && event.target.matches("[data-look]")) window.htmx.trigger(form, "look");
  });
  document.addEventListener("htmx:beforeSwap", () => {
    focused = document.activeElement?.id ?? "";
    place = window.scrollY;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    window.scrollTo({ top: place, behavior: "instant" });
  });
})();
