// A form with data-unsaved asks before what was typed into it is lost.
(() => {
  let leaving = false;
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-unsaved]");
    if (form) form.dataset.unsaved = "yes";
  });
  document.addEventListener("submit", (event) => {
    // A button that only shows something in a frame leaves nothing; nor does what a script sends.
    const stays = event.submitter?.formTarget || event.defaultPrevented;
    if (event.target.matches("form[data-unsaved]") && !stays) leaving = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && document.querySelector('form[data-unsaved="yes"]')) event.preventDefault();
  });
  // Back from the browser's memory: the page stands there unsent again.
  window.addEventListener("pageshow", () => { leaving = false; });
})();
