// Shows the mail anew in its frame a moment after its words, language or reader have changed.
for (const form of document.querySelectorAll("form[data-mail-preview]")) {
  const show = form.querySelector("[data-mail-show]");
  let waiting;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => form.requestSubmit(show), 500);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  // What was refused is not stored, so the frame would show something else than the fields.
  if (form.querySelector('[aria-invalid="true"]')) soon();
}
