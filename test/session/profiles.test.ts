import { describe, expect, test } from 'vitest';
import { defaultTimes } from '../../src/session/limits.ts';
import {
  acceptsBatches,
  builtInProfiles,
  defaultProfile,
  type Profile,
  standardTimes,
  timesOf,
} from '../../src/session/profiles.ts';
import { fromClient, fromServer } from './fixtures.ts';

const revisions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'] as const;

function profile(name: string): Profile {
  const found = builtInProfiles.get(name);
  if (found === undefined) throw new Error(`There is no profile ${name}`);
  return found;
}

describe('the built-in profiles', () => {
  test('are one for all revisions, one for each, and two dialects', () => {
    expect([...builtInProfiles.keys()]).toEqual([
      'mcp',
      ...revisions.map((revision) => `mcp-${revision}`),
      'lsp-like',
      'lenient',
    ]);
    expect([...builtInProfiles].every(([name, { name: own }]) => name === own)).toBe(true);
    expect(defaultProfile).toBe(profile('mcp'));
  });

  test('know a shutdown method in the dialect alone: no revision of MCP has one', () => {
    const shutdowns = [...builtInProfiles.values()].map(({ name, shutdownMethods }) => [name, ...shutdownMethods]);
    expect(shutdowns.filter((row) => row.length > 1)).toEqual([['lsp-like', 'shutdown']]);
  });

  test('swallow progress after the answer, but for the lenient one', () => {
    const forwarding = [...builtInProfiles.values()].filter(({ lateProgress }) => lateProgress === 'forward');
    expect(forwarding.map(({ name }) => name)).toEqual(['lenient']);
  });

  test('have a sentence for people each', () => {
    for (const { description } of builtInProfiles.values()) expect(description).toMatch(/^[A-Z].*\.$/);
  });
});

describe('batches', () => {
  test('are split as the negotiated revision says', () => {
    expect(revisions.filter((revision) => acceptsBatches(defaultProfile, revision))).toEqual(['2025-03-26']);
  });

  test('are split before anything is negotiated, and in a revision unknown here', () => {
    expect(acceptsBatches(defaultProfile, undefined)).toBe(true);
    expect(acceptsBatches(defaultProfile, '2031-01-01')).toBe(true);
  });

  test("are taken or not as a revision's own profile says, whatever is negotiated", () => {
    const taking = revisions.filter((revision) => acceptsBatches(profile(`mcp-${revision}`), '2025-03-26'));
    expect(taking).toEqual(['2025-03-26']);
    expect(acceptsBatches(profile('mcp-2025-03-26'), '2025-11-25')).toBe(true);
    expect(acceptsBatches(profile('mcp-2025-11-25'), undefined)).toBe(false);
    expect(acceptsBatches(profile('lenient'), '2025-11-25')).toBe(true);
  });
});

describe('the deadlines of a request', () => {
  const times = { ...defaultTimes, initializeMs: 1, pingMs: 2, requestIdleMs: 3, requestAbsoluteMs: 4 };

  test("are the session's; the handshake and pings have one of their own, a listening stream has none", () => {
    expect(timesOf(defaultProfile, standardTimes(times), 'tools/call', fromClient)).toEqual({
      idleMs: 3,
      absoluteMs: 4,
    });
    expect(timesOf(defaultProfile, standardTimes(times), 'initialize', fromClient)).toEqual({
      idleMs: Infinity,
      absoluteMs: 1,
    });
    expect(timesOf(defaultProfile, standardTimes(times), 'ping', fromServer)).toEqual({
      idleMs: Infinity,
      absoluteMs: 2,
    });
    expect(timesOf(defaultProfile, standardTimes(times), 'subscriptions/listen', fromClient)).toEqual({
      idleMs: Infinity,
      absoluteMs: Infinity,
    });
  });

  test('of a question to the client have no idle one: a person shows no progress', () => {
    expect(timesOf(defaultProfile, standardTimes(times), 'elicitation/create', fromServer)).toEqual({
      idleMs: Infinity,
      absoluteMs: 4,
    });
  });

  test("are the method's where the profile names one, each for itself, and zero is a time", () => {
    const slow: Profile = {
      ...defaultProfile,
      methodTimes: { 'tools/call': { idleMs: Infinity }, ping: { idleMs: 0, absoluteMs: 9 } },
    };
    expect(timesOf(slow, standardTimes(times), 'tools/call', fromClient)).toEqual({ idleMs: Infinity, absoluteMs: 4 });
    expect(timesOf(slow, standardTimes(times), 'ping', fromClient)).toEqual({ idleMs: 0, absoluteMs: 9 });
    expect(timesOf(slow, standardTimes(times), 'tools/list', fromClient)).toEqual({ idleMs: 3, absoluteMs: 4 });
  });

  test("are the session's for a method that is called like something every object has", () => {
    for (const method of ['constructor', 'toString', '__proto__']) {
      expect(timesOf(defaultProfile, standardTimes(times), method, fromClient)).toEqual({ idleMs: 3, absoluteMs: 4 });
    }
  });
});
