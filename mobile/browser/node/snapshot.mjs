// Writes the memory of a booted Python: usage `node snapshot.mjs PYODIDE_DIR OUTPUT MODULE…`.
//
// The modules are imported first; they must come from the standard library and load no compiled extension of their
// own, or the snapshot does not load again.

import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [directory, output, ...modules] = process.argv.slice(2);
const pyodideDirectory = resolve(directory);
const { loadPyodide } = await import(pathToFileURL(`${pyodideDirectory}/pyodide.mjs`).href);
const pyodide = await loadPyodide({ indexURL: `${pyodideDirectory}/`, _makeSnapshot: true });
pyodide.runPython(modules.map((name) => `import ${name}`).join("\n"));
pyodide.runPython("import gc; gc.collect()");
writeFileSync(output, pyodide.makeMemorySnapshot());
process.exit(0);
