import { expect, test } from 'vitest';
import { CollectingLog } from '../../src/testing/collecting-log.ts';
import { Script } from '../../src/testing/script.ts';

test('keeps what was said as it was said, level by level', () => {
  const log = new CollectingLog(new Script(), true);
  const fields = { state: 'active', error: new TypeError('no') };
  log.error(fields, 'first');
  fields.state = 'closed';
  log.warn({}, 'second');
  expect(log.lines('error')).toEqual([
    { level: 'error', fields: { state: 'active', error: 'TypeError: no' }, text: 'first' },
  ]);
  expect([log.lines('warn').length, log.lines('info'), log.lines('trace'), log.lines('debug')]).toEqual([
    1,
    [],
    [],
    [],
  ]);
});

test('a line is taken once, in order, by its words', () => {
  const log = new CollectingLog(new Script(), false);
  log.info({ n: 1 }, 'started');
  log.info({ n: 2 }, 'exited');
  expect(() => log.says('info', 'exited')).toThrow(/no such info line/);
  expect(log.says('info', 'started').fields).toEqual({ n: 1 });
  expect(log.says('info', 'exited').fields).toEqual({ n: 2 });
  expect(() => log.says('info', 'exited')).toThrow(/no such info line/);
});
