// The edge function on workerd and Cloudflare Workers. Settings and keys are bindings:
// UPSTREAM and the BALAGH_…_KEYS of the screen.
import { __wbg_reset_state, configure, handle, initSync } from './edge.js';
import wasm from './edge_bg.wasm';
import municipalities from './municipalities.mjs';

let state = 'new';
// What ends the wait of each request under way, should the instance end first.
const waiting = new Set();

// A panic ends the wasm instance in the middle of a task, without an answer. Everyone who waits is
// told to come back (the sender's queue does), and the next request starts a new instance.
function end(place) {
  if (state !== 'ready') return;
  state = 'ended';
  console.error('edge function: a new instance is needed:', place);
  for (const giveUp of waiting) giveUp();
}
globalThis.__balaghPanicked = end;

function start(env) {
  if (state === 'ended') __wbg_reset_state();
  else initSync({ module: wasm });
  configure({ upstream: env.UPSTREAM, keys: env, municipalities });
  state = 'ready';
}

function unavailable(request) {
  const arabic = request.headers.get('accept-language')?.startsWith('ar');
  const title = arabic
    ? 'تعذّر الوصول إلى الخدمة الآن. أعد المحاولة بعد لحظات، ولم يُفقد شيء مما كتبته.'
    : 'The service cannot be reached right now. Try again in a moment; nothing you typed is lost.';
  const code = 'upstream.unavailable';
  return new Response(
    JSON.stringify({ type: `/reasons#${code}`, title, status: 503, code }),
    { status: 503, headers: { 'content-type': 'application/problem+json', 'retry-after': '5' } },
  );
}

export default {
  async fetch(request, env) {
    let giveUp;
    const ended = new Promise((resolve) => {
      giveUp = () => resolve(unavailable(request));
    });
    try {
      if (state !== 'ready') start(env);
      waiting.add(giveUp);
      const address = request.headers.get('cf-connecting-ip') ?? undefined;
      return await Promise.race([handle(request, address), ended]);
    } catch (error) {
      // Never the request: what a citizen wrote is in no log.
      if (error instanceof WebAssembly.RuntimeError) end(error.message);
      else console.error('edge function:', error?.message ?? error);
      return unavailable(request);
    } finally {
      waiting.delete(giveUp);
    }
  },
};
