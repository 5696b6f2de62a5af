import { expect, test } from 'vitest';
import { buffersOf } from '../../src/runtime/buffers-of.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';

test('a runtime has a count of what waits, with its own limit, and whoever is put around it has none', () => {
  const runtime = createRuntime({ limits: { bufferBytesTotal: 7 } });
  expect([buffersOf(runtime)?.bytes, buffersOf(runtime)?.max]).toEqual([0, 7]);
  runtime.setLimits({ bufferBytesTotal: 8 });
  buffersOf(runtime)?.add(3);
  expect([buffersOf(runtime)?.max, runtime.totals().bufferedBytes]).toEqual([8, 3]);
  expect(buffersOf(Object.create(runtime) as typeof runtime)).toBeUndefined();
});
