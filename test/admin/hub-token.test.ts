import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hubToken, readHubToken } from '../../src/admin/hub-token.ts';

const isWindows = process.platform === 'win32';

function folder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'hub-token-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, 'ninelives');
}

test('the token is made once, and the next hub takes it over', () => {
  const place = folder();
  expect(readHubToken(place)).toBe(undefined);
  const first = hubToken(place);
  expect(first).toEqual({ token: expect.stringMatching(/^[\w-]{43}$/) as string });
  expect(hubToken(place)).toEqual(first);
  expect({ token: readHubToken(place) }).toEqual(first);
  expect(readdirSync(place)).toEqual(['hub-token.json']);
  if (!isWindows) expect(statSync(join(place, 'hub-token.json')).mode & 0o777).toBe(0o600);
});

test.each(['', '{"token":', '{"token":"short"}', 'null', `{"token":"${'x'.repeat(44)}"}`])(
  'a file that says %j is replaced',
  (text) => {
    const place = folder();
    mkdirSync(place, { mode: 0o700 });
    writeFileSync(join(place, 'hub-token.json'), text, { mode: 0o600 });
    expect(readHubToken(place)).toBe(undefined);
    const made = hubToken(place);
    expect(made).toHaveProperty('token');
    expect(hubToken(place)).toEqual(made);
  },
);

test.skipIf(isWindows)('a token that others could read is none, and is replaced', () => {
  const place = folder();
  const open = hubToken(place);
  chmodSync(join(place, 'hub-token.json'), 0o644);
  expect(readHubToken(place)).toBe(undefined);
  expect(hubToken(place)).not.toEqual(open);
});

test('a folder that cannot be used is said', () => {
  const place = folder();
  writeFileSync(place, 'in the way');
  expect(hubToken(place)).toEqual({ problem: expect.stringContaining(place) as string });
});
