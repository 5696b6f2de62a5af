import { expect, test } from 'vitest';
import { waited } from '../../src/proxy/waited.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

test('waits as long as it is told to, on the clock that it is given', async () => {
  const clock = new VirtualClock();
  const over: string[] = [];
  const wait = waited(100, clock).then(() => over.push('over'));
  clock.advance(99);
  await Promise.resolve();
  expect(over).toEqual([]);
  clock.advance(1);
  await wait;
  expect(over).toEqual(['over']);
});
