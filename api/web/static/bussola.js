// The pages work without this. With it answers arrive sentence by sentence, and citations are copied with a button.
"use strict";

document.querySelectorAll("[data-copy]").forEach(show);

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const words = button.firstChild.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    copyOldWay(button);
  }
  button.firstChild.textContent = button.dataset.done;
  setTimeout(() => { button.firstChild.textContent = words; }, 2000);
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form");
  if (form.matches("[data-ask]")) {
    event.preventDefault();
    await ask(form);
  } else if (form.matches("[data-once]")) {
    if (form.dataset.sent) event.preventDefault(); // pressed twice, sent once
    form.dataset.sent = "1";
    form.querySelectorAll("button").forEach((button) => { button.setAttribute("aria-disabled", "true"); });
  }
});

// The address changes with each answer; going back shows the page of that address again. Links within a page
// change the address too, but not what it shows.
let shown = location.pathname + location.search;
window.addEventListener("popstate", () => {
  if (location.pathname + location.search !== shown) location.reload();
});

// A page that the browser brings back as it was left may be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[data-once]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => { button.removeAttribute("aria-disabled"); });
  });
});

function cut(question) {
  return question.length > 60 ? `${question.slice(0, 57)}...` : question;
}

function show(element) {
  element.hidden = false;
}

function copyOldWay(button) {
  const box = document.createElement("textarea");
  box.value = button.dataset.copy;
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
  button.focus();
}

async function ask(form) {
  const waiting = document.querySelector("[data-waiting]");
  const address = `${form.action.split("#")[0]}?${new URLSearchParams(new FormData(form))}`;
  waiting.textContent = waiting.dataset.words;
  try {
    const response = await fetch(address, { headers: { Accept: "text/event-stream" } });
    const kind = response.headers.get("Content-Type") || "";
    if (!response.ok || !kind.startsWith("text/event-stream")) throw new Error("no events");
    const arriving = document.querySelector("[data-arriving]");
    document.querySelectorAll(".answer, .follow").forEach((old) => old.remove());
    let isWhole = false;
    for await (const [name, data] of eventsOf(response)) {
      if (name === "sentence") {
        arriving.hidden = false;
        arriving.insertAdjacentHTML("beforeend", data.html);
      } else if (name === "answer") {
        showAnswer(data.html, address);
        isWhole = true;
      } else {
        throw new Error("interrupted");
      }
    }
    if (!isWhole) throw new Error("interrupted");
  } catch {
    location.assign(`${address}#risposta`); // the whole page says what is wrong
  }
}

async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    let end;
    while ((end = text.indexOf("\n\n")) >= 0) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const named = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
      yield [named.event, JSON.parse(named.data)];
    }
  }
}

function showAnswer(html, address) {
  const main = document.querySelector("main");
  main.innerHTML = html; // made by our own templates, where every value is escaped
  main.querySelectorAll("[data-copy]").forEach(show);
  history.pushState(null, "", `${address}#risposta`);
  shown = location.pathname + location.search;
  document.title = `${document.querySelector("#titolo-risposta").textContent}: ${cut(main.querySelector("#domanda").value)} · Bussola`;
  const answer = document.querySelector("#risposta");
  answer.focus({ preventScroll: true });
  answer.scrollIntoView();
}
