import { expect, test } from 'vitest';
import { PreparedMoments } from '../../../src/inspector/tape/prepared-moments.ts';
import { Rebuild } from '../../../src/record/rebuild.ts';
import { loadTape } from '../../../src/record/tape-travel.ts';
import { taped } from '../../record/taped.ts';

async function secondOfTwo(calls: number) {
  const tape = await loadTape(
    await taped({
      sessions: 2,
      talk: ({ client, server }) => {
        for (let id = 1; id <= calls; id++) {
          client.asks(id, 'tools/call');
          server.takesAll();
          server.answers(id);
          client.takesAll();
        }
      },
    }),
  );
  if (!('header' in tape)) throw new Error(tape.problem);
  const { lines } = tape;
  const places = [...lines.entries()].flatMap(([place, { line }]) =>
    'session' in line && line.session === 2 ? [place] : [],
  );
  return { lines, places, prepared: new PreparedMoments(lines, 2, places) };
}

test('moments come a slice at a time, and all of them are what they were', async () => {
  const { lines, places, prepared } = await secondOfTwo(300);
  const lengths: number[] = [];
  while (!prepared.isDone) {
    prepared.prepare(100);
    lengths.push(prepared.length);
    expect(prepared.at(prepared.length)).toBeUndefined();
  }
  expect(lengths.length).toBe(Math.ceil((places.at(-1)! + 1) / 100));
  expect(lengths).toEqual(lengths.toSorted((one, other) => one - other));
  expect(prepared.length).toBe(places.length);
  const rebuild = new Rebuild();
  for (const [place, read] of lines.entries()) {
    rebuild.apply(read);
    const index = places.indexOf(place);
    if (index >= 0) expect(prepared.at(index)).toEqual(rebuild.snapshot(2));
  }
  expect(prepared.at(0)).toBeDefined();
});

test('a session that cannot be made again has no moments', async () => {
  const { lines, places } = await secondOfTwo(1);
  const withoutSettings = lines.filter(({ line }) => line.event !== 'settings');
  const shift = lines.length - withoutSettings.length;
  const prepared = new PreparedMoments(
    withoutSettings,
    2,
    places.map((place) => place - shift),
  );
  prepared.prepare(lines.length);
  expect([prepared.isDone, prepared.length, prepared.at(1)]).toEqual([true, places.length, undefined]);
});
