import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type ObservationsOptions, observations } from '../../src/adapters/observations.ts';
import { createRuntime } from '../../src/index.ts';
import type { Observation, Observer } from '../../src/runtime/observation.ts';

/** A runtime as far as observers know it, in which things happen when a test says so. */
class Stage {
  observer: Observer | undefined = undefined;

  observe(observer: Observer): () => void {
    this.observer = observer;
    return () => {
      this.observer = undefined;
    };
  }

  happens(...sessionIds: string[]): void {
    for (const sessionId of sessionIds) this.observer?.({ type: 'session-opened', sessionId, at: 0 });
  }
}

function start(options: ObservationsOptions = {}) {
  const stage = new Stage();
  return { stage, seen: observations(stage, options) };
}

const told = ({ value }: IteratorResult<Observation | { readonly count: number }>): unknown =>
  value === undefined ? 'the end' : 'count' in value ? value.count : value.sessionId;

const read = async (seen: ReturnType<typeof observations>, times: number): Promise<unknown[]> =>
  Promise.all(Array.from({ length: times }, async () => told(await seen.next())));

describe('reading observations', () => {
  test('gives what happens, in order, to a loop that ends with its signal', async () => {
    const runtime = createRuntime({ ids: { sessionId: () => 's1' } });
    const over = new AbortController();
    const types: string[] = [];
    const reading = (async () => {
      for await (const { type } of observations(runtime, { signal: over.signal })) types.push(type);
    })();
    const quiet = { write: () => true, pause: () => {}, close: () => {} };
    runtime.open({ transportType: 'in-memory', client: quiet, server: quiet });
    await turn();
    await runtime.stop();
    over.abort();
    await reading;
    expect(types).toEqual(['session-opened', 'state-changed', 'session-ended']);
  });

  test('waits for what is still to come, for each reader in turn', async () => {
    const { stage, seen } = start();
    const reading = read(seen, 2);
    await turn();
    stage.happens('a', 'b', 'c');
    expect([await reading, await read(seen, 1)]).toEqual([['a', 'b'], ['c']]);
  });

  test('too slowly loses the oldest, and is told how many', async () => {
    const { stage, seen } = start({ bufferMax: 3 });
    stage.happens('a', 'b', 'c', 'd', 'e');
    expect(await read(seen, 2)).toEqual([2, 'c']);
    stage.happens('f', 'g');
    expect(await read(seen, 4)).toEqual([1, 'e', 'f', 'g']);
    stage.happens('h');
    expect(await read(seen, 1)).toEqual(['h']);
  });

  test('is over when the signal comes, after what was kept until then', async () => {
    const over = new AbortController();
    const { stage, seen } = start({ signal: over.signal });
    stage.happens('a');
    over.abort();
    stage.happens('b');
    expect([stage.observer, await read(seen, 3)]).toEqual([undefined, ['a', 'the end', 'the end']]);
  });

  test('is over at once when the signal had come before, and for who waits', async () => {
    expect(await read(start({ signal: AbortSignal.abort() }).seen, 1)).toEqual(['the end']);
    const over = new AbortController();
    const reading = read(start({ signal: over.signal }).seen, 2);
    await turn();
    over.abort();
    expect(await reading).toEqual(['the end', 'the end']);
  });

  test('that is broken off drops what was kept, and observes no more', async () => {
    const { stage, seen } = start({ bufferMax: 2 });
    stage.happens('a', 'b', 'c', 'd');
    for await (const observation of seen) {
      expect(observation).toEqual({ type: 'observations-dropped', count: 2 });
      break;
    }
    expect([stage.observer, await read(seen, 1)]).toEqual([undefined, ['the end']]);
    const thrown = start();
    thrown.stage.happens('a');
    await expect(thrown.seen.throw?.(new Error('mine'))).rejects.toThrow('mine');
    expect([thrown.stage.observer, await read(thrown.seen, 1)]).toEqual([undefined, ['the end']]);
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity])('keeps no %d observations, and says so', (bufferMax) => {
    expect(() => start({ bufferMax })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
