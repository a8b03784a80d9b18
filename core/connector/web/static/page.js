// A little life for pages that work without it: local times, live regions, and the run below the pointer.
"use strict";

const EVERY_MS = 5000;

function showLocalTimes(within) {
  const page = document.documentElement.lang;
  const language = navigator.languages.find((each) => each.split("-")[0] === page) || page;
  const short = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  for (const element of within.querySelectorAll("time[datetime]")) {
    const at = new Date(element.dateTime);
    const year = at.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
    element.title = element.textContent;
    element.textContent = new Intl.DateTimeFormat(language, { ...short, ...year }).format(at);
  }
}

// Below the charts, names the run at which the pointer is; the table has all of them for everybody else.
function followPointer(within) {
  const charts = within.querySelector(".charts");
  const line = within.querySelector(".pointed");
  const rows = within.querySelectorAll("table.runs tbody tr");
  if (!charts || !line) return;
  const heads = [...within.querySelectorAll("table.runs thead th")].map((cell) => cell.textContent);
  charts.addEventListener("pointermove", (event) => {
    const drawing = event.target.closest("svg");
    if (!drawing) return;
    const box = drawing.getBoundingClientRect();
    const slot = Math.floor(((event.clientX - box.left) / box.width) * Number(charts.dataset.slots));
    const row = rows[rows.length - 1 - (slot - Number(charts.dataset.first))];
    const cells = row ? [...row.cells].map((cell) => cell.textContent) : [];
    line.textContent = cells.map((text, place) => (place < 2 ? text : `${heads[place]} ${text}`)).join(" · ");
  });
  charts.addEventListener("pointerleave", () => { line.textContent = ""; });
}

function enliven(within) {
  showLocalTimes(within);
  followPointer(within);
}

// Puts the new region in the place of the old one; what was unfolded stays so, and nobody loses what they type.
function replaceRegion(text) {
  const region = document.getElementById("live");
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("live");
  if (!region || !fresh || region.contains(document.activeElement)) return false;
  for (const details of region.querySelectorAll("details[open][id]")) {
    fresh.querySelector(`#${CSS.escape(details.id)}`)?.setAttribute("open", "");
  }
  region.replaceWith(fresh);
  enliven(fresh);
  return true;
}

function keepLive(bar) {
  const button = bar.querySelector("button");
  const status = bar.querySelector("[role=status]");
  let known = bar.dataset.live;
  let paused = false;
  bar.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = paused ? button.dataset.resume : button.dataset.pause;
    bar.classList.toggle("paused", paused);
  });
  async function look() {
    if (paused || document.hidden) return;
    try {
      const answer = await fetch(location.href, { headers: { "If-None-Match": known }, cache: "no-store" });
      if (answer.redirected) location.reload();
      if (answer.status === 200 && replaceRegion(await answer.text())) known = answer.headers.get("ETag") || "";
      status.textContent = answer.ok || answer.status === 304 ? "" : bar.dataset.lost;
    } catch {
      status.textContent = bar.dataset.lost;
    }
  }
  setInterval(look, EVERY_MS);
}

enliven(document);
const bar = document.querySelector("[data-live]");
if (bar && bar.dataset.live) keepLive(bar);
