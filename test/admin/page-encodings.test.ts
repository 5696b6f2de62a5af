import { expect, test } from 'vitest';
import { encodingFor } from '../../src/admin/page-encodings.ts';

test.each([
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip, deflate', 'gzip'],
  ['GZIP', 'gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['br;q=0.0,gzip ; q=0.000', undefined],
  ['br;q=0.01', 'br'],
  ['*', undefined],
  ['identity', undefined],
  ['', undefined],
  [undefined, undefined],
])('who takes %j gets %s', (accepted, encoding) => {
  expect(encodingFor(accepted, () => true)).toBe(encoding);
});

test('only what is there is sent', () => {
  expect(encodingFor('br, gzip', (encoding) => encoding === 'gzip')).toBe('gzip');
  expect(encodingFor('br, gzip', () => false)).toBeUndefined();
});
