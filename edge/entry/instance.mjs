// The life of the function's wasm instance, the same on every runtime: started by the first request,
// replaced after a trap, and whoever waited for the one that ended is answered by the next.

/** A trap, or a stack that is full: what was under way in the instance goes on nowhere. */
const isEnd = (error) => error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
export const ENDED = Symbol('the instance ended');

/**
 * A runtime's one instance of the function.
 * @param {object} glue what wasm-bindgen wrote for the module
 * @param {WebAssembly.Module} wasm the module, compiled
 * @returns {<T>(settings: object, work: (glue: object) => Promise<T>) => Promise<T | typeof ENDED>}
 *   does `work` with the instance, started by `configure(settings)` where it is not; `ENDED` where
 *   the instance ended under it
 */
export function instance(glue, wasm) {
  let state = 'new';
  // What ends the wait of each request under way, should the instance end first.
  const waiting = new Set();

  function end(error) {
    if (state !== 'ready') return;
    state = 'ended';
    // Never the request: what a citizen wrote is in no log.
    console.error('edge function: a new instance is needed:', error.message);
    for (const giveUp of waiting) giveUp(ENDED);
  }

  // The instance goes on with its tasks from here, where nobody waits for what they throw: a server
  // would end with it, and an isolate leave everyone without an answer.
  const enqueue = globalThis.queueMicrotask;
  globalThis.queueMicrotask = (task) => enqueue(() => {
    try {
      task();
    } catch (error) {
      if (!isEnd(error)) throw error;
      end(error);
    }
  });

  function start(settings) {
    if (state === 'ended') glue.__wbg_reset_state();
    else glue.initSync({ module: wasm });
    glue.configure(settings);
    state = 'ready';
  }

  return async (settings, work) => {
    let giveUp;
    const ended = new Promise((resolve) => (giveUp = resolve));
    try {
      if (state !== 'ready') start(settings);
      waiting.add(giveUp);
      return await Promise.race([work(glue), ended]);
    } catch (error) {
      if (!isEnd(error)) throw error;
      end(error);
      return ENDED;
    } finally {
      waiting.delete(giveUp);
    }
  };
}

/**
 * The function over an instance.
 * @param {ReturnType<typeof instance>} attempt
 * @returns {(request: Request, address: string | undefined, settings: object) => Promise<Response>}
 *   `address`: the client's; `settings`: what `configure` takes
 */
export function edgeFunction(attempt) {
  return async (request, address, settings) => {
    try {
      const kept = request.method === 'POST' ? [] : undefined;
      const first = await attempt(settings, ({ handle }) => handle(request, address, kept));
      if (first !== ENDED) return first;
      const repeated = again(request, kept);
      const second = repeated && (await attempt(settings, ({ handle }) => handle(repeated, address)));
      // What ends two instances is not tried on a third.
      return second instanceof Response ? second : unavailable(request);
    } catch (error) {
      console.error('edge function:', error?.message ?? error);
      return unavailable(request);
    }
  };
}

/** The request once more, where that does nothing twice and its body is still here. */
function again(request, kept) {
  const { url, method, headers } = request;
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return new Request(url, { method, headers });
  if (!headers.has('idempotency-key') || kept?.at(-1) !== null) return undefined;
  return new Request(url, { method, headers, body: new Blob(kept.slice(0, -1)) });
}

/** Come back: the sender's queue does. */
export function unavailable(request) {
  const arabic = request.headers.get('accept-language')?.startsWith('ar');
  const title = arabic
    ? 'تعذّر الوصول إلى الخدمة الآن. أعد المحاولة بعد لحظات، ولم يُفقد شيء مما كتبته.'
    : 'The service cannot be reached right now. Try again in a moment; nothing you typed is lost.';
  const code = 'upstream.unavailable';
  return new Response(JSON.stringify({ type: `/reasons#${code}`, title, status: 503, code }), {
    status: 503,
    headers: { 'content-type': 'application/problem+json', 'retry-after': '5' },
  });
}
