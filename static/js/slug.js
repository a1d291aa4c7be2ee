// Suggests an address from the name, as long as nobody has written one by hand.
(() => {
  const name = document.querySelector("[data-slug-source]");
  const slug = name && document.getElementById(name.dataset.slugSource);
  if (!slug || slug.value) return;
  const suggestion = (text) =>
    text.toLowerCase().replaceAll("ß", "ss").replaceAll("&", " and ").normalize("NFKD").replace(/[\u0300-\u036f]/g, "")
      .replace(/[^a-z0-9]+/g, "-").replace(/^-+/, "").slice(0, 60).replace(/-+$/, "");
  let written = false;
  slug.addEventListener("input", () => { written = slug.value !== ""; });
  name.addEventListener("input", () => { if (!written) slug.value = suggestion(name.value); });
})();
