import { describe, expect, test } from 'vitest';
import { inProcessTarget } from '../../../src/testing/in-process/target.ts';
import type { HistoryEvent } from '../../../src/testing/play/history.ts';
import { perform } from '../../../src/testing/play/perform.ts';
import type { Play, Step } from '../../../src/testing/play/step.ts';
import { CarefulProxy } from '../mutants/careful-proxy.ts';

const proxy = inProcessTarget('proxy', (world) => new CarefulProxy(world));
const hello: Play = [{ do: 'connect' }, { do: 'initialize', client: 0 }];
const call: Step = { do: 'request', client: 0, method: 'tools/call', id: 'next' };

/** One line an event: what was said, where. */
function told(event: HistoryEvent): string {
  if (event.type === 'sent' || event.type === 'received') {
    const { message, type, connection } = event;
    const what = message.method ?? (message.error === undefined ? 'result' : 'error');
    return `${type} ${connection} ${what}${message.id === undefined ? '' : ` ${JSON.stringify(message.id)}`}`;
  }
  return event.type;
}

describe('a play', () => {
  test('is told from the first connection to what is held at last', async () => {
    const history = await perform([...hello, call, { do: 'answer', request: 0, with: 'result' }], proxy);
    expect(history.map(told)).toEqual([
      'connected',
      'connected',
      'sent 0 initialize 1',
      'received 1 initialize 0',
      'sent 1 result 0',
      'received 0 result 1',
      'sent 0 notifications/initialized',
      'received 1 notifications/initialized',
      'sent 0 tools/call 2',
      'received 1 tools/call 1',
      'sent 1 result 1',
      'received 0 result 2',
      'settled',
      'disconnected',
      'disconnected',
      'held',
    ]);
    expect(history.map(({ seq }) => seq)).toEqual(history.map((_event, place) => place));
  });

  test('takes places modulo what is there, and steps about nothing do nothing', async () => {
    const play: Play = [
      { do: 'answer', request: 3, with: 'result' },
      { do: 'cancel', client: 1, request: 1 },
      { do: 'reply', client: 0, request: 0, with: 'result' },
      ...hello,
      { ...call, client: 7 },
      { do: 'answer', request: 9, with: 'error' },
    ];
    const history = await perform(play, proxy);
    expect(history.filter(({ step }) => step !== undefined && step < 3)).toEqual([]);
    expect(history.map(told)).toContain('received 0 error 2');
  });

  test('is the same when it is played again', async () => {
    const play: Play = [...hello, call, { do: 'wait', ms: 10 }, { do: 'kill', which: 'server' }, call];
    expect(await perform(play, proxy)).toEqual(await perform(play, proxy));
  });

  test('follows the rules of its author, where they may be followed', async () => {
    const run = (): string => 'as it should not be';
    const rules = { never: { when: () => false, run }, always: { run } };
    const play: Play = ['never', 'always', 'unknown'].map((name) => ({ do: 'rule', name, value: 1 }));
    const history = await perform(play, proxy, { rules });
    expect(history.filter(({ type }) => type === 'rule')).toMatchObject([
      { name: 'always', failure: 'as it should not be' },
    ]);
  });

  test('stops its target even where that throws', async () => {
    let stops = 0;
    const target = inProcessTarget('proxy', () => ({
      accept: () => {
        throw new Error('refused');
      },
      stop: () => {
        stops++;
      },
    }));
    await expect(perform(hello, target)).rejects.toThrow('refused');
    expect(stops).toBe(1);
  });
});
