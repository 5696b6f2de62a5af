import { describe, expect, test } from 'vitest';
import { HeldLog } from '../../src/cli/held-log.ts';
import { type LogLevel, logLevels } from '../../src/cli/log-levels.ts';
import { openLog } from '../../src/cli/log.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const patienceMs = 100;
const methods = ['trace', 'debug', 'info', 'warn', 'error'] as const;

function held(level: LogLevel = 'info') {
  const clock = new VirtualClock({ epochMs: Date.UTC(2026, 0, 1) });
  const written: string[] = [];
  let timesOpened = 0;
  const log = new HeldLog(level, clock, async (opened, wallTime) => {
    timesOpened += 1;
    return Promise.resolve(openLog(opened, { write: (line) => written.push(line) }, wallTime));
  });
  const lines = (): readonly unknown[] =>
    written.map((line) => (line.startsWith('{') ? (JSON.parse(line) as unknown) : line));
  return { clock, log, written, lines, timesOpened: () => timesOpened };
}

/** Lets a loaded log arrive. */
const arrived = async (): Promise<void> => new Promise(setImmediate);

describe('a line that comes before the log is loaded', () => {
  test('is written when the log is there, and shows when it was said', async () => {
    const { clock, log, lines, timesOpened } = held();
    log.info({ pid: 7 }, 'first');
    clock.advance(30);
    log.warn({}, 'second');
    expect(timesOpened()).toBe(0);
    clock.advance(patienceMs - 30);
    await arrived();
    log.error({}, 'third');
    expect(lines()).toEqual([
      { level: 'info', time: '2026-01-01T00:00:00.000Z', pid: 7, message: 'first' },
      { level: 'warn', time: '2026-01-01T00:00:00.030Z', message: 'second' },
      { level: 'error', time: '2026-01-01T00:00:00.100Z', message: 'third' },
    ]);
    expect(timesOpened()).toBe(1);
  });

  test('keeps its place among what is no line of the log', async () => {
    const { log, written, lines } = held();
    log.inTurn(() => written.push('before'));
    log.info({}, 'said');
    log.inTurn(() => written.push('after'));
    expect(written).toEqual(['before']);
    await log.opened();
    log.inTurn(() => written.push('later'));
    expect(lines()).toEqual(['before', expect.objectContaining({ message: 'said' }), 'after', 'later']);
  });

  test('does not wait when the process is about to end', async () => {
    const { log, lines } = held();
    log.error({}, 'the server could not be started');
    await log.opened();
    expect(lines()).toMatchObject([{ message: 'the server could not be started' }]);
  });

  test('does not wait when there are very many', async () => {
    const { log, written } = held();
    for (let line = 0; line < 1000; line += 1) log.info({}, `line ${line}`);
    await arrived();
    expect(written).toHaveLength(1000);
  });
});

describe('the level', () => {
  test.each(logLevels)('%s lets through itself and what is worse', async (level) => {
    const { log, lines } = held(level);
    for (const method of methods) log[method]({}, method);
    await log.opened();
    for (const method of methods) log[method]({}, method);
    const through = methods.filter((method) => logLevels.indexOf(method) >= logLevels.indexOf(level));
    expect(lines().map((line) => (line as { level: string }).level)).toEqual([...through, ...through]);
    expect(log.traces).toBe(level === 'trace');
  });

  test('under which nothing is said leaves the log unloaded', async () => {
    const { clock, log, written, timesOpened } = held('error');
    for (const method of ['trace', 'debug', 'info', 'warn'] as const) log[method]({}, 'hushed');
    log.inTurn(() => written.push('the server speaks for itself'));
    clock.advance(10 * patienceMs);
    await log.opened();
    expect([timesOpened(), written]).toEqual([0, ['the server speaks for itself']]);
  });
});
