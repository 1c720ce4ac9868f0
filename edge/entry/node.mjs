// The edge function on Node.js: node node.mjs
// Settings: server.mjs. Node speaks its own requests, so they are turned into the standard's here.
import { createServer } from 'node:http';
import { Readable } from 'node:stream';

import { IDLE_S, server } from './server.mjs';

const { hostname, port, answer } = await server();

async function respond(incoming, outgoing) {
  const answered = await answer(standard(incoming), incoming.socket.remoteAddress);
  const body = Buffer.from(await answered.arrayBuffer());
  outgoing.writeHead(answered.status, [...answered.headers].flat());
  outgoing.end(incoming.method === 'HEAD' ? undefined : body);
}

function standard(incoming) {
  const { headers, method, rawHeaders, url } = incoming;
  const fields = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) fields.append(rawHeaders[at], rawHeaders[at + 1]);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(new URL(url, `http://${headers.host ?? `${hostname}:${port}`}`), {
    method,
    headers: fields,
    ...(hasBody ? { body: Readable.toWeb(incoming), duplex: 'half' } : {}),
  });
}

const running = createServer({ keepAliveTimeout: IDLE_S * 1000 }, (incoming, outgoing) => {
  respond(incoming, outgoing).catch((error) => {
    // A line that is no request, or a peer that has gone.
    console.error('edge function:', error.message);
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(400, { connection: 'close' }).end();
  });
});
running.listen(port, hostname, () => console.log(`ready http://${hostname}:${port}`));

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => running.close(() => process.exit()));
}
