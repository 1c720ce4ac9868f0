// The function over its wasm instance, the same on every runtime. JavaScript reads the body, asks the
// upstream and waits; what is decided is decided in calls that begin with the request's head and leave
// nothing behind, so that one which ended the instance is simply made once more, on the next.

/** A trap, or a stack that is full: what was under way in the instance goes on nowhere. */
export const isEnd = (error) => error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
export const ENDED = Symbol('the instance ended');

/** Announced bodies up to this are read before anybody is asked whether: longer ones might be refused. */
const SMALL = 64 * 1024;
/** How much of a body over its limit is read to its end, so that whoever writes before reading sees the answer. */
const DRAINED = 32 * 1024 * 1024;
/** How long the upstream may take, in milliseconds, body included. */
const PATIENCE_MS = 30_000;
/** What stands instead of a status where the upstream did not answer, and where a file could not be stored. */
const AWAY = 0;
const UNSTORED = 1;
/** Senders counted at the same time; past it counting starts anew rather than growing. */
const MOST_COUNTERS = 20_000;

// In the isolate and not in wasm memory, so that a trap does not forget them. They only hold a flood off
// this isolate; the upstream counts for all.
const counters = new Map();

/**
 * A runtime's one instance of the function: started by the first request, and anew after a trap.
 * @param {object} glue what wasm-bindgen wrote for the module
 * @param {WebAssembly.Module} wasm the module, compiled
 * @param {object} [waits] what the module's tasks ask of the runtime beside the rest
 */
export function instance(glue, wasm, waits) {
  let state = 'new';
  let names;
  /** Who is told when the instance ends. */
  const waiting = new Set();

  function end(error) {
    if (state !== 'ready') return;
    state = 'ended';
    // Never the request: what a citizen wrote is in no log.
    console.error('edge function: a new instance is needed:', error.message);
    for (const giveUp of waiting) giveUp();
  }

  /** The names of the header fields that mean something, by an instance that is there. */
  function ready(settings) {
    if (state === 'ready') return names;
    if (state === 'ended') glue.__wbg_reset_state();
    else glue.initSync({ module: wasm });
    const [read, passed, answered] = glue.configure({ ...settings, io: { ...io, ...waits } });
    names = { read: read.map((name) => ({ name, isPassed: passed.includes(name) })), answered };
    state = 'ready';
    return names;
  }

  /** What `work` gives, done with the instance; `ENDED` where the instance ended under it. */
  function attempt(settings, work) {
    try {
      ready(settings);
      return work(glue);
    } catch (error) {
      if (!isEnd(error)) throw error;
      end(error);
      return ENDED;
    }
  }

  return { ready, attempt, end, waiting };
}

/** The runtime as the wasm takes it (`edge/src/worker/io.rs`). */
const io = {
  answer(status, fields, body) {
    // 204 and 304 must have no body, not even an empty one. What is lent is the instance's memory.
    return new Response(body.length > 0 ? body.slice() : null, { status, headers: record(fields) });
  },
  passing: (municipality, url, fields, body, fileName, file) => ({ isPassed: true, municipality, url, fields, body, fileName, file }),
  counters(names) {
    const all = names.split('\n');
    const states = new Float64Array(all.length);
    for (let at = 0; at < all.length; at++) states[at] = counters.get(all[at]) ?? NaN;
    return states;
  },
  count(names, states) {
    if (counters.size >= MOST_COUNTERS) counters.clear();
    const all = names.split('\n');
    for (let at = 0; at < all.length; at++) counters.set(all[at], states[at]);
  },
};

/**
 * The function over an instance.
 * @param {ReturnType<typeof instance>} own
 * @returns {(request: Request, address: string | undefined, settings: object) => Promise<Response>}
 *   `address`: the client's; `settings`: what `configure` takes, and where photos and objects are
 */
