// The Python worker: boots Pyodide from a memory snapshot, mounts the app and its database, and runs main.py.
//
// It is started by the page before Flutter is even loaded and speaks Flet's own worker protocol afterwards: one string
// when it is ready ("initialized", or the error), then binary packets both ways. Objects are this build's own reports.

import { heapBytes, moduleFactory } from "./libraries.mjs";
import { mountStorage, openStorage } from "./storage.mjs";

self.flet_js = {};

const mark = (name) => self.postMessage({ mark: name });

async function fetchBytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP ${response.status} for ${url}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The files of a stored (uncompressed) zip, as views into it: nothing is copied or inflated. */
function* storedFiles(archive) {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = archive.byteLength - 22;
  let entry = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    const size = view.getUint32(entry + 24, true);
    const nameLength = view.getUint16(entry + 28, true);
    const local = view.getUint32(entry + 42, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    yield {
      name: new TextDecoder().decode(archive.subarray(entry + 46, entry + 46 + nameLength)),
      bytes: archive.subarray(start, start + size),
    };
    entry += 46 + nameLength + view.getUint16(entry + 30, true) + view.getUint16(entry + 32, true);
  }
}

function writeFiles(FS, folder, archive) {
  for (const { name, bytes } of storedFiles(archive)) {
    const path = `${folder}/${name}`;
    FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    FS.writeFile(path, bytes);
  }
}

async function compileLibrary({ path, url }) {
  return [path, await WebAssembly.compileStreaming(fetch(url))];
}

async function loadRuntime(config) {
  const [{ loadPyodide }, { default: createModule }, snapshot, ...libraries] = await Promise.all([
    import(config.pyodideUrl),
    import(config.pyodideUrl.replace("pyodide.mjs", "pyodide.asm.mjs")),
    fetchBytes(config.snapshotUrl),
    ...config.libraries.map(compileLibrary),
  ]);
  mark("fetched");
  return loadPyodide({
    _loadSnapshot: snapshot,
    createPyodideModule: moduleFactory(createModule, libraries, heapBytes(snapshot)),
    stdout: (text) => console.log(text),
    stderr: (text) => console.error(text),
  });
}

async function boot(config) {
  const [pyodide, appArchive, nativeArchive, storage] = await Promise.all([
    loadRuntime(config).then((runtime) => (mark("runtime"), runtime)),
    fetchBytes(config.appUrl),
    fetchBytes(config.nativeUrl),
    openStorage(),
  ]);
  const { FS } = pyodide;
  mountStorage(FS, storage);
  FS.mkdirTree("/app/native");
  FS.writeFile("/app/app.zip", appArchive);
  writeFiles(FS, "/app/native", nativeArchive);
  mark("mounted");
  pyodide.registerJsModule("flet_js", self.flet_js);
  // What a snapshot must not fix for ever: without this every start on every device has the same random numbers, in
  // Python and in SQLite. (The cipher's nonces and the ids have generators of their own, seeded at their first use,
  // which is why nothing that runs while the snapshot is made may open a database or make an id.)
  pyodide.runPython(`
    import apsw, importlib, random, runpy
    random.seed()
    apsw.randomness(0)
    importlib.invalidate_caches()
    runpy.run_module("main", run_name="__main__")
  `);
  mark("imported");
  if (typeof self.flet_js.start_connection !== "function") throw new Error("main.py did not call ft.run(main)");
  await self.flet_js.start_connection(sendPacket);
}

function sendPacket(message) {
  const bytes = message.toJs();
  self.postMessage(bytes, [bytes.buffer]);
}

self.onmessage = async (event) => {
  if (event.data?.boot) {
    self.flet_js.documentUrl = event.data.boot.documentUrl;
    self.flet_js.args = {};
    try {
      await boot(event.data.boot);
      self.postMessage("initialized");
    } catch (error) {
      self.postMessage(String(error));
    }
  } else {
    self.flet_js.send(event.data);
  }
};
