// Loads the compiled extensions before Python starts, so that a memory snapshot may contain them.
//
// A snapshot is the bare memory: it holds each extension's data and pointers into the table of functions, but neither
// the extension's code nor its place in that table. When the same extensions are put in, in the same order, before the
// runtime initialises, both when the snapshot is made and when it is loaded, their data and functions get the same
// addresses each time, and the restored memory fits. Python's later `dlopen` finds them by path in `preloadedWasm`.

/** A factory for `loadPyodide({createPyodideModule})`; `libraries` are [path, WebAssembly.Module], always in one order. */
export function moduleFactory(createModule, libraries, heapBytes = 0) {
  return async (settings) => {
    const load = (Module) => {
      for (const [path, library] of libraries) {
        const flags = { loadAsync: false, global: false, nodelete: true };
        Module.preloadedWasm[path] = Module.loadWebAssemblyModule(library, flags, path, {});
      }
    };
    settings.preRun = [...(settings.preRun ?? []), load];
    const Module = await createModule(settings);
    // Python's imports made the memory grow; Pyodide restores a snapshot into memory of the first size only.
    const missing = heapBytes > Module.HEAP8.length;
    if (missing && !Module.growMemory(heapBytes)) throw new RangeError(`No memory for ${heapBytes} bytes`);
    return Module;
  };
}

/** Bytes of Python's memory inside a snapshot, which has a header before them. */
export function heapBytes(snapshot) {
  const headerBytes = new DataView(snapshot.buffer, snapshot.byteOffset).getUint32(4, true);
  return snapshot.byteLength - headerBytes;
}
