import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type TLSSocket, connect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { certificateProblem, renewCertificate } from '../../src/transports/tls-certificate.ts';

const fixture = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
const first = { cert: fixture('localhost-cert.pem'), key: fixture('localhost-key.pem') };
const second = { cert: fixture('tls/server.pem'), key: fixture('tls/server-key.pem') };

async function serving() {
  const server = createServer(first, (_request, response) => response.end('here')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const opened = async (): Promise<TLSSocket> => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'secureConnect');
    return socket;
  };
  const shown = async (): Promise<string> => (await opened()).getPeerCertificate().fingerprint256;
  return { server, opened, shown };
}

test('another certificate is shown to who connects from now on, and open connections go on', async () => {
  const { server, opened, shown } = await serving();
  const open = await opened();
  const before = await shown();
  expect(renewCertificate(server, second)).toBeUndefined();
  expect(await shown()).not.toBe(before);
  open.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [answer] = (await once(open, 'data')) as [Buffer];
  expect(answer.toString()).toContain('200 OK');
});

test('one that cannot be used changes nothing', async () => {
  const { server, shown } = await serving();
  const before = await shown();
  expect(renewCertificate(server, { cert: second.cert, key: first.key })).toMatch(/key/);
  expect(renewCertificate(server, { cert: 'x', key: 'y' })).toBeDefined();
  expect(await shown()).toBe(before);
  expect(certificateProblem(first)).toBeUndefined();
});

test('a server without TLS has none to renew', () => {
  expect(renewCertificate(createPlainServer(), second)).toBe('there is no certificate in use here');
});
