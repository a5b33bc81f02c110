// Files that are on their way to the server, kept by this browser until they are there: a reloaded page goes on with them.
// A browser that keeps nothing (some do so in private windows) loses them with the page; whoever asks here is told so.

const NAME = "zhuoyue.files";
const STORE = "files";
// Keys of files that are not wanted any more, noted until the browser has forgotten them: a page can be left in between.
const UNWANTED = "zhuoyue.unwanted";
// Those of a tab that was closed in the middle are forgotten by the next page that opens after this time, a day. A tab that is still
// open goes on with its own; one that lies untouched for longer asks for the file again when it is looked at.
const LONGEST = 86400000;

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
    return request.result;
  } finally {
    database?.close();
  }
}

// A browser that keeps nothing is no reason to stop.
const orNothing = (promise) => promise.catch(() => undefined);

const unwanted = () => JSON.parse(sessionStorage.getItem(UNWANTED) ?? "[]");

function noteUnwanted(keys) {
  if (keys.length) sessionStorage.setItem(UNWANTED, JSON.stringify(keys));
  else sessionStorage.removeItem(UNWANTED);
}

async function forget(keys) {
  if (!keys.length) return;
  await inStore("readwrite", (store) => keys.map((key) => store.delete(key)).at(-1));
  noteUnwanted(unwanted().filter((key) => !keys.includes(key)));
}

/** Keeps a file under the key of its message. */
export function keepFile(key, file) {
  return orNothing(inStore("readwrite", (store) => store.put({ file, since: Date.now() }, key)));
}

/** The file of a message of an earlier load of this page; null when it was not kept. */
export async function keptFile(key) {
  const kept = await orNothing(inStore("readonly", (store) => store.get(key)));
  return kept?.file ?? null;
}

/** The file is there, or is not wanted. Where the page is left before it is forgotten, the next one does it. */
export function forgetFile(key) {
  noteUnwanted([...unwanted(), key]);
  return orNothing(forget([key]));
}

/** Forgets what an earlier page was about to forget, and files nobody came back for. */
export function forgetLeftovers() {
  const now = Date.now();
  const abandoned = inStore("readwrite", (store) => {
    const request = store.openCursor();
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return;
      if (Math.abs(now - cursor.value.since) > LONGEST) cursor.delete();
      cursor.continue();
    };
    return request;
  });
  return Promise.all([forget(unwanted()), abandoned].map(orNothing));
}

/** Nothing of this chat is to be left in the browser. */
export function forgetFiles() {
  return orNothing(inStore("readwrite", (store) => store.clear()));
}
