// A form with data-submit-on-change needs no button: what is chosen is shown.
for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
}
