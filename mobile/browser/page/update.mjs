// Registers the service worker and asks the person before a new version takes over.

import { words } from "./shell.mjs";

const HOUR_MS = 3_600_000;

function offer(waiting) {
  if (document.getElementById("update-bar")) return;
  const bar = document.createElement("div");
  bar.id = "update-bar";
  bar.setAttribute("role", "status");
  const button = document.createElement("button");
  button.textContent = words("updateAction");
  button.onclick = () => waiting.postMessage({ type: "switch" });
  bar.append(words("update"), button);
  document.body.append(bar);
}

/** Keeps the offline copy up to date in the background; resolves once the service worker is registered. */
export async function watchUpdates() {
  if (!("serviceWorker" in navigator)) return;
  const container = navigator.serviceWorker;
  const hadController = container.controller !== null;
  container.addEventListener("controllerchange", () => {
    if (hadController) location.reload();
  });
  const renderer = globalThis.flet.chosenRenderer;
  const registration = await container.register(`sw.js?renderer=${renderer}`, { updateViaCache: "none" });
  const offerWaiting = () => {
    if (registration.waiting && registration.active) offer(registration.waiting);
  };
  offerWaiting();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", offerWaiting);
  });
  setInterval(() => registration.update().catch(() => console.info("No update check while offline")), HOUR_MS);
}
