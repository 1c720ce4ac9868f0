// The edge function on Bun: bun bun.mjs
// Settings: server.mjs.
import { IDLE_S, server } from './server.mjs';

const { hostname, port, answer } = await server();
const running = Bun.serve({
  hostname,
  port,
  idleTimeout: IDLE_S,
  fetch: (request, serving) => answer(request, serving.requestIP(request)?.address),
});
console.log(`ready http://${hostname}:${port}`);

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, async () => {
    await running.stop();
    process.exit();
  });
}
