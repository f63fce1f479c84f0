// The page's side of the start: elects one tab, starts the Python worker at once, and hands it to Flet later.

import { showMessage, hideShell } from "./shell.mjs";
import { watchUpdates } from "./update.mjs";

const config = JSON.parse(document.getElementById("showfloor-config").textContent);
const WRITER_LOCK = "showfloor-database";

let workerReady = Promise.withResolvers();

function startWorker() {
  const worker = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });
  const started = { worker, initialized: Promise.withResolvers(), deliver: null, packets: 0 };
  worker.onmessage = (event) => receive(started, event.data);
  worker.onerror = (event) => started.initialized.resolve(event.message || "worker error");
  worker.postMessage({ boot: { ...config, documentUrl: document.URL } });
  return started;
}

function receive(app, data) {
  if (typeof data === "string") {
    app.initialized.resolve(data);
  } else if (data.mark) {
    performance.mark(`showfloor:${data.mark}`);
  } else {
    app.deliver(data);
    // The first packet is Flet's own greeting; the second one carries what the app shows.
    app.packets += 1;
    if (app.packets === 2) hideShell();
  }
}

/** Resolves once this tab is the only one that writes; tells the person while another one is. */
function becomeWriter() {
  return new Promise((resolve, reject) => {
    const hold = () => (resolve(), new Promise(() => {}));
    navigator.locks
      .request(WRITER_LOCK, { ifAvailable: true }, (lock) => {
        if (lock) return hold();
        showMessage("otherTab");
        navigator.locks.request(WRITER_LOCK, () => (showMessage("starting"), hold())).catch(reject);
        return undefined;
      })
      .catch(reject);
  });
}

const apps = new Map();

globalThis.jsConnect = async (appId, args, deliver) => {
  // Flet may connect again after a disconnect; that needs a worker of its own.
  const app = (await workerReady.promise) ?? startWorker();
  workerReady = { promise: Promise.resolve(null) };
  app.deliver = deliver;
  apps.set(appId, app);
  const outcome = await app.initialized.promise;
  if (outcome !== "initialized") {
    console.error(outcome);
    showMessage("failed", outcome);
    globalThis.jsDisconnect(appId);
    throw new Error(outcome);
  }
  performance.mark("showfloor:connected");
};

globalThis.jsSend = async (appId, data) => {
  apps.get(appId)?.worker.postMessage(data, [data.buffer]);
};

globalThis.jsDisconnect = async (appId) => {
  apps.get(appId)?.worker.terminate();
  apps.delete(appId);
};

await becomeWriter();
const app = startWorker();
workerReady.resolve(app);
app.initialized.promise.then((outcome) => {
  if (outcome !== "initialized") showMessage("failed", outcome);
});
// Asked after the worker has started: the answer may take a person's click in some browsers.
navigator.storage?.persist?.();
watchUpdates();
