// The form works without this; with it, whoever waits is told so.
const form = document.querySelector("form[data-wait]");
const waiting = document.querySelector("[data-waiting]");
form.addEventListener("submit", () => {
  waiting.textContent = "Sto cercando nei documenti…";
});
// A page restored by the back button would still say that it is searching.
window.addEventListener("pageshow", () => {
  waiting.textContent = "";
});
