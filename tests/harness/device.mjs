// What the widget keeps on the citizen's device.

/** The reports kept by all widgets of the page's web origin: drafts, those that wait to be sent, and
    those whose photos follow. */
export function records(page) {
  return page.evaluate(async () => {
    const done = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const found = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      const all = await done(database.transaction("reports").objectStore("reports").getAll());
      database.close();
      found.push(
        ...all.map(({ draft, number, photos, waiting_since: since, tried, json }) => ({
          draft, number, photos: photos?.length, waits: since !== undefined, tried, json,
        })),
      );
    }
    return found;
  });
}
