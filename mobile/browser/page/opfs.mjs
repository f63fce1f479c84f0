// A file system for Emscripten that lives straight on the browser's origin private file system.
//
// Emscripten's file operations are synchronous; opening a file of the origin private file system is not. So the few
// files that a database needs are opened once, before Python starts (`openHandles`), and from then on every read,
// write, truncate and fsync of SQLite is one call on a FileSystemSyncAccessHandle (`mountHandles`). The pool of names
// is fixed; a pooled file with no bytes counts as absent, which is what SQLite itself means by an empty journal.

const ERRNO = { EIO: 29, EINVAL: 28, ENOENT: 44, ENOSPC: 51, EPERM: 63 };
const DIRECTORY_MODE = 0o40700;
const FILE_MODE = 0o100600;
const BUSY_RETRY_MS = 100;
const BUSY_TRIES = 100;
const SNAPSHOT_DESCRIPTORS = 32;

async function openHandle(directory, name) {
  const file = await directory.getFileHandle(name, { create: true });
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await file.createSyncAccessHandle();
    } catch (error) {
      // A worker that was just ended may hold its handles a moment longer than its lock.
      if (error.name !== "NoModificationAllowedError" || attempt === BUSY_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_RETRY_MS));
    }
  }
}

/** Opens the pool; throws NoModificationAllowedError when another tab keeps the files for over ten seconds. */
export async function openHandles(folder, names) {
  const root = await navigator.storage.getDirectory();
  const directory = await root.getDirectoryHandle(folder, { create: true });
  const opened = await Promise.all(names.map((name) => openHandle(directory, name)));
  return new Map(names.map((name, index) => [name, opened[index]]));
}

/** Mounts the opened handles as the files of `mountPoint`. */
export function mountHandles(FS, mountPoint, handles) {
  const present = new Set([...handles].filter(([, handle]) => handle.getSize() > 0).map(([name]) => name));
  const fail = (errno) => {
    throw new FS.ErrnoError(errno);
  };
  const guarded = (work) => {
    try {
      return work();
    } catch (error) {
      if (error instanceof FS.ErrnoError) throw error;
      console.error(`The device's storage failed: ${error.name}: ${error.message}`);
      return fail(error.name === "QuotaExceededError" ? ERRNO.ENOSPC : ERRNO.EIO);
    }
  };
  const isRoot = (node) => node.parent === node;
  const handleOf = (node) => handles.get(node.name);
  const sizeOf = (node) => (isRoot(node) ? 4096 : guarded(() => handleOf(node).getSize()));

  const resize = (node, size) =>
    guarded(() => {
      handleOf(node).truncate(size);
    });

  const nodeOps = {
    getattr(node) {
      const time = new Date(node.timestamp);
      const size = sizeOf(node);
      return {
        dev: 1, ino: node.id, mode: node.mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size,
        atime: time, mtime: time, ctime: time, blksize: 4096, blocks: Math.ceil(size / 512),
      };
    },
    setattr(node, attributes) {
      if (attributes.size !== undefined && attributes.size !== null) resize(node, attributes.size);
    },
    lookup(parent, name) {
      return present.has(name) ? create(parent, name, FILE_MODE) : fail(ERRNO.ENOENT);
    },
    mknod(parent, name) {
      if (!handles.has(name)) fail(ERRNO.EPERM);
      present.add(name);
      return create(parent, name, FILE_MODE);
    },
    unlink(parent, name) {
      guarded(() => {
        handles.get(name).truncate(0);
        handles.get(name).flush();
      });
      present.delete(name);
    },
    readdir: () => [".", "..", ...present],
    rename: () => fail(ERRNO.EPERM),
    rmdir: () => fail(ERRNO.EPERM),
    symlink: () => fail(ERRNO.EPERM),
  };

  const streamOps = {
    open() {},
    close() {},
    read(stream, buffer, offset, length, position) {
      const target = buffer.subarray(offset, offset + length);
      return guarded(() => handleOf(stream.node).read(target, { at: position }));
    },
    write(stream, buffer, offset, length, position) {
      const source = buffer.subarray(offset, offset + length);
      const written = guarded(() => handleOf(stream.node).write(source, { at: position }));
      return written === 0 && length > 0 ? fail(ERRNO.ENOSPC) : written;
    },
    llseek(stream, offset, whence) {
      const base = whence === 1 ? stream.position : whence === 2 ? sizeOf(stream.node) : 0;
      return base + offset < 0 ? fail(ERRNO.EINVAL) : base + offset;
    },
    fsync(stream) {
      guarded(() => handleOf(stream.node).flush());
      return 0;
    },
  };

  function create(parent, name, mode) {
    const node = FS.createNode(parent, name, mode, 0);
    node.node_ops = nodeOps;
    node.stream_ops = streamOps;
    node.timestamp = Date.now();
    return node;
  }

  // Python objects in the memory snapshot may still hold descriptors of the build. When they are collected, they close
  // whatever has that number by then: it must never be the database.
  for (let count = 0; count < SNAPSHOT_DESCRIPTORS; count += 1) FS.open("/dev/null", "r");
  FS.mkdirTree(mountPoint);
  FS.mount({ mount: () => create(null, "/", DIRECTORY_MODE) }, {}, mountPoint);
}
