// [data-board]: a case may also be dragged into another column; the form on its card does the same by keyboard.
(() => {
  const board = document.querySelector("[data-board]");
  if (!board) return;
  let dragged = null;

  for (const card of board.querySelectorAll("[data-case]:has(form)")) card.draggable = true;

  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-case]");
    event.dataTransfer.effectAllowed = "move";
  });
  board.addEventListener("dragend", () => {
    dragged = null;
    for (const column of board.querySelectorAll(".is-target")) column.classList.remove("is-target");
  });
  board.addEventListener("dragover", (event) => {
    const column = event.target.closest("[data-column]");
    if (!dragged || !column || column.contains(dragged)) return;
    event.preventDefault();
    for (const other of board.querySelectorAll(".is-target")) other.classList.toggle("is-target", other === column);
    column.classList.add("is-target");
  });
  board.addEventListener("drop", (event) => {
    const column = event.target.closest("[data-column]");
    if (!dragged || !column || column.contains(dragged)) return;
    event.preventDefault();
    if (column.dataset.column === "closed") {
      // Closing asks for an outcome and a cause: its page has the form.
      window.location.assign(dragged.querySelector("[data-close]").href);
      return;
    }
    const form = dragged.querySelector("form");
    form.elements.state.value = column.dataset.column;
    form.requestSubmit();
  });
})();
