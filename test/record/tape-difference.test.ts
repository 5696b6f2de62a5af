import { describe, expect, test } from 'vitest';
import { type SessionDifference, differencesOfSessions } from '../../src/record/tape-difference.ts';
import { differenceLines } from '../../src/record/tape-difference-text.ts';
import { loadTape } from '../../src/record/tape-travel.ts';
import { type TapedSession, sessionsOn } from '../../src/record/taped-sessions.ts';
import type { ScriptedServer } from '../../src/testing/scripted-peer.ts';
import type { Playbook, Talk } from '../../src/testing/playbook.ts';
import { taped } from './taped.ts';

type Call = readonly [name: string, said?: unknown, answer?: unknown];

async function sessions(talk: (talk: Talk<ScriptedServer>, play: Playbook) => void): Promise<readonly TapedSession[]> {
  const tape = await loadTape(await taped({ talk }));
  if (!('header' in tape)) throw new Error(tape.problem);
  return sessionsOn(tape);
}

/** A session in which tools are called, one after the other. */
const calling = async (...calls: readonly Call[]) =>
  sessions(({ client, server }, play) => {
    for (const [place, [name, said = {}, answer = {}]] of calls.entries()) {
      client.asks(place + 1, 'tools/call', { name, arguments: said, _meta: { progressToken: place } });
      server.takesAll();
      play.timePasses(place * 7);
      server.answers(place + 1, answer);
      client.takesAll();
    }
  });

const shown = (found: readonly SessionDifference[]): readonly string[] =>
  found.flatMap(differenceLines).map(({ text }) => text.replace(/ {2}\(.*\)$/, ''));

describe('two tapes', () => {
  test('of the same conversation differ in nothing, under whatever ids and however long it took', async () => {
    const one = await calling(['a'], ['b', { x: 1 }]);
    const other = await sessions(({ client, server }, play) => {
      for (const [id, name, said] of [
        ['p', 'a', {}],
        ['q', 'b', { x: 1 }],
      ] as const) {
        client.asks(id, 'tools/call', { arguments: said, name });
        server.takesAll();
        play.timePasses(900);
        server.answers(id);
        client.takesAll();
      }
    });
    const [found, ...more] = differencesOfSessions(one, other);
    expect([found!.changes, more]).toEqual([[], []]);
    // Three requests, a notification, two changes of state, the server there, the close and the end.
    expect(found!.same).toBe(9);
  });

  test('differ where something else was asked, and where something else came of it', async () => {
    const one = await calling(['a', { x: 1 }, { text: 'yes' }], ['b', { y: [1] }, { text: 'same' }]);
    const other = await calling(['a', { x: 1 }, { text: 'no' }], ['b', { y: [2] }, { text: 'same' }]);
    expect(shown(differencesOfSessions(one, other))).toEqual([
      '  session 1 and 1: 7 the same, 2 not',
      '~ -> tools/call a',
      '    answer /result/text',
      '-     yes',
      '+     no',
      '~ -> tools/call b',
      '    message /params/arguments/y/0',
      '-     1',
      '+     2',
    ]);
  });

  test('differ in requests that only one of them has, and in their order', async () => {
    const one = await calling(['a'], ['b'], ['c'], ['d']);
    const other = await calling(['c'], ['a'], ['b'], ['e']);
    expect(shown(differencesOfSessions(one, other)).slice(1)).toEqual([
      '~ -> tools/call c  is at another place',
      '- -> tools/call d',
      '+ -> tools/call e',
    ]);
  });

  test('do not differ in what is ignored', async () => {
    const one = await calling(['a', { now: 1 }, { text: 'x' }]);
    const other = await calling(['a', { now: 2 }, { text: 'x' }]);
    const ignoring = (path: string): boolean => path === '/params/arguments/now';
    expect(differencesOfSessions(one, other, { ignoring })[0]!.changes).toEqual([]);
    expect(differencesOfSessions(one, other)[0]!.changes).toHaveLength(1);
  });

  test('differ in outcomes, states, and answers that are missing', async () => {
    const one = await calling(['a', {}, { text: 'done' }]);
    const other = await sessions(({ client, server }) => {
      client.asks(1, 'tools/call', { name: 'a', arguments: {} });
      server.takesAll();
      client.leaves();
    });
    const lines = shown(differencesOfSessions(one, other));
    expect(lines).toEqual(expect.arrayContaining(['    outcome', '-     result', '-     {"text":"done"}']));
    expect(lines.some((line) => line.startsWith('+ state '))).toBe(true);
  });

  test('differ in what interceptors decided', async () => {
    const one = await calling(['a']);
    const blocked = one.map((session) => ({
      ...session,
      exchanges: session.exchanges.map((exchange) => ({
        ...exchange,
        request: { ...exchange.request, steps: [{ interceptor: 'rules', action: 'block' as const }] },
      })),
    }));
    expect(shown(differencesOfSessions(one, blocked)).slice(-3)).toEqual([
      '~ -> tools/call a',
      '    decision',
      '+     rules: block',
    ]);
  });

  test('a session that has no other to be compared with is new or missing as a whole', async () => {
    const one = await calling(['a']);
    const [, found] = differencesOfSessions(one, [...one, ...one]);
    expect(found).toMatchObject({ before: undefined, after: 1, same: 0 });
    expect(found!.changes.every(({ change }) => change === 'new')).toBe(true);
  });
});
