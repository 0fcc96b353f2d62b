/** Values by name in the browser's own database (IndexedDB). */

const DATABASE = 'glmmgpu';
const STORE = 'models';
/** Tells the other tabs. */
const changes = new BroadcastChannel(DATABASE);

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => { resolve(request.result); };
    request.onerror = () => { reject(request.error ?? new Error('the browser keeps no data of this page')); };
  });
}

/** Does something with the store; the database is open for no longer. */
async function withStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => Promise<T>): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => { opening.result.createObjectStore(STORE); };
  const database = await settled(opening);
  try {
    return await work(database.transaction(STORE, mode).objectStore(STORE));
  } finally {
    database.close();
  }
}

/** All values by their names. @throws DOMException where the browser keeps nothing, as some do in private windows */
export function storedValues<T>(): Promise<Map<string, T>> {
  return withStore('readonly', async (store) => {
    const [names, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
    return new Map(names.map((name, i) => [name as string, values[i] as T]));
  });
}

/** Replaces a value of the same name. @throws DOMException where there is no room or no database */
export async function storeValue(name: string, value: unknown): Promise<void> {
  await change((store) => settled(store.put(value, name)));
}

export async function deleteValue(name: string): Promise<void> {
  await change((store) => settled(store.delete(name)));
}

const watchers = new Set<() => void>();
changes.onmessage = () => { for (const tell of watchers) tell(); };

/** Calls back after every change, here or in another tab. */
export function watchStore(onChange: () => void): void {
  watchers.add(onChange);
}

async function change(work: (store: IDBObjectStore) => Promise<unknown>): Promise<void> {
  await withStore('readwrite', work);
  for (const tell of watchers) tell();
  changes.postMessage(null);
}
