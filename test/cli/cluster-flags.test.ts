import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { clusterRequestOf } from '../../src/cli/cluster-flags.ts';

const folder = mkdtempSync(join(tmpdir(), 'cluster-flags-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const cluster = 'nats://a:4222';

test('without a cluster there is none, and nothing is said about one', () => {
  expect(clusterRequestOf({})).toEqual({ cluster: undefined });
  expect(clusterRequestOf({ clusterName: 'x' })).toHaveProperty('problem');
});

test('a cluster has a name, and one copy of everything, unless told otherwise', () => {
  expect(clusterRequestOf({ cluster })).toEqual({
    cluster: { servers: [cluster], name: 'ninelives', replicas: 1, login: undefined, tls: undefined },
  });
  expect(clusterRequestOf({ cluster, clusterName: 'b', clusterReplicas: '3' })).toMatchObject({
    cluster: { name: 'b', replicas: 3 },
  });
});

test('files are read, and TLS is spoken where there are certificates, or the URL says so', () => {
  const [ca, cert, key, creds] = ['ca', 'cert', 'key', 'creds'].map((name) => file(name, `text of ${name}`));
  const asked = { cluster, clusterCa: ca!, clusterCert: cert!, clusterKey: key!, clusterCreds: creds! };
  expect(clusterRequestOf(asked)).toMatchObject({
    cluster: {
      tls: { ca: 'text of ca', cert: 'text of cert', key: 'text of key' },
      login: { kind: 'file', content: 'text of creds' },
    },
  });
  expect(clusterRequestOf({ cluster: 'tls://a' })).toMatchObject({ cluster: { tls: {} } });
});

test.each([
  [{ cluster: 'redis://ada:secret@a' }, '--cluster: address 1'],
  [{ cluster, clusterName: 'a.b' }, '--cluster-name a.b'],
  [{ cluster, clusterCert: 'x' }, 'go together'],
  [{ cluster, clusterCa: '/nowhere' }, '--cluster-ca /nowhere cannot be read'],
  [{ cluster: 'nats://ada:secret@a', clusterCreds: 'x' }, 'say one of them'],
])('a mistake is told in one sentence, without secrets: %j', (flags, problem) => {
  const read = clusterRequestOf(flags);
  expect(read).toEqual({ problem: expect.stringContaining(problem) as string });
  expect(JSON.stringify(read)).not.toContain('secret');
});
