// [data-drag=place] is picked up and put before or after a [data-drop=place]; the buttons up and down do the same.
(() => {
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  desk.dataset.drags = "";
  let source = "";

  const isChoice = (place) => place.includes(".choices[");
  const holder = (place) => place.replace(/\[\d+\]$/, "");
  const fits = (place) => source && isChoice(source) === isChoice(place) && (!isChoice(source) || holder(source) === holder(place));
  const isLower = (over, event) => {
    const box = over.getBoundingClientRect();
    return over.matches("article, .hb-choice") && event.clientY > box.top + box.height / 2;
  };
  const clear = () => document.querySelectorAll(".is-before, .is-after").forEach((one) => one.classList.remove("is-before", "is-after"));
  const after = (place) => place.replace(/\[(\d+)\]$/, (_all, at) => `[${Number(at) + 1}]`);

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-drag]");
    if (grip) grip.closest("[data-drop]").draggable = true;
  });
  document.addEventListener("pointerup", () => document.querySelectorAll("[draggable=true]").forEach((one) => { one.draggable = false; }));
  document.addEventListener("dragstart", (event) => {
    const card = event.target.closest?.("[data-drop][draggable=true]");
    if (!card) return;
    source = card.dataset.drop;
    card.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", source);
  });
  document.addEventListener("dragover", (event) => {
    const over = event.target.closest?.("[data-drop]");
    if (!over || !fits(over.dataset.drop)) return;
    event.preventDefault();
    clear();
    over.classList.add(isLower(over, event) ? "is-after" : "is-before");
  });
  document.addEventListener("drop", (event) => {
    const over = event.target.closest?.("[data-drop]");
    if (!over || !fits(over.dataset.drop)) return;
    event.preventDefault();
    const target = isLower(over, event) ? after(over.dataset.drop) : over.dataset.drop;
    // The form itself sends no order, see hx-params; whatever stands in it sends all of the form, and what is said here.
    if (target !== source && target !== after(source))
      window.htmx.ajax("POST", location.pathname, { source: over, target: "#editor", select: "#editor", swap: "outerHTML", values: { do: `put:${source}/${target}` } });
  });
  document.addEventListener("dragend", () => {
    clear();
    source = "";
    document.querySelectorAll(".is-dragged, [draggable=true]").forEach((one) => { one.classList.remove("is-dragged"); one.draggable = false; });
  });
})();
