/**
 * Snapshots that were kept are read, by this release and by all that come. The files in test/fixtures/snapshots were written by
 * releases that are out there, so they stay as they are. When the version rises: leave them, put files of the new version
 * beside them, and teach src/session/read-snapshot.ts to make the new shape of the old one.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSnapshot } from '../../src/session/read-snapshot.ts';
import { snapshotOf, snapshotVersion } from '../../src/session/snapshot.ts';
import { runs } from '../properties/runs.ts';
import { openSession, receive, request } from './fixtures.ts';

const folder = 'test/fixtures/snapshots';
const kept = readdirSync(folder);
const parsed = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(posix.join(folder, name), 'utf8')) as Record<string, unknown>;

const refusal = (message: string): Error =>
  expect.objectContaining({
    name: 'LocalError',
    code: 'INVALID_SNAPSHOT',
    message: expect.stringContaining(message),
  }) as Error;

describe('snapshots that were kept', () => {
  test('are there, of every version so far', () => {
    const versions = new Set(kept.map((name) => Number(/^v(\d+)-/.exec(name)?.[1])));
    expect([...versions].toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: snapshotVersion }, (_, index) => index + 1),
    );
  });

  test.each(kept)('%s is read, and says what it said', (name) => {
    const { counts, ...rest } = parsed(name);
    const snapshot = readSnapshot(parsed(name));
    expect(JSON.parse(JSON.stringify(snapshot)), 'a kept file is never changed: see the head of this test').toEqual({
      ...rest,
      counts: snapshot.counts,
    });
    expect(snapshot.counts).toMatchObject(counts as object);
  });

  test('of an earlier release have 0 for counters that came later', () => {
    const { counts } = readSnapshot(parsed('v1-of-an-earlier-release.json'));
    expect([counts.refusedQuestions, counts.requestsFromClient]).toEqual([0, 1]);
  });
});

describe('a snapshot', () => {
  const { record } = openSession({ principal: 'ann' });
  receive(record, request(1, 'tools/call', { _meta: { progressToken: 't' } }));

  test('that is read is equal to what was written, and a copy', () => {
    const written = snapshotOf(record, 700);
    const read = readSnapshot(written);
    expect(read).toEqual(written);
    expect(read.pending[0]).not.toBe(written.pending[0]);
  });

  test('keeps nothing that this release does not know', () => {
    const more = { ...snapshotOf(record, 0), colour: 'red', counts: { ...snapshotOf(record, 0).counts, later: 3 } };
    expect(readSnapshot(more)).toEqual(snapshotOf(record, 0));
  });
});

/** The snapshot that has something of everything, with one part changed. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const snapshot = parsed('v1-everything.json');
  let part = snapshot as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) part = part[key] as typeof part;
  part[path.at(-1)!] = value;
  return snapshot;
}

describe('what is no snapshot is refused, with the member that shows it', () => {
  test.each<[unknown, string]>([
    [undefined, 'the snapshot is missing; it should be an object.'],
    [null, 'the snapshot is null;'],
    ['{"version":1}', 'the snapshot is "{"version":1}"; it should be an object.'],
    [[], 'the snapshot is a list;'],
    [{}, 'version is missing; it should be 1, which is what this release reads.'],
    [{ version: 2 }, 'version is 2; it should be 1'],
    [{ version: '1' }, 'version is "1";'],
    [Object.create(parsed('v1-fresh.json')) as unknown, 'version is missing;'],
    [JSON.parse('{"__proto__":{"version":1}}'), 'version is missing;'],
  ])('%j', (json, message) => {
    expect(() => readSnapshot(json)).toThrow(refusal(message));
  });

  test.each<[readonly (string | number)[], unknown, string]>([
    [['id'], 7, 'id is 7; it should be a text.'],
    [['state'], 'asleep', 'state is "asleep"; it should be one of initializing, active.serving,'],
    [['status'], 'failed', 'status is "failed"; it should be active.'],
    [['endReason'], 'boredom', 'endReason is "boredom"; it should be one of client-closed,'],
    [['endReason'], 'constructor', 'endReason is "constructor";'],
    [['transportType'], 'pigeon', 'transportType is "pigeon";'],
    [['principal'], null, 'principal is null; it should be a text.'],
    [['frames'], -1, 'frames is -1; it should be a number from 0.'],
    [['ageMs'], Number.NaN, 'ageMs is NaN;'],
    [['commits'], Infinity, 'commits is Infinity;'],
    [['tags'], 'demo', 'tags is "demo"; it should be a list.'],
    [['tags', 0], 7, 'tags[0] is 7;'],
    [['tags'], { length: 3 }, 'tags is of type object;'],
    [['tasks'], Array(3), 'tasks[0] is missing;'],
    [
      ['pending', 1, 'state'],
      'lost',
      'pending[1].state is "lost"; it should be one of held, open, answering, dropped.',
    ],
    [['pending', 1], null, 'pending[1] is null;'],
    [['pending', 0, 'id'], { toString: 'x' }, 'pending[0].id is of type object; it should be a text or a number.'],
    [['pending', 0, 'dueInMs'], undefined, 'pending[0].dueInMs is missing; it should be a number or null.'],
    [['held', 0, 'isDecided'], 1, 'held[0].isDecided is 1; it should be true or false.'],
    [['counts'], [], 'counts is a list;'],
    [['counts', 'held'], '1', 'counts.held is "1";'],
    [['dwellMs'], undefined, 'dwellMs is missing;'],
    [['transitions', 0, 'to'], 'toString', 'transitions[0].to is "toString";'],
  ])('%j: %j', (path, value, message) => {
    expect(() => readSnapshot(changed(path, value))).toThrow(refusal(message));
  });

  test('a list of more than anybody means, without looking at it', () => {
    const vast = Array<string>(4_000_000_000);
    expect(() => readSnapshot(changed(['tags'], vast))).toThrow(refusal('tags has 4000000000 items; 100000 are read'));
  });

  test('and is not repeated at length', () => {
    const read = (): unknown => readSnapshot(changed(['state'], 'x'.repeat(1e6)));
    expect(read).toThrow(refusal(`state is "${'x'.repeat(40)}";`));
  });

  test('whatever it is: a snapshot comes out, or this error, and no object is changed for others', () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const names = Object.keys(parsed('v1-everything.json'));
    const part = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(undefined, [], {}, [null], [{}], Number.NaN));
    const path = fc.tuple(fc.constantFrom(...names, '__proto__', 'constructor'));
    fc.assert(
      fc.property(fc.array(fc.tuple(path, part), { maxLength: 3 }), (changes) => {
        const snapshot = parsed('v1-everything.json');
        for (const [[name], value] of changes) Object.defineProperty(snapshot, name, { value, configurable: true });
        try {
          expect(readSnapshot(readSnapshot(snapshot))).toEqual(readSnapshot(snapshot));
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_SNAPSHOT' });
        }
        expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
      }),
      runs(300),
    );
  });
});
