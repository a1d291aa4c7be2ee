// [data-chart="id of a JSON script"]: draws the figure in the colours of the current theme; [data-picture] saves it.
(() => {
  const CONFIG = { displayModeBar: false, responsive: true, doubleClick: false };

  // The figure names its colours in layout.meta: the theme's own are put in their place.
  const inTheme = (json) => {
    const figure = JSON.parse(json);
    const style = getComputedStyle(document.documentElement);
    let drawn = json;
    for (const [name, colour] of Object.entries(figure.layout.meta)) {
      drawn = drawn.replaceAll(`"${colour}"`, JSON.stringify(style.getPropertyValue(name).trim() || colour));
    }
    const themed = JSON.parse(drawn);
    themed.layout.template.layout.font.family = getComputedStyle(document.body).fontFamily;
    return themed;
  };

  // A bar or a point leads where its row of the table leads; whoever may not see answers has no links there.
  const linkOf = (plot, point) =>
    plot.closest(".hb-chart").querySelectorAll("tbody tr")[point.pointIndex]?.querySelector("th a");
  const lead = (plot) => {
    plot.dataset.leads = "yes";
    plot.on("plotly_click", (event) => linkOf(plot, event.points[0])?.click());
    plot.on("plotly_hover", (event) => plot.classList.toggle("leads", Boolean(linkOf(plot, event.points[0]))));
    plot.on("plotly_unhover", () => plot.classList.remove("leads"));
  };

  const draw = (plot) => {
    const source = document.getElementById(plot.dataset.chart);
    if (!source || !window.Plotly) return;
    const figure = inTheme(source.textContent);
    window.Plotly.react(plot, figure.data, figure.layout, CONFIG);
    if (!plot.dataset.leads) lead(plot);
    document.querySelectorAll(`[data-picture="${plot.id}"]`).forEach((button) => { button.hidden = false; });
  };

  const drawAll = (within = document) => within.querySelectorAll("[data-chart]").forEach(draw);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-picture]");
    if (!button) return;
    const plot = document.getElementById(button.dataset.picture);
    const surface = getComputedStyle(document.documentElement).getPropertyValue("--hb-surface").trim();
    const picture = { data: plot.data, layout: { ...plot.layout, paper_bgcolor: surface } };
    window.Plotly.downloadImage(picture, { format: "png", width: 1200, height: 600, filename: button.dataset.name });
  });
  document.addEventListener("themechange", () => drawAll());
  document.addEventListener("htmx:beforeCleanupElement", (event) => {
    if (event.target.matches?.("[data-chart]")) window.Plotly?.purge(event.target);
  });
  document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target));
  document.addEventListener("htmx:historyRestore", () => drawAll());
  document.addEventListener("DOMContentLoaded", () => drawAll());
})();
