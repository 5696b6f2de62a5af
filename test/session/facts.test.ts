import { describe, expect, test } from 'vitest';
import { capabilitiesText, noFacts, nothingAnnounced } from '../../src/session/facts.ts';
import { commit, openSession } from './fixtures.ts';

test('a session begins knowing nothing', () => {
  const { record } = openSession();
  expect(record.facts).toBe(noFacts);
  const { subscriptions, announced, ...others } = noFacts;
  expect(Object.values(others).every((fact) => fact === undefined)).toBe(true);
  expect([subscriptions.size, announced]).toEqual([0, nothingAnnounced]);
  expect([nothingAnnounced.supportedVersions, nothingAnnounced.headerParams.size]).toEqual([undefined, 0]);
});

test('what one session learns replaces its facts and leaves those that all sessions begin with', () => {
  const { record } = openSession();
  commit(record, ({ unit }) => unit.learn({ serverName: 'everything' }), { at: 0 });
  expect(record.facts.serverName).toBe('everything');
  expect(noFacts.serverName).toBeUndefined();
});

describe('the capabilities of a server as text', () => {
  test('are the same in whatever order they are said, at every depth', () => {
    const one = capabilitiesText({ tools: { listChanged: true, x: { a: 1, b: 2 } }, logging: {} });
    const other = capabilitiesText({ logging: {}, tools: { x: { b: 2, a: 1 }, listChanged: true } });
    expect(one).toBe('{"logging":{},"tools":{"listChanged":true,"x":{"a":1,"b":2}}}');
    expect(other).toBe(one);
  });

  test('differ where anything else does: a value, a name, the order of a list', () => {
    const texts = [
      { tools: {} },
      { tools: { listChanged: true } },
      { tools: null },
      { experimental: ['a', 'b'] },
      { experimental: ['b', 'a'] },
      { experimental: { 0: 'a', 1: 'b' } },
    ].map((capabilities) => capabilitiesText(capabilities));
    expect(new Set(texts).size).toBe(6);
  });
});
