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
    glue.configure({ ...settings, io: io(settings) });
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

/**
 * The runtime as the wasm takes it (`edge/src/worker/io.rs`): whole heads and bodies, because each step over
 * the border is dear.
 * @param {{toObject?: (municipality: string, url: string, init: object) => Promise<Response>}} settings
 */
export function io({ toObject } = {}) {
  return {
    head({ method, url, headers }, names) {
      let head = `${method}\n${url}`;
      for (const name of names) {
        const value = headers.get(name);
        if (value !== null) head += `\n${name}: ${value}`;
      }
      return head;
    },
    body: (request, limit, drained, kept) => whole(request, limit, drained, kept),
    answer(status, fields, body) {
      // 204 and 304 must have no body, not even an empty one. What is lent is the instance's memory.
      return new Response(body.length > 0 ? body.slice() : null, { status, headers: pairs(fields) });
    },
    async send(municipality, url, method, fields, body, patience, most, names) {
      const init = {
        method,
        headers: pairs(fields),
        redirect: 'manual',
        signal: AbortSignal.timeout(patience),
        body: method === 'GET' || method === 'HEAD' ? undefined : body.slice(),
      };
      const answer = await (municipality === undefined ? fetch(url, init) : toObject(municipality, url, init));
      const bytes = await whole(answer, most, 0);
      if (bytes === null) throw new Error('an answer that is too long');
      let said = '';
      for (const name of names) {
        const value = answer.headers.get(name);
        if (value !== null) said += `${name}: ${value}\n`;
      }
      return [answer.status, said, bytes];
    },
  };
}

const pairs = (fields) => (fields === '' ? [] : fields.split('\n').map((line) => {
  const at = line.indexOf(': ');
  return [line.slice(0, at), line.slice(at + 2)];
}));

/** The body of a request or an answer; null where it is longer than `limit`, and of the rest `drained` bytes
    are read, so that whoever writes before reading sees the answer. `kept` is given the pieces. */
async function whole(message, limit, drained, kept) {
  const announced = message.headers.get('content-length');
  if (announced !== null && Number(announced) <= limit) {
    const bytes = new Uint8Array(await message.arrayBuffer());
    kept?.push(bytes, null);
    // Whoever announced less than came is not believed.
    return bytes.length > limit ? null : bytes;
  }
  const reader = message.body?.getReader();
  const pieces = [];
  let length = 0;
  for (;;) {
    const { done, value } = reader ? await reader.read() : { done: true };
    if (done) break;
    length += value.length;
    if (length > limit) return exhaust(reader, drained);
    kept?.push(value);
    pieces.push(value);
  }
  kept?.push(null);
  if (pieces.length === 1) return pieces[0];
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

async function exhaust(reader, left) {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return null;
    left -= value.length;
    if (left < 0) {
      await reader.cancel();
      return null;
    }
  }
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
