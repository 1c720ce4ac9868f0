// Waiting for a condition, never for a while: the only place where time passes in these tests.
import { setTimeout as pause } from "node:timers/promises";

/** How long anything may take before it counts as never, in milliseconds. Generous: a slow machine
    is not a defect, and a met condition ends the wait at once. */
export const DEADLINE_MS = 120_000;
const LOOK_MS = 50;

/**
 * Asks until the answer is truthy, and gives it back.
 *
 * @param {string} what the sentence that is not yet true, for the failure
 * @param {() => any} ask may be async; what it throws counts as "not yet"
 */
export async function until(what, ask, deadline = DEADLINE_MS) {
  const end = performance.now() + deadline;
  let last;
  for (;;) {
    try {
      last = await ask();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) {
      throw new Error(`after ${deadline / 1000} s still not true: ${what}`, { cause: last });
    }
    await pause(LOOK_MS);
  }
}

/** The promise's value, or a failure that names what did not come. */
export async function within(what, promise, deadline = DEADLINE_MS) {
  const stop = new AbortController();
  const late = pause(deadline, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`after ${deadline / 1000} s still not there: ${what}`);
  });
  late.catch(() => {}); // cut short below
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
  }
}
