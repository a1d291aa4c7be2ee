// [data-live=address][data-stamp]: asks every few seconds whether the page is still right, and has it drawn anew if not.
// [data-submits-itself]: a filter that is applied as soon as something is chosen from a list.
(() => {
  const EVERY = 4000;
  let opened = [];
  let place = 0;
  let asking = false;

  const ask = async () => {
    const figures = document.querySelector("[data-live]");
    if (!figures || document.hidden || asking) return;
    asking = true;
    try {
      const stamp = encodeURIComponent(figures.dataset.stamp);
      const answer = await fetch(`${figures.dataset.live}&stamp=${stamp}`, { redirect: "manual", cache: "no-store" });
      if (answer.status === 200 && figures.isConnected) window.htmx.trigger(figures, "stale");
    } catch {
      // Not reachable now: the next round asks again.
    } finally {
      asking = false;
    }
  };

  document.addEventListener("htmx:beforeSwap", () => {
    opened = [...document.querySelectorAll("#dashboard details[open][id]")].map((details) => details.id);
    place = window.scrollY;
  });
  document.addEventListener("htmx:afterSwap", () => {
    opened.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    window.scrollTo({ top: place, behavior: "instant" });
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-submits-itself]");
    if (form && event.target.matches("select") && event.target.value !== "custom") form.requestSubmit();
  });
  document.addEventListener("visibilitychange", ask);
  setInterval(ask, EVERY);
})();
