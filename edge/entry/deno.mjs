// The edge function on Deno: deno run --allow-net --allow-env --allow-read=. deno.mjs
// Settings: server.mjs.
import { server } from './server.mjs';

const { hostname, port, answer } = await server();
const onListen = () => console.log(`ready http://${hostname}:${port}`);
const running = Deno.serve({ hostname, port, onListen }, (request, { remoteAddr }) =>
  answer(request, remoteAddr.hostname));

for (const signal of ['SIGTERM', 'SIGINT']) {
  Deno.addSignalListener(signal, async () => {
    await running.shutdown();
    Deno.exit();
  });
}
