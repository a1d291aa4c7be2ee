// [data-columns] with [data-look]: as soon as something is said about the columns, the first rows are shown anew.
// Whoever goes on meanwhile is not taken back: an answer to what stood there before is dropped, and asked for again.
(() => {
  let focused = "";
  let place = 0;
  let isUnderWay = false;
  let isStale = false;
  let isOwed = false;

  const formOf = (event) => event.target.closest?.("[data-columns]");
  const look = (form) => window.htmx.trigger(form, "look");

  document.addEventListener("input", (event) => {
    if (formOf(event)) isStale = isUnderWay;
  });
  document.addEventListener("change", (event) => {
    const form = formOf(event);
    if (!form || !(isStale || isOwed || event.target.matches("[data-look]"))) return;
    isOwed = true;
    if (!isUnderWay) look(form);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!formOf(event)) return;
    isUnderWay = true;
    isStale = isOwed = false;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    focused = document.activeElement?.id ?? "";
    place = window.scrollY;
    if (formOf(event) && isStale) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    // The form that asked has made way for the one that came.
    const form = document.querySelector("[data-columns]");
    if (!form || !event.detail.requestConfig?.elt?.matches("[data-columns]")) return;
    isUnderWay = false;
    if (isStale && isOwed) look(form);
    else isOwed = isStale;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    window.scrollTo({ top: place, behavior: "instant" });
  });
})();
