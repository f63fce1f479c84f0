// The key of the local database: 32 random bytes, kept wrapped by a WebCrypto key that no script can read out.
//
// The wrapping key is non-extractable and, like the wrapped bytes, lives in IndexedDB, so a start without any network
// finds both. The write is flushed to disk ("strict") before the first page of the database is encrypted with the key:
// a key lost to a crash would make the database unreadable.

const DATABASE = "showfloor-keys";
const STORE = "keys";
const RECORD = "database";

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function openDatabase() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return settled(request);
}

async function createRecord() {
  const wrappingKey = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = crypto.getRandomValues(new Uint8Array(32));
  const wrapped = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, wrappingKey, key);
  key.fill(0);
  return { wrappingKey, iv, wrapped };
}

async function storeRecord(database, record) {
  const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
  transaction.objectStore(STORE).put(record, RECORD);
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** The database key as 64 hexadecimal digits, and whether it was made just now. */
export async function databaseKey() {
  const database = await openDatabase();
  try {
    let record = await settled(database.transaction(STORE).objectStore(STORE).get(RECORD));
    const isNew = record === undefined;
    if (isNew) {
      record = await createRecord();
      await storeRecord(database, record);
    }
    const raw = await crypto.subtle.decrypt({ name: "AES-GCM", iv: record.iv }, record.wrappingKey, record.wrapped);
    const hexkey = [...new Uint8Array(raw)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return { hexkey, isNew };
  } finally {
    database.close();
  }
}
