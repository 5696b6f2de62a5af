import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { spawnErrorKind } from '../../src/transports/child-spawn-error.ts';

const error = (code: string) => Object.assign(new Error(`spawn server ${code}`), { code });
const here = fileURLToPath(new URL('.', import.meta.url));

test.each([
  ['ENOENT', 'not-found'],
  ['EACCES', 'not-executable'],
  ['EPERM', 'not-executable'],
  ['ENOEXEC', 'not-executable'],
  ['EFTYPE', 'not-executable'],
  ['EMFILE', 'no-resources'],
  ['ENFILE', 'no-resources'],
  ['EAGAIN', 'no-resources'],
  ['ENOMEM', 'no-resources'],
  ['E2BIG', 'failed'],
])('%s of a start means %s', (code, kind) => {
  expect(spawnErrorKind(error(code), undefined)).toBe(kind);
  expect(spawnErrorKind(error(code), here)).toBe(kind);
});

test('a working directory that is none is not taken for a missing command', () => {
  expect(spawnErrorKind(error('ENOENT'), `${here}nowhere`)).toBe('no-such-directory');
  expect(spawnErrorKind(error('ENOTDIR'), fileURLToPath(import.meta.url))).toBe('no-such-directory');
});

test('an error without a code is a failure like any other', () => {
  expect(spawnErrorKind(new Error('unheard of'), undefined)).toBe('failed');
});
