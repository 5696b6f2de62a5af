import { describe, expect, test } from 'vitest';
import type { Log } from '../../src/ports.ts';
import { GuardedLog } from '../../src/runtime/guarded-log.ts';
import { World } from '../properties/world.ts';
import { KeptLog } from './kept-log.ts';

const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;

function badLog(part: keyof Log): Log {
  const log = new KeptLog({ traces: true });
  const boom = (): never => {
    throw new Error('the disk is full');
  };
  Object.defineProperty(log, part, part === 'traces' ? { get: boom } : { value: boom });
  return log;
}

test('what is logged reaches the log, as it was', () => {
  const kept = new KeptLog();
  const log = new GuardedLog(kept);
  for (const level of levels) log[level]({ level }, `a line of ${level}`);
  expect(kept.lines).toEqual(levels.map((level) => ({ level, fields: { level }, text: `a line of ${level}` })));
});

test('whether traces are wanted is asked each time', () => {
  let traces = false;
  const log = new GuardedLog(Object.defineProperty(new KeptLog(), 'traces', { get: () => traces }));
  expect(log.traces).toBe(false);
  traces = true;
  expect(log.traces).toBe(true);
});

describe('S6 a log that throws harms nobody', () => {
  test.each(['traces', ...levels] as const)('from its %s', (part) => {
    const world = new World({ log: badLog(part) });
    const [pair, other] = [world.open(), world.open()];
    pair.shake();
    other.shake();
    pair.ask('client-to-server', { id: 1, method: 'tools/call' });
    pair.session.client.receive(new TextEncoder().encode('noise'));
    pair.fromServer({ id: 77, result: {} });
    pair.fromServer({ id: 1, result: {} });
    expect(pair.settled.map(({ outcome }) => outcome)).toEqual(['result', 'refused', 'result']);
    pair.session.close();
    pair.fromClient({ id: 2, method: 'tools/call' });
    expect([pair.endedFor, other.endedFor]).toEqual(['closed-by-operator', undefined]);
  });
});
