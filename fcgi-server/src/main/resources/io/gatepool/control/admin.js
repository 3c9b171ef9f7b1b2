// Puts the newest content into the page every two seconds. Without this script the page reloads itself.
"use strict";

const PERIOD = 2000;
let lastAnswer = new Date();

function isBeingRead() {
  const selection = document.getSelection();
  return document.hidden || (selection !== null && !selection.isCollapsed);
}

function keepFocus(change) {
  const focused = document.activeElement?.getAttribute("href");
  change();
  if (focused) {
    document.querySelector(`main a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
}

async function refresh() {
  const lost = document.getElementById("lost");
  try {
    const answer = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(5 * PERIOD) });
    if (!answer.ok) {
      throw new Error(answer.statusText);
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    keepFocus(() => document.querySelector("main").replaceWith(fresh.querySelector("main")));
    document.title = fresh.title;
    lastAnswer = new Date();
    lost.hidden = true;
  } catch {
    lost.querySelector("time").textContent = lastAnswer.toLocaleTimeString();
    lost.hidden = false;
  }
}

async function loop() {
  if (!isBeingRead()) {
    await refresh();
  }
  setTimeout(loop, PERIOD);
}

setTimeout(loop, PERIOD);
