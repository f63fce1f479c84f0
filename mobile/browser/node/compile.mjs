// Makes bytecode with the very CPython that will run it: usage `node compile.mjs PYODIDE_DIR SOURCE_DIR`.
//
// Every .py below SOURCE_DIR gets a .pyc beside it (the layout zipimport reads). Unchecked hashes, so that neither
// time stamps nor a missing source make Python compile again.

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideDirectory, sourceDirectory] = process.argv.slice(2).map((path) => resolve(path));
const { loadPyodide } = await import(pathToFileURL(`${pyodideDirectory}/pyodide.mjs`).href);
const pyodide = await loadPyodide({ indexURL: `${pyodideDirectory}/` });
pyodide.FS.mkdirTree("/source");
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: sourceDirectory }, "/source");
const compiled = pyodide.runPython(`
import compileall, py_compile
compileall.compile_dir(
    "/source", quiet=1, legacy=True, force=True, optimize=0, stripdir="/source",
    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
)
`);
process.exit(compiled ? 0 : 1);
