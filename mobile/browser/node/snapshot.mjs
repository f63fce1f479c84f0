// Writes the memory of a Python that has imported the app: usage
// `node snapshot.mjs PYODIDE_DIR APP_ZIP NATIVE_DIR MODULES_JSON OUTPUT`.
//
// Paths are those that the worker uses, because import caches inside the snapshot remember them.

import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { moduleFactory } from "../page/libraries.mjs";

const [pyodideDirectory, appZip, nativeDirectory, modulesFile, output] = process.argv
  .slice(2)
  .map((path) => resolve(path));
const { libraries, modules } = JSON.parse(readFileSync(modulesFile, "utf8"));
const importModule = (name) => import(pathToFileURL(`${pyodideDirectory}/${name}`).href);
const { loadPyodide } = await importModule("pyodide.mjs");
const createModule = (await importModule("pyodide.asm.mjs")).default;

const compiled = libraries.map((name) => [
  `/app/native/${name}`,
  new WebAssembly.Module(readFileSync(`${nativeDirectory}/${name}`)),
]);

try {
  const pyodide = await loadPyodide({
    indexURL: `${pyodideDirectory}/`,
    _makeSnapshot: true,
    createPyodideModule: moduleFactory(createModule, compiled),
  });
  pyodide.FS.mkdirTree("/app/native");
  pyodide.FS.writeFile("/app/app.zip", readFileSync(appZip));
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: nativeDirectory }, "/app/native");
  pyodide.runPython(`
    import sys
    sys.path[:0] = ["/app/app.zip", "/app/native"]
    sys.path_importer_cache.clear()
  `);
  pyodide.runPython(modules.map((name) => `import ${name}`).join("\n"));
  pyodide.runPython(`
    from sqlalchemy.orm import configure_mappers
    configure_mappers()
    import gc
    gc.collect()
    sys.path_importer_cache.pop("/app/native", None)
    globals().clear()
  `);
  writeFileSync(output, pyodide.makeMemorySnapshot());
  process.exit(0);
} catch (error) {
  // Node would print the whole minified line that threw; the Python traceback is what helps.
  console.error(String(error.message ?? error));
  process.exit(1);
}
