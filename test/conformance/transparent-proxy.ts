/**
 * A proxy that passes every byte on and nothing else: `node dist/test/conformance/transparent-proxy.js URL`. Nobody can tell it from
 * the server behind it, so the runner has to find no difference either.
 */

import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

const upstream = new URL(process.argv[2] ?? '');

const proxy = createServer((incoming, outgoing) => {
  const { method, headers, url } = incoming;
  const forwarded = request(upstream, { method, headers, path: url, agent: false, setHost: false }, (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    outgoing.flushHeaders();
    response.pipe(outgoing);
    response.on('error', () => outgoing.destroy());
  });
  forwarded.on('error', () => outgoing.destroy());
  outgoing.on('close', () => forwarded.destroy());
  incoming.pipe(forwarded);
});
proxy.listen(0, '127.0.0.1', () => {
  const { port } = proxy.address() as AddressInfo;
  process.stderr.write(`listening on http://127.0.0.1:${String(port)}${upstream.pathname}\n`);
});
