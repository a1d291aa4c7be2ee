// The customer's page: one question brings the next, and a reload loses nothing. Without this script all of it still works.
(() => {
  "use strict";
  const kept = (() => {
    try { return window.sessionStorage; } catch { return null; }
  })();
  const place = location.pathname.replace(/\/thanks$/, "");

  const forget = () => {
    if (!kept) return;
    for (const name of Object.keys(kept)) if (name.startsWith(place)) kept.removeItem(name);
  };

  if (document.querySelector("[data-sent]")) return forget();
  const form = document.querySelector("form[data-respond]");
  if (!form) return;

  const blocks = [...form.querySelectorAll("fieldset[data-key]")];
  const go = form.querySelector("[data-go]");
  const status = form.querySelector("[data-status]");
  const progress = form.querySelector("progress");
  const name = [place, location.search, form.dataset.version, form.elements.page.value].join("|");
  const fieldsOf = (block) => [...block.querySelectorAll("input:not([type=hidden]), textarea")];
  const isBox = (field) => field.type === "radio" || field.type === "checkbox";

  const values = (block) => fieldsOf(block)
    .filter((field) => (isBox(field) ? field.checked : field.value.trim()))
    .map((field) => field.value);

  // The server has worked in all else: only plain comparisons with answers on this page are left.
  const holds = (rule, answers) => {
    if (rule.all) return rule.all.every((part) => holds(part, answers));
    if (rule.any) return rule.any.some((part) => holds(part, answers));
    if (rule.not) return !holds(rule.not, answers);
    const given = answers[rule.answer] || [];
    return "answered" in rule ? given.length > 0 === rule.answered : given.some((value) => rule.one_of.includes(value));
  };

  // On the path → shown, up to the first question that one tap would answer and that still waits for it.
  const show = () => {
    const answers = {};
    let waiting = false, done = 0, total = 0;
    for (const block of blocks) {
      const isOn = !block.dataset.show || holds(JSON.parse(block.dataset.show), answers);
      const given = isOn ? values(block) : [];
      answers[block.dataset.key] = given;
      block.hidden = !isOn;
      block.classList.toggle("later", isOn && waiting);
      block.disabled = !isOn || waiting;
      if (!isOn) continue;
      const fields = fieldsOf(block);
      if (fields.length) { total += 1; done += given.length ? 1 : 0; }
      const isPick = fields.some((field) => field.type === "radio");
      if (isPick && !given.length && "required" in block.dataset) waiting = true;
    }
    go.classList.toggle("later", waiting);
    if (progress) progress.value = Number(progress.dataset.done) + done;
  };

  const keep = () => {
    if (!kept) return;
    const typed = {};
    for (const block of blocks) typed[block.dataset.key] = fieldsOf(block).map((field) => (isBox(field) ? field.checked : field.value));
    try { kept.setItem(name, JSON.stringify(typed)); } catch { /* full or forbidden: nothing is lost but the copy */ }
  };

  const restore = () => {
    let typed = null;
    try { typed = kept && JSON.parse(kept.getItem(name)); } catch { return; }
    for (const block of typed ? blocks : []) {
      const fields = fieldsOf(block), states = typed[block.dataset.key] || [];
      if (fields.length === states.length) fields.forEach((field, at) => { field[isBox(field) ? "checked" : "value"] = states[at]; });
    }
  };

  const standAlone = (field) => {
    if (field.type !== "checkbox" || !field.checked) return;
    for (const other of field.closest("fieldset").querySelectorAll("input[type=checkbox]"))
      if (other !== field && ("exclusive" in field.dataset || "exclusive" in other.dataset)) other.checked = false;
  };

  // Link scanners run scripts and submit forms: only what a hand has touched counts as sent by a person.
  const hand = Object.assign(document.createElement("input"), { type: "hidden", name: "hand", value: "0" });
  form.append(hand);
  for (const act of ["click", "keydown", "input"])
    form.addEventListener(act, (event) => { if (event.isTrusted) hand.value = "1"; }, true);

  let byPointer = false;
  form.addEventListener("pointerdown", () => { byPointer = true; });
  form.addEventListener("keydown", () => { byPointer = false; });
  form.addEventListener("input", (event) => {
    const was = blocks.filter((block) => !block.disabled);
    standAlone(event.target);
    show();
    keep();
    status.textContent = status.dataset.unsent;
    const next = blocks.find((block) => !block.disabled && !was.includes(block)) || (event.target.type === "radio" && go);
    if (next && byPointer) next.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  });
  form.addEventListener("submit", (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      status.textContent = status.dataset.offline;
    }
  });

  restore();
  show();
  const faulty = form.querySelector(".fault");
  if (faulty) (faulty.closest("fieldset").querySelector("input:not([type=hidden]), textarea") || faulty).focus();
})();
