import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openLog } from '../../src/cli/log.ts';
import { logLevels } from '../../src/cli/log-levels.ts';
import type { Log } from '../../src/ports.ts';

/** Standard error as the log sees it, and the text that it was given. */
class FakeStderr extends Writable {
  readonly isTTY: boolean;
  text = '';

  constructor(isTTY: boolean) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }

  get lines(): readonly string[] {
    return this.text.split('\n').slice(0, -1);
  }

  get objects(): readonly Record<string, unknown>[] {
    return this.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

const methods = ['trace', 'debug', 'info', 'warn', 'error'] as const;

function sayAll(log: Log): void {
  for (const method of methods) log[method]({ session: 's1' }, `a line of ${method}`);
}

beforeEach(() => {
  vi.stubEnv('NO_COLOR', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a log that a program reads', () => {
  test('has one JSON object a line: level, time, the fields, the message', () => {
    const stderr = new FakeStderr(false);
    sayAll(openLog('trace', stderr));
    expect(stderr.text.endsWith('\n')).toBe(true);
    expect(stderr.objects).toEqual(
      methods.map((level) => ({
        level,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
        session: 's1',
        message: `a line of ${level}`,
      })),
    );
  });

  test('keeps to one line whatever is said in it', () => {
    const stderr = new FakeStderr(false);
    openLog('info', stderr).info({ words: 'one\ntwo\u2028three' }, 'first\nsecond');
    expect(stderr.objects).toMatchObject([{ words: 'one\ntwo\u2028three', message: 'first\nsecond' }]);
  });

  test('says of an error what it was and where', () => {
    const stderr = new FakeStderr(false);
    openLog('info', stderr).error({ error: new RangeError('too far') }, 'it failed');
    expect(stderr.objects[0]).toMatchObject({
      error: { type: 'RangeError', message: 'too far', stack: expect.stringContaining('log.test.ts') as string },
    });
  });

  test('has no colours in it', () => {
    const stderr = new FakeStderr(false);
    sayAll(openLog('trace', stderr));
    expect(stderr.text).not.toContain('\u001b');
  });
});

describe('a level', () => {
  test.each(logLevels)('%s lets through itself and what is worse', (level) => {
    const stderr = new FakeStderr(false);
    sayAll(openLog(level, stderr));
    const first = methods.findIndex((method) => method === level);
    expect(stderr.objects.map((line) => line['level'])).toEqual(first === -1 ? [] : methods.slice(first));
  });

  test('says whether decisions are to be traced, before anybody builds a line of one', () => {
    const traces = logLevels.filter((level) => openLog(level, new FakeStderr(false)).traces);
    expect(traces).toEqual(['trace']);
  });
});

describe('a log that a person reads', () => {
  test('has time of day, level, what happened, and what it is about', () => {
    vi.stubEnv('NO_COLOR', '1');
    const stderr = new FakeStderr(true);
    openLog('info', stderr).warn({ session: 's1', pid: 7, exit: { code: null } }, 'no message');
    expect(stderr.text).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} warn {2}ninelives: no message {2}session=s1 pid=7 exit=\{"code":null\}\n$/,
    );
  });

  test('ends the line after the message when there is nothing more to say', () => {
    vi.stubEnv('NO_COLOR', '1');
    const stderr = new FakeStderr(true);
    openLog('info', stderr).info({}, 'draining');
    expect(stderr.text).toMatch(/ info {2}ninelives: draining\n$/);
  });

  test('shows each level in its colour, and the colour ends before the fields', () => {
    const stderr = new FakeStderr(true);
    sayAll(openLog('trace', stderr));
    const colours = [90, 90, 36, 33, 31];
    for (const [index, line] of stderr.lines.entries()) {
      expect(line.startsWith(`\u001b[${colours[index]}m`)).toBe(true);
      expect(line.endsWith(`ninelives: a line of ${methods[index]}\u001b[0m  session=s1`)).toBe(true);
    }
    expect(stderr.lines).toHaveLength(methods.length);
  });

  test('has no colour where NO_COLOR says so; an empty one says nothing', () => {
    const shows = (noColor: string): boolean => {
      vi.stubEnv('NO_COLOR', noColor);
      const stderr = new FakeStderr(true);
      sayAll(openLog('trace', stderr));
      return stderr.text.includes('\u001b');
    };
    expect([shows('1'), shows('')]).toEqual([false, true]);
  });

  test('keeps to one line, and gives no orders to the terminal, whatever a peer wrote', () => {
    vi.stubEnv('NO_COLOR', '1');
    const stderr = new FakeStderr(true);
    openLog('info', stderr).info({ id: 'a\nb\u001b[2J\u009b2J\u2028', path: 'caf\u00e9' }, 'no message');
    expect(stderr.lines).toHaveLength(1);
    expect(stderr.text).toContain('id="a\\nb\\u001b[2J\\u009b2J\\u2028" path=caf\u00e9\n');
  });
});
