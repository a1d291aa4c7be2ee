// While a form that acts is on its way, its buttons rest: pressed twice is pressed once.
(() => {
  const AT_MOST = 30000;
  const rests = (form, resting) => {
    for (const button of document.querySelectorAll("button, input[type=submit]")) {
      if (button.form !== form || button.type !== "submit") continue;
      button.classList.toggle("disabled", resting);
      // Not the attribute itself: it would take the focus away, and what the button says out of the form.
      if (resting) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    }
  };
  const wake = (form) => {
    delete form.dataset.sending;
    rests(form, false);
  };

  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    const method = submitter?.getAttribute("formmethod") || form.getAttribute("method") || "get";
    // What shows something in a frame or a new tab leaves the page as it is; so does what a script has taken over.
    const stays = submitter?.getAttribute("formtarget") || form.getAttribute("target");
    if (event.defaultPrevented || stays || method.toLowerCase() !== "post") return;
    if (form.dataset.sending !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "";
    rests(form, true);
    // Whoever chose to stay, or waits for a server that does not answer, may press again.
    setTimeout(() => wake(form), AT_MOST);
  });
  // Back from the browser's memory: the page stands there unsent again.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(wake));
})();
