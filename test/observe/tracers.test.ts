import { expect, test } from 'vitest';
import { TraceRing } from '../../src/observe/trace-ring.ts';
import { allTracers } from '../../src/observe/tracers.ts';
import type { Tracer } from '../../src/runtime/tracer.ts';
import { Playbook } from '../../src/testing/playbook.ts';

test('none is none, and one is itself', () => {
  const ring = new TraceRing();
  expect([allTracers(), allTracers(undefined), allTracers(undefined, ring)]).toEqual([undefined, undefined, ring]);
});

test('each of several is told everything, in order', async () => {
  const told: string[] = [];
  const telling = (name: string): Tracer => ({
    opened: ({ id }) => told.push(`${name}: ${id} opened`),
    decided: (_record, { type }) => told.push(`${name}: ${type}`),
    ended: ({ id }) => told.push(`${name}: ${id} ended`),
    unplaced: ({ type }) => told.push(`${name}: unplaced, ${type}`),
  });
  const play = new Playbook({ tracer: allTracers(telling('a'), telling('b'))! });
  const talk = play.open();
  talk.session.close();
  talk.client.asks(1, 'ping');
  talk.client.takesAll();
  expect(told).toEqual(
    ['s1 opened', 'upstream.ready', 'session.close', 's1 ended', 'unplaced, ended'].flatMap((what) => [
      `a: ${what}`,
      `b: ${what}`,
    ]),
  );
  await play.ends();
});
