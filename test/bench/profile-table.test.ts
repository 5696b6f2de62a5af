import { expect, test } from 'vitest';
import { selfMicros } from './profile-table.ts';

const frame = (functionName: string, url = '', lineNumber = 0) => ({ functionName, url, lineNumber });

test('a function is given the time of its samples, by its name and the end of its path', () => {
  const nodes = [
    { id: 1, callFrame: frame('(idle)') },
    { id: 2, callFrame: frame('read', 'file:///a/b/transports/stdio.js', 41) },
    // The same function, called from elsewhere.
    { id: 3, callFrame: frame('read', 'file:///a/b/transports/stdio.js', 41) },
  ];
  const profile = { nodes, samples: [2, 1, 3, 1], timeDeltas: [100, 110, 90, 120] };
  expect([...selfMicros(profile)]).toEqual([
    ['read transports/stdio.js:42', 190],
    ['(idle)', 230],
  ]);
});

test('a pause of the profiler is no time of whoever it interrupted', () => {
  const profile = {
    nodes: [{ id: 1, callFrame: frame('act') }],
    samples: [1, 1, 1, 1],
    timeDeltas: [1_000_000, 100, 100, 100],
  };
  expect(selfMicros(profile).get('act')).toBe(1300);
});
