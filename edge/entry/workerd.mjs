// The edge function on workerd and Cloudflare Workers. Settings and keys are bindings: UPSTREAM and
// the BALAGH_…_KEYS of the screen; see wrangler.toml.
import * as glue from './edge.js';
import wasm from './edge_bg.wasm';
import { edgeFunction, instance } from './instance.mjs';
import municipalities from './municipalities.mjs';

const answer = edgeFunction(instance(glue, wasm));

export default {
  fetch(request, env) {
    const address = request.headers.get('cf-connecting-ip') ?? undefined;
    const settings = { upstream: env.UPSTREAM, publicUrl: env.PUBLIC_URL, keys: env, municipalities };
    return answer(request, address, settings);
  },
};
