import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TapeMoments } from '../../../src/inspector/tape/tape-moments.ts';
import { Rebuild } from '../../../src/record/rebuild.ts';
import { loadTape } from '../../../src/record/tape-travel.ts';
import { taped } from '../../record/taped.ts';

async function longTape() {
  const tape = await loadTape(
    await taped({
      sessions: 2,
      talk: ({ client, server }) => {
        for (let id = 1; id <= 300; id++) {
          client.asks(id, 'tools/call');
          server.takesAll();
          server.answers(id);
          client.takesAll();
        }
      },
    }),
  );
  if (!('header' in tape)) throw new Error(tape.problem);
  return tape.lines;
}

test('a session is at each of its events what it was, in whichever order they are looked at', async () => {
  const lines = await longTape();
  const rebuild = new Rebuild();
  const places: number[] = [];
  const were = lines.map((read, place) => {
    const { line } = read;
    rebuild.apply(read);
    if ('session' in line && line.session === 2) places.push(place);
    return rebuild.snapshot(2);
  });
  const moments = new TapeMoments(lines);
  moments.at(2, places, 0);
  const anywhere = fc.array(fc.nat({ max: places.length - 1 }), { minLength: 1, maxLength: 12 });
  let isMore = true;
  fc.assert(
    fc.property(anywhere, (visits) => {
      isMore = moments.prepare(200);
      for (const index of visits) expect(moments.at(2, places, index)).toEqual(were[places[index]!]);
    }),
    { numRuns: 20 },
  );
  expect(isMore).toBe(false);
  for (let index = places.length - 1; index >= 0; index--) {
    expect(moments.at(2, places, index)).toEqual(were[places[index]!]);
  }
});
