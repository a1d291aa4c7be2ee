// Suggests the time zone of this browser where none was chosen yet.
(() => {
  const field = document.querySelector("select[data-guess-time-zone]");
  if (!field || field.querySelector("option[selected]")) return;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...field.options].some((option) => option.value === here)) field.value = here;
})();
