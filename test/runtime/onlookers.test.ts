import { expect, test } from 'vitest';
import { Onlookers } from '../../src/runtime/onlookers.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { KeptLog } from './kept-log.ts';

const observation = { type: 'session-opened', sessionId: 'a', at: 0 } as const;
const record = {} as SessionRecord;

function bad(): never {
  throw new Error('bad guest');
}

test('observers are told until they take it back', () => {
  const onlookers = new Onlookers(undefined, new KeptLog());
  const heard: string[] = [];
  expect(onlookers.areTold).toBe(false);
  const leave = onlookers.add(({ type }) => heard.push(type));
  expect(onlookers.areTold).toBe(true);
  onlookers.tell(observation);
  leave();
  expect(onlookers.areTold).toBe(false);
  onlookers.tell(observation);
  expect(heard).toEqual(['session-opened']);
});

test('an observer that throws is logged, and the next is told', () => {
  const log = new KeptLog();
  const onlookers = new Onlookers(undefined, log);
  const heard: string[] = [];
  onlookers.add(bad);
  onlookers.add(({ type }) => heard.push(type));
  onlookers.tell(observation);
  expect(heard).toEqual(['session-opened']);
  expect(log.texts('error')).toEqual(['an observer threw']);
});

test('whatever a tracer is told of, what it throws is logged', () => {
  const log = new KeptLog();
  const tracer = { opened: bad, decided: bad, ended: bad, resettled: bad, unplaced: bad };
  const onlookers = new Onlookers(tracer, log);
  onlookers.opened(record);
  onlookers.decided(record, { type: 'session.ticked', at: 0 }, 'committed', 'active.serving', []);
  onlookers.ended(record);
  onlookers.resettled(0);
  onlookers.unplaced({ type: 'ended', sessionId: 'a', at: 0, event: { type: 'session.ticked', at: 0 } });
  onlookers.call(bad);
  expect(log.texts('error')).toEqual([...Array<string>(5).fill('a tracer threw'), 'a callback threw']);
});
