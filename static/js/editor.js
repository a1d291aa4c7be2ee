// The editor: says quietly what is saved, keeps open what was open, and brings the focus to where the change went.
(() => {
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  desk.dataset.scripted = "";
  const form = () => document.getElementById("editor");
  const state = () => form().querySelector("[data-state]");
  let typed = 0, sent = 0, opened = null, active = "", focus = "", retry = 0, waiting = "", scrolled = 0, said = "";
  let isUnderWay = false, pressed = [], late = new Set(), menus = [];

  const say = (sentence) => { document.getElementById("editor-said").textContent = sentence; };

  document.addEventListener("input", (event) => {
    if (!event.target.closest("#editor")) return;
    typed += 1;
    late.add(event.target);
    form().dataset.unsaved = "yes";
    state().textContent = form().dataset.saidSaving;
    unmark(event.target);
    const title = event.target.dataset.titles;
    if (!title) return;
    const place = document.querySelector(`[data-title="${CSS.escape(title)}"]`);
    place.textContent = event.target.value.trim() || place.dataset.empty;
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.target.closest("#editor")) return;
    isUnderWay = true;
    sent = typed;
    late.clear();
  });

  // One after the other: what is pressed while an answer is on its way is pressed at its new place when that has come.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("#editor button[hx-post][id]");
    if (!button || !isUnderWay) return;
    event.preventDefault();
    event.stopPropagation();
    pressed.push(button.id);
  }, true);
  const goOn = () => { while (pressed.length && !isUnderWay) document.getElementById(pressed.shift())?.click(); };
  document.addEventListener("htmx:afterRequest", (event) => {
    isUnderWay = false;
    if (!event.detail.successful) pressed = [];
    queueMicrotask(goOn);
  });

  // And what was typed meanwhile is typed there once more: the answer does not know it yet.
  const within = (field) => [
    field.closest("[data-question]")?.dataset.question,
    field.name.replace(/^.*\bquestions\[\d+\]\./, ""),
    ["radio", "checkbox"].includes(field.type) && field.value,
  ].join();
  const typeAgain = (fields) => {
    const places = new Map([...form().elements].map((one) => [within(one), one]));
    for (const field of fields) {
      const place = places.get(within(field));
      if (!place) continue;
      place.value = field.value;
      place.checked = field.checked;
      place.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  // A pause in typing brings only the list of what is to be mended; it is told beside the fields as well.
  const mark = () => {
    for (const old of form().querySelectorAll("[data-marked]")) old.remove();
    for (const field of form().querySelectorAll(".is-marked")) unmark(field);
    for (const link of form().querySelectorAll("[data-fault]")) {
      const field = document.getElementById(link.dataset.goesTo);
      if (!field?.matches("input, textarea") || !field.value || field.classList.contains("is-invalid")) continue;
      const note = Object.assign(document.createElement("div"), { className: "invalid-feedback d-block", id: `${field.id}-fault`, textContent: link.dataset.fault });
      note.dataset.marked = "";
      document.getElementById(note.id)?.remove();
      field.after(note);
      field.classList.add("is-invalid", "is-marked");
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", note.id);
    }
  };
  const unmark = (field) => {
    field.classList.remove("is-invalid", "is-marked");
    field.removeAttribute("aria-invalid");
    const note = document.getElementById(`${field.id}-fault`);
    if (note?.matches(".invalid-feedback")) note.remove();
  };

  const trouble = (sentence, mayPass = true) => {
    form().dataset.trouble = "";
    form().dataset.unsaved = "yes";
    state().textContent = sentence;
    say(sentence);
    clearTimeout(retry);
    if (mayPass) retry = setTimeout(() => window.htmx.trigger(form(), "editor:again"), 5000);
  };
  document.addEventListener("htmx:sendError", () => trouble(form().dataset.saidOffline));
  document.addEventListener("htmx:timeout", () => trouble(form().dataset.saidOffline));
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    // A refusal in words is about what was typed: sent once more unchanged, it would be refused again.
    const isSaid = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    trouble(isSaid ? form().dataset.saidRefused : form().dataset.saidOut, !isSaid);
    if (!isSaid) return;
    const bar = document.getElementById("editor-bar");
    bar.querySelector("[data-refused]")?.remove();
    const note = Object.assign(document.createElement("p"), { className: "hb-bar-note mb-0", textContent: xhr.responseText });
    note.dataset.refused = "";
    bar.append(note);
    say(`${form().dataset.saidRefused} ${xhr.responseText}`);
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!["editor", "editor-bar"].includes(event.detail.target.id) || event.detail.isError) return;
    if (!event.detail.xhr.responseText.includes('id="editor-bar"')) { // signed out meanwhile
      event.detail.shouldSwap = false;
      trouble(form().dataset.saidOut);
      return;
    }
    delete form().dataset.trouble;
    active = document.activeElement?.id;
    scrolled = window.scrollY;
    // What the server unfolds is unfolded; what a hand has opened stays so.
    menus = event.detail.target.id === "editor-bar" ? [...document.querySelectorAll("#editor-bar details[open][id]")].map((one) => one.id) : [];
    opened = event.detail.target.id === "editor" ? [...form().querySelectorAll("details[open][id]:not(.hb-menu):not(.hb-add)")].map((one) => one.id) : null;
  });

  document.addEventListener("editor:kept", (event) => {
    if (sent === typed) form().dataset.unsaved = "no";
    // Said when it stands there: who goes on at the word must not press what is about to make way.
    said = event.detail.said || "";
    focus = event.detail.focus;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (!["editor", "editor-bar"].includes(event.detail.target.id)) return;
    if (said) queueMicrotask(((sentence) => () => say(sentence))(said));
    said = "";
    // What was typed is saved while somebody looks into a menu of the bar: it stays open.
    for (const id of menus) document.getElementById(id)?.setAttribute("open", "");
    if (event.detail.target.id === "editor") typeAgain([...late]);
    else if (sent !== typed) state().textContent = form().dataset.saidSaving;
    form().dataset.unsaved = sent === typed && !form().querySelector(".is-conflict") ? "no" : "yes";
    mark();
    if (waiting && form().dataset.unsaved === "no") {
      const goes = document.getElementById(waiting);
      waiting = "";
      goes?.click();
      return;
    }
    if (opened === null) return;
    const wanted = focus && document.getElementById(focus);
    // Two of one name cannot be open at once, and while they were exchanged both were there.
    if (wanted) wanted.open = true;
    else for (const one of form().querySelectorAll("details[name=question][open]")) one.open = opened.includes(one.id);
    for (const id of opened) {
      const one = document.getElementById(id);
      if (one && !(wanted && one.getAttribute("name"))) one.open = true;
    }
    opened = null;
    window.scrollTo({ top: scrolled, behavior: "instant" });
    if (wanted) {
      const field = wanted.querySelector("textarea, input:not([type=hidden])");
      (field || wanted).focus();
      focus = "";
    } else if (document.activeElement === document.body) {
      (document.getElementById(active) || document.getElementById("undo")).focus({ preventScroll: true });
    }
    document.activeElement.closest("article, .hb-choice, section")?.scrollIntoView({ block: "nearest" });
  });

  // What leaves the page with the last words still on their way waits for them.
  document.addEventListener("click", (event) => {
    const leaves = event.target.closest("[data-waits]");
    if (!leaves || form().dataset.unsaved !== "yes" || form().querySelector(".is-conflict")) return;
    event.preventDefault();
    waiting = leaves.id;
    window.htmx.trigger(form(), "editor:again");
  }, true);

  document.addEventListener("click", (event) => {
    const goes = event.target.closest("[data-goes-to]");
    if (goes) {
      const place = document.getElementById(goes.dataset.goesTo);
      for (let one = place?.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
      place?.focus();
    }
    // A menu closes when something else is pressed.
    for (const menu of document.querySelectorAll("details.hb-menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    if (event.target.closest("[data-drops]")) form().dataset.unsaved = "no";
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("details.hb-menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
})();