export function edgeFunction({ ready, attempt }) {
  /** What ends two instances is not tried on a third. */
  function twice(settings, work) {
    const first = attempt(settings, work);
    return first === ENDED ? attempt(settings, work) : first;
  }

  async function passed(request, head, fields, body, passing, settings, { answered }) {
    let status = AWAY;
    let said = '';
    let bytes = NOTHING;
    try {
      if (passing.file !== undefined) {
        status = UNSTORED;
        await settings.photos.put(passing.fileName, passing.file);
        status = AWAY;
      }
      const { method } = request;
      const init = {
        method,
        headers: record(passing.fields, fields),
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE_MS),
        body: method === 'GET' || method === 'HEAD' ? undefined : (passing.body ?? body),
      };
      const { municipality, url } = passing;
      const answer = await (municipality === undefined ? fetch(url, init) : settings.toObject(municipality, url, init));
      bytes = new Uint8Array(await answer.arrayBuffer());
      said = fieldsOf(answer.headers, answered);
      status = answer.status;
    } catch (error) {
      // What the runtime says about a failed connection helps nobody who asks here.
      if (status === UNSTORED) console.error('edge function: a photo cannot be stored');
    }
    return twice(settings, ({ conclude }) => conclude(head, status, said, bytes));
  }

  return async (request, address, settings) => {
    try {
      const names = ready(settings);
      const fields = {};
      const head = headOf(request, address, names.read, fields);
      let bytes = NOTHING;
      let came = WHOLE;
      if (hasBody(request.method)) {
        const announced = request.headers.get('content-length');
        let limit = SMALL;
        try {
          if (announced !== null && Number(announced) <= SMALL) {
            bytes = new Uint8Array(await request.arrayBuffer());
          } else {
            limit = twice(settings, (glue) => glue.limit(head));
            if (limit === ENDED) return unavailable(request);
            bytes = await whole(request, limit, DRAINED, settings.keepsBegun);
          }
        } catch {
          came = CUT_SHORT;
        }
        if (bytes === null) [bytes, came] = [NOTHING, TOO_LONG];
        else if (bytes.length > limit) came = TOO_LONG;
      }
      const decided = twice(settings, (glue) => glue.handle(head, bytes, came));
      const answer = decided.isPassed ? await passed(request, head, fields, bytes, decided, settings, names) : decided;
      return answer === ENDED ? unavailable(request) : answer;
    } catch (error) {
      console.error('edge function:', error?.message ?? error);
      return unavailable(request);
    }
  };
}

const NOTHING = new Uint8Array();
/** How much of a body is here, as `handle` takes it. */
const [WHOLE, TOO_LONG, CUT_SHORT] = [0, 1, 2];

const hasBody = (method) => method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';

/** A request's head as the wasm takes it: address, method, and a line for each field that it has of `names`;
    those that go on as they came are added to `passed`. */
function headOf({ method, url, headers }, address, names, passed) {
  let head = `${address ?? ''}\n${method}\n${url}`;
  for (const { name, isPassed } of names) {
    const value = headers.get(name);
    if (value === null) continue;
    head += `\n${name}: ${value}`;
    if (isPassed) passed[name] = value;
  }
  return head;
}

/** Those fields of `names` that there are, a line each. */
export function fieldsOf(headers, names) {
  let fields = '';
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) fields += `${name}: ${value}\n`;
  }
  return fields;
}

/** Adds fields that come a line each to an object. No field of ours comes twice, and of pairs runtimes ask
    an iterator for each text. */
export function record(fields, into = {}) {
  for (let from = 0; from < fields.length;) {
    const found = fields.indexOf('\n', from);
    const end = found < 0 ? fields.length : found;
    const at = fields.indexOf(': ', from);
    into[fields.slice(from, at)] = fields.slice(at + 2, end);
    from = end + 1;
  }
  return into;
}

/** The body of a request or an answer; where it is longer than `limit` null, or what came and a byte more where
    `keepsBegun`, and of the rest `drained` bytes are read, so that whoever writes before reading sees the
    answer. */
export async function whole(message, limit, drained, keepsBegun) {
  const announced = message.headers.get('content-length');
  if (announced !== null && Number(announced) <= limit) {
    const bytes = new Uint8Array(await message.arrayBuffer());
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
    pieces.push(value);
    if (length > limit) {
      await exhaust(reader, drained);
      if (!keepsBegun) return null;
      break;
    }
  }
  if (pieces.length === 1 && length <= limit) return pieces[0];
  const bytes = new Uint8Array(Math.min(length, limit + 1));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece.subarray(0, bytes.length - at), at);
    at += piece.length;
  }
  return bytes;
}

async function exhaust(reader, left) {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    left -= value.length;
    if (left < 0) {
      await reader.cancel();
      return;
    }
  }
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
