// What an object of the function does: tasks of the wasm, which wait for storage and for others.
import { ENDED, fieldsOf, isEnd, record, whole } from './instance.mjs';

/**
 * Tasks of an instance.
 * @param {ReturnType<import('./instance.mjs').instance>} own
 * @returns {<T>(settings: object, work: (glue: object) => Promise<T>) => Promise<T | typeof ENDED>}
 *   does `work` with the instance, to its end; `ENDED` where the instance ended under it
 */
export function tasks({ attempt, end, waiting }) {
  // The instance goes on with its tasks from here, where nobody waits for what they throw: an isolate
  // would leave everyone without an answer.
  const enqueue = globalThis.queueMicrotask;
  globalThis.queueMicrotask = (task) => enqueue(() => {
    try {
      task();
    } catch (error) {
      if (!isEnd(error)) throw error;
      end(error);
    }
  });

  return async (settings, work) => {
    let giveUp;
    const ended = new Promise((resolve) => (giveUp = () => resolve(ENDED)));
    waiting.add(giveUp);
    try {
      return await Promise.race([attempt(settings, work), ended]);
    } catch (error) {
      if (!isEnd(error)) throw error;
      end(error);
      return ENDED;
    } finally {
      waiting.delete(giveUp);
    }
  };
}

/** The runtime as the wasm's tasks take it beside the rest (`edge/src/worker/tasks.rs`): whole heads and
    bodies, because each step over the border is dear. */
export const waits = {
  head: ({ method, url, headers }, names) => `\n${method}\n${url}\n${fieldsOf(headers, names)}`,
  body: (request, limit, drained) => whole(request, limit, drained),
  async send(url, method, fields, body, patience, most, names) {
    const answer = await fetch(url, {
      method,
      headers: record(fields),
      redirect: 'manual',
      signal: AbortSignal.timeout(patience),
      body: method === 'GET' || method === 'HEAD' ? undefined : body.slice(),
    });
    const bytes = await whole(answer, most, 0);
    if (bytes === null) throw new Error('an answer that is too long');
    return [answer.status, fieldsOf(answer.headers, names), bytes];
  },
};
