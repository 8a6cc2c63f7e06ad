// Brings what is new into the page that is open. Without it, the page is as it was loaded.
"use strict";
const UNANSWERED = ".chip.waiting, .chip.sent";
const SOON_MS = 3000;
const LATER_MS = 15000;

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const news = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    const same = news && news.innerHTML === part.innerHTML;
    if (!same && !part.contains(document.activeElement)) part.innerHTML = news ? news.innerHTML : "";
  }
}

function later() {
  const wait = document.querySelector(UNANSWERED) ? SOON_MS : LATER_MS;
  setTimeout(() => refresh().catch(() => {}).finally(later), wait);
}

if (document.querySelector("[data-live]")) later();
