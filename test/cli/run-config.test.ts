import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runConfig } from '../../src/cli/run-config.ts';
import type { ConfigRequest } from '../../src/cli/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'run-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(request: ConfigRequest) {
  let [out, err] = ['', ''];
  const code = await runConfig(
    request,
    { TOKEN: 's3cret' },
    { write: (text) => (out += text) },
    { write: (text) => (err += text) },
  );
  return { code, out, err };
}

async function checked(text: string) {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, text);
  return run({ do: 'check', file });
}

const good = `version: 1
upstreams: { a: { url: 'https://h/\${TOKEN}' } }
routes: [{ path: /a, upstream: a }]
`;

test('a file that can be used: exit code 0, and what is in it without what is secret', async () => {
  expect(await checked(good)).toEqual({
    code: 0,
    out: `${join(folder, 'gateway.yaml')}: 1 upstream, 1 route, nothing wrong\n`,
    err: '',
  });
});

test('a file that cannot: exit code 2, and a line for each mistake', async () => {
  const { code, out, err } = await checked(good.replace('upstream: a', 'upstream: b').replace('TOKEN', 'NONE'));
  const file = join(folder, 'gateway.yaml');
  expect([code, out]).toEqual([2, '']);
  expect(err.split('\n')).toEqual([
    `${file}:2:14: upstreams.a: no route leads to it`,
    `${file}:2:24: upstreams.a.url: the environment has no NONE`,
    `${file}:3:32: routes[0].upstream: there is no upstream 'b'; did you mean 'a'?`,
    '',
  ]);
});

test('the schema is JSON', async () => {
  const { code, out } = await run({ do: 'schema' });
  expect([code, JSON.parse(out)]).toMatchObject([0, { type: 'object', required: ['version', 'upstreams', 'routes'] }]);
});

test('the rules that it names are checked with it', async () => {
  writeFileSync(join(folder, 'rules.yaml'), 'version: 1\nrules:\n  - id: a\n    dont: []\n');
  const { code, err } = await checked(`${good}rules: rules.yaml\n`);
  expect([code, err]).toEqual([2, expect.stringMatching(/rules\.yaml:\d+:\d+/)]);
});
