// Brings what is new into the page that is open. Without it, the page is as it was loaded.
"use strict";
const EVERY_MS = 4000;

async function refresh() {
  if (document.hidden || !document.querySelector("[data-live]")) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const news = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    const same = news && news.innerHTML === part.innerHTML;
    if (!same && !part.contains(document.activeElement)) part.innerHTML = news ? news.innerHTML : "";
  }
}

// a form that was sent by POST has no page of its own to fetch again
if (!document.querySelector("main > form.narrow")) {
  setInterval(() => refresh().catch(() => {}), EVERY_MS);
}
