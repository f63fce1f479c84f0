// Where the app's database lives in the browser, and what the app is told about it when it starts (`self.showfloor`).

import { mountHandles, openHandles } from "./opfs.mjs";
import { databaseKey } from "./keys.mjs";

const DATA_FOLDER = "/data";
// A rescue from a damaged database is written to the second one, before it takes the place of the first.
const DATABASES = ["app.db", "app.db-fresh"];
const DATABASE_FILES = DATABASES.flatMap((name) => [name, `${name}-wal`, `${name}-journal`]);

/** Opens the files and the key, which needs no Python yet. */
export async function openStorage() {
  const [handles, key, isPersistent] = await Promise.all([
    openHandles("showfloor", DATABASE_FILES),
    databaseKey(),
    navigator.storage.persisted(),
  ]);
  const isThere = handles.get("app.db").getSize() > 0;
  const facts = {
    databasePath: `${DATA_FOLDER}/app.db`,
    hexkey: key.hexkey,
    isUnreadable: key.isNew && isThere,
    isCutToNothing: !key.isNew && !isThere,
    isPersistent,
  };
  return { handles, facts };
}

/** Mounts the files for Python and says what there is to know about them. */
export function mountStorage(FS, { handles, facts }) {
  mountHandles(FS, DATA_FOLDER, handles);
  self.showfloor = facts;
}
