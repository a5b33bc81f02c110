// Files that are on their way to the server, kept by this browser until they are there: a reloaded page goes on with them.
// A browser that keeps nothing (some do so in private windows) loses them with the page; whoever asks here is told so.

const NAME = "zhuoyue.files";
const STORE = "files";
// Those of a tab that was closed in the middle are not kept for longer than this.
const LONGEST = 3600000;

const ended = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });

async function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return ended(request);
}

async function inStore(mode, act) {
  let database = null;
  try {
    database = await open();
    const transaction = database.transaction(STORE, mode);
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const request = act(transaction.objectStore(STORE));
    await done;
    return request?.result ?? null;
  } catch {
    return null;
  } finally {
    database?.close();
  }
}

/** Keeps a file under the key of its message, and forgets those nobody came back for. */
export function keepFile(key, file) {
  const now = Date.now();
  return inStore("readwrite", (store) => {
    store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      if (Math.abs(now - cursor.value.since) > LONGEST) cursor.delete();
      cursor.continue();
    };
    store.put({ file, since: now }, key);
  });
}

/** The file of a message of an earlier load of this page; null when it was not kept. */
export async function keptFile(key) {
  const kept = await inStore("readonly", (store) => store.get(key));
  return kept?.file ?? null;
}

/** The file is there, or is not wanted. */
export function forgetFile(key) {
  return inStore("readwrite", (store) => void store.delete(key));
}

/** Nothing of this chat is to be left in the browser. */
export function forgetFiles() {
  return inStore("readwrite", (store) => void store.clear());
}
