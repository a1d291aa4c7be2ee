// The phone beside the editor: drawn anew after every change without losing its place, and it follows the open question.
(() => {
  const desk = document.querySelector("[data-desk]");
  const frame = document.querySelector("[data-preview]");
  if (!desk || !frame) return;
  const chosen = document.querySelector("[data-preview-language]");
  let number = (frame.getAttribute("src").match(/preview\/(\d+)\//) || [])[1];
  let asked = 0;

  const address = () => {
    const language = chosen ? chosen.value : new URL(frame.src).searchParams.get("language");
    return `${frame.dataset.preview.replace("/preview/0/", `/preview/${number}/`)}?all=1&language=${language}`;
  };

  const refresh = async () => {
    const turn = ++asked;
    try {
      const answer = await fetch(address(), { cache: "no-store", redirect: "error" });
      const text = answer.ok ? await answer.text() : "";
      const main = frame.contentDocument?.querySelector("main");
      if (turn !== asked || !text || !main) return;
      const fresh = new DOMParser().parseFromString(text, "text/html");
      // Only what a customer sees is exchanged: the frame keeps its scrolling, and nothing flickers.
      main.replaceWith(frame.contentDocument.importNode(fresh.querySelector("main"), true));
      frame.contentDocument.documentElement.lang = fresh.documentElement.lang;
      frame.contentDocument.documentElement.dir = fresh.documentElement.dir;
    } catch {
      // Not reachable now; the next change draws it.
    }
  };

  const follow = (card) => {
    const block = card && frame.contentDocument?.querySelector(`[data-key="${CSS.escape(card.dataset.question)}"]`);
    if (!block) return;
    const view = frame.contentWindow;
    view.scrollTo({ top: block.getBoundingClientRect().top + view.scrollY - 16, behavior: "instant" });
  };

  let shown = null;
  document.addEventListener("editor:kept", async (event) => {
    number = event.detail.number;
    await refresh();
    if (event.detail.said) follow(document.activeElement.closest("[data-question]"));
  });
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-question]");
    if (!card || card.dataset.question === shown) return;
    shown = card.dataset.question;
    follow(card);
  });
  chosen?.addEventListener("change", refresh);

  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-show-tab]");
    if (!tab) return;
    event.preventDefault();
    desk.dataset.tab = tab.dataset.showTab;
    (desk.dataset.tab === "preview" ? document.querySelector("[data-show-tab=edit]") : document.querySelector("[data-show-tab=preview]")).focus();
    window.scrollTo({ top: 0 });
    if (desk.dataset.tab === "preview") follow(document.querySelector(`[data-question="${CSS.escape(shown || "")}"]`));
  });
})();
