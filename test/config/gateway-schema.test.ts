import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gatewayJsonSchema, gatewaySchema, routeLimitNames, timeNames } from '../../src/config/gateway-schema.ts';

test('the published schema is that of the code: npm run docs writes it', () => {
  expect(JSON.parse(readFileSync('docs/reference/gateway.schema.json', 'utf8'))).toEqual(gatewayJsonSchema());
});

test('limits of the whole process are none of a route, and all times are', () => {
  expect(routeLimitNames).toContain('pendingPerSession');
  expect(routeLimitNames.filter((name) => name.endsWith('Total'))).toEqual([]);
  expect(timeNames).toContain('requestIdleMs');
});

test.each([0, -1, 1.5, '5', null])('a time of %j is none', (value) => {
  const said = { version: 1, upstreams: { a: { command: 'x' } }, routes: [{ path: '/a', upstream: 'a' }] };
  expect(gatewaySchema.safeParse(said).success).toBe(true);
  expect(gatewaySchema.safeParse({ ...said, times: { requestIdleMs: value } }).success).toBe(false);
});
