/** What is read of the suite's output is what the suite has said. */

import { describe, expect, test } from 'vitest';
import { checksOf, readChecks, scenarioOf } from './checks.ts';

describe('the scenario of a folder', () => {
  test.each([
    ['server-ping-2026-07-28T09-00-00-000Z', 'ping'],
    ['server-server-sse-polling-2026-07-28T09-00-00-000Z', 'server-sse-polling'],
    ['tools_call-2026-07-28T09-00-00-000Z', 'tools_call'],
    ['http-2026-headers-2026-07-28T09-00-00-000Z', 'http-2026-headers'],
    ['auth/basic-cimd-2026-07-28T09-00-00-000Z', 'auth/basic-cimd'],
  ])('%s is %s', (folder, scenario) => {
    expect(scenarioOf(folder)).toBe(scenario);
  });
});

test('a check keeps its status, and its message when it has one', () => {
  const text = JSON.stringify([
    { id: 'a', status: 'FAILURE', errorMessage: 'broken', timestamp: 'now' },
    { id: 'b', status: 'INFO', details: {} },
  ]);
  expect(checksOf('ping', text)).toEqual([
    { scenario: 'ping', id: 'a', status: 'FAILURE', message: 'broken' },
    { scenario: 'ping', id: 'b', status: 'INFO' },
  ]);
});

test('a run is read whole, scenario by scenario', () => {
  const checks = readChecks('test/conformance/recorded/direct');
  expect([...new Set(checks.map(({ scenario }) => scenario))]).toEqual([
    'dns-rebinding-protection',
    'ping',
    'server-sse-polling',
  ]);
  expect(checks.filter(({ scenario }) => scenario === 'ping')).toEqual([
    { scenario: 'ping', id: 'ping', status: 'SUCCESS' },
    { scenario: 'ping', id: 'wire-schema-valid', status: 'SUCCESS' },
  ]);
});

test('where nothing was written there are no checks', () => {
  expect(readChecks('test/conformance/recorded/direct/server-ping-2026-11-23T08-50-43-083Z').length).toBeGreaterThan(0);
  expect(readChecks('test/conformance/fixture')).toEqual([]);
});
